using System.Runtime.InteropServices;
using System.Text;
using Dbt.Linux.Diagnostics;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>Linux on AArch64: arguments in X0 .. X5, number in X8, result in X0.</summary>
sealed unsafe class Arm64Abi : GuestAbi
{
    public override GuestArchitecture Architecture => Arm64Guest.Instance;
    public override GuestMachine Machine => Arm64Machine.Machine;
    public override MachineDescription Description => Arm64Machine.Description;
    public override ReadOnlySpan<byte> MachineName => "aarch64"u8;
    public override ReadOnlySpan<byte> NarrowMachineName => "armv8l"u8;
    public override string ProcessorInformation(IEnumerable<int> processors) => Arm64ProcessorInformation.Text(processors);
    public override int SyscallCount => Arm64Numbers.Count;
    public override Sys IdentifySyscall(int number) => Arm64Numbers.Identify(number);

    public override ulong* SyscallArguments(GuestThread thread) => (ulong*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref thread.Slot(Arm64State.X0));
    public override ulong* SyscallNumber(GuestThread thread) => SyscallArguments(thread) + 8;

    public override void RestartSyscall(GuestThread thread, ulong firstArgument)
    {
        thread.Location = thread.Location.At(thread.Location.Pc - 4);
        thread.Slot(Arm64State.X0) = firstArgument;
    }

    // O_DIRECTORY and O_DIRECT, O_NOFOLLOW and O_LARGEFILE have each other's bits (arch/arm64/include/uapi/asm/fcntl.h).
    public override int OpenFlagsToHost(int guest) => (guest & ~0x3C000) | ((guest & 0xC000) << 2) | ((guest & 0x30000) >> 2);
    public override int OpenFlagsFromHost(int host) => OpenFlagsToHost(host);

    /// <summary>struct stat (asm-generic/stat.h): 128 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Stat
    {
        public ulong Device, Inode;
        public uint Mode, LinkCount, User, Group;
        public ulong SpecialDevice, Padding1;
        public long Size;
        public int BlockSize, Padding2;
        public long Blocks;
        public long AccessSeconds, AccessNanoseconds, ModifySeconds, ModifyNanoseconds, ChangeSeconds, ChangeNanoseconds;
        public ulong Unused;
    }

    public override long WriteStat(GuestMemory memory, ulong address, in HostStat stat)
    {
        var guest = new Stat
        {
            Device = stat.Device,
            Inode = stat.Inode,
            Mode = stat.Mode,
            LinkCount = (uint)stat.LinkCount,
            User = stat.User,
            Group = stat.Group,
            SpecialDevice = stat.SpecialDevice,
            Size = stat.Size,
            BlockSize = (int)stat.BlockSize,
            Blocks = stat.Blocks,
            AccessSeconds = stat.AccessSeconds,
            AccessNanoseconds = (long)stat.AccessNanoseconds,
            ModifySeconds = stat.ModifySeconds,
            ModifyNanoseconds = (long)stat.ModifyNanoseconds,
            ChangeSeconds = stat.ChangeSeconds,
            ChangeNanoseconds = (long)stat.ChangeNanoseconds,
        };
        return memory.TryWrite(address, guest) ? 0 : -Errno.EFAULT;
    }

    public override ref ulong StackPointer(GuestThread thread) => ref thread.Slot(Arm64State.Sp);
    public override ref ulong ThreadPointer(GuestThread thread) => ref thread.Slot(Arm64State.TpidrEl0);

    public override void Start(GuestThread thread, ulong entry, ulong stackPointer)
    {
        thread.Location = new Location(entry, 0);
        thread.Slot(Arm64State.Sp) = stackPointer;
        thread.Slot32(Arm64State.Flags) = StateLayout.PackFlags(0);
        thread.Slot(Arm64State.ExclusiveAddress) = Arm64State.NotMonitored;
    }

    public override bool EnterSignalHandler(LinuxThread thread, in SignalAction action, in SignalInformation information, ulong stack, ulong mask) =>
        Arm64SignalFrame.Enter(thread, action, information, stack, mask);

    public override bool ReturnFromSignal(LinuxThread thread, out bool again) => Arm64SignalFrame.Return(thread, out again);

    // svc #imm16.
    public override bool IsBehindSyscall(LinuxThread thread) => thread.Process.Memory.TryRead(thread.Guest.Location.Pc - 4, out uint word) && (word & 0xFFE0001F) == 0xD4000001;
    public override List<StackFrame> WalkStack(LinuxThread thread, Symbolizer symbols) => Arm64Stack.Walk(thread, symbols);
    public override void AppendRegisters(StringBuilder text, GuestThread thread) => Arm64Stack.AppendRegisters(text, thread);
    public override int CoreRegistersSize => Arm64Core.RegistersSize;
    public override int CoreVectorsSize => Arm64Core.VectorsSize;
    public override void WriteCoreRegisters(GuestThread thread, Span<byte> to) => Arm64Core.WriteRegisters(thread, to);
    public override void WriteCoreVectors(GuestThread thread, Span<byte> to) => Arm64Core.WriteVectors(thread, to);

    // ESR_EL1 (Arm ARM D17.2.37): EC of an instruction or data abort from EL0, IL, WnR, and a level 3 translation or permission fault.
    public override ulong FaultSyndrome(bool instruction, bool write, bool mapped) =>
        (instruction ? 0x20UL : 0x24UL) << 26 | 1UL << 25 | (write ? 1UL << 6 : 0) | (mapped ? 0x0FUL : 0x07UL);
}
