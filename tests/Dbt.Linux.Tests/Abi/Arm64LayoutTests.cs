using System.Runtime.InteropServices;
using Dbt.Linux.Abi.Arm64;
using Dbt.Linux.Host;
using Dbt.Linux.Signals;

namespace Dbt.Linux.Tests.Abi;

public sealed unsafe class Arm64LayoutTests
{
    static long Offset<T>(string field) where T : unmanaged => Marshal.OffsetOf<T>(field);

    [Fact]
    public void Stat_is_that_of_the_headers()
    {
        string[] names = ["st_dev", "st_ino", "st_mode", "st_nlink", "st_uid", "st_gid", "st_rdev", "st_size", "st_blksize", "st_blocks", "st_atime", "st_mtime", "st_ctime"];
        string[] ours = ["Device", "Inode", "Mode", "LinkCount", "User", "Group", "SpecialDevice", "Size", "BlockSize", "Blocks", "AccessSeconds", "ModifySeconds", "ChangeSeconds"];
        long[] offsets = CrossCompiler.Evaluate("asm/stat.h", [.. names.Select(name => $"offsetof(struct stat, {name})"), "sizeof(struct stat)"]);
        Assert.Equal([.. ours.Select(Offset<Arm64Abi.Stat>), sizeof(Arm64Abi.Stat)], offsets);
    }

    [Fact]
    public void The_signal_frame_is_that_of_the_headers()
    {
        long[] offsets = CrossCompiler.Evaluate(
            "asm/signal.h asm/sigcontext.h asm/siginfo.h asm/ucontext.h",
            "sizeof(siginfo_t)",
            "offsetof(struct ucontext, uc_stack)", "offsetof(struct ucontext, uc_sigmask)", "offsetof(struct ucontext, uc_mcontext)",
            "offsetof(struct sigcontext, regs)", "offsetof(struct sigcontext, sp)", "offsetof(struct sigcontext, pc)", "offsetof(struct sigcontext, pstate)", "offsetof(struct sigcontext, __reserved)",
            "sizeof(siginfo_t) + sizeof(struct ucontext)");
        int machine = Arm64SignalFrame.MachineOffset;
        Assert.Equal(
            [
                Arm64SignalFrame.SiginfoSize,
                Arm64SignalFrame.StackOffset - Arm64SignalFrame.ContextOffset, Arm64SignalFrame.MaskOffset - Arm64SignalFrame.ContextOffset, machine - Arm64SignalFrame.ContextOffset,
                Arm64SignalFrame.RegistersOffset - machine, Arm64SignalFrame.SpOffset - machine, Arm64SignalFrame.PcOffset - machine, Arm64SignalFrame.PstateOffset - machine, Arm64SignalFrame.ReservedOffset - machine,
                Arm64SignalFrame.Size,
            ],
            offsets);
    }

    [Fact]
    public void Signal_structures_are_those_of_the_headers()
    {
        long[] offsets = CrossCompiler.Evaluate(
            "asm/signal.h asm/siginfo.h",
            "offsetof(struct sigaction, sa_handler)", "offsetof(struct sigaction, sa_flags)", "offsetof(struct sigaction, sa_restorer)", "offsetof(struct sigaction, sa_mask)", "sizeof(struct sigaction)",
            "offsetof(stack_t, ss_sp)", "offsetof(stack_t, ss_flags)", "offsetof(stack_t, ss_size)", "sizeof(stack_t)",
            "offsetof(siginfo_t, si_code)", "offsetof(siginfo_t, si_addr)", "offsetof(siginfo_t, si_pid)", "offsetof(siginfo_t, si_status)", "MINSIGSTKSZ");
        Assert.Equal(
            [
                Offset<SignalAction>("Handler"), Offset<SignalAction>("Flags"), Offset<SignalAction>("Restorer"), Offset<SignalAction>("Mask"), sizeof(SignalAction),
                Offset<SignalStack>("Start"), Offset<SignalStack>("Flags"), Offset<SignalStack>("Size"), sizeof(SignalStack),
                Offset<SignalInformation>("Code"), Offset<SignalInformation>("Address"), Offset<SignalInformation>("Process"), Offset<SignalInformation>("Status"), (long)Arm64SignalFrame.MinimumStack,
            ],
            offsets);
    }

    [Fact]
    public void Open_flags_are_converted_to_the_hosts_and_back()
    {
        var abi = new Arm64Abi();
        string[] names = ["O_CREAT", "O_EXCL", "O_TRUNC", "O_APPEND", "O_NONBLOCK", "O_DIRECTORY", "O_NOFOLLOW", "O_DIRECT", "O_CLOEXEC", "O_PATH", "O_TMPFILE", "O_NOATIME", "O_SYNC"];
        int[] host = [0x40, 0x80, 0x200, 0x400, 0x800, 0x10000, 0x20000, 0x4000, 0x80000, 0x200000, 0x410000, 0x40000, 0x101000];
        long[] guest = CrossCompiler.Evaluate("asm/fcntl.h", names);
        for (int i = 0; i < names.Length; i++)
        {
            Assert.Equal(host[i], abi.OpenFlagsToHost((int)guest[i]));
            Assert.Equal((int)guest[i], abi.OpenFlagsFromHost(host[i]));
        }
    }

    [Fact]
    public void System_call_numbers_are_those_of_the_headers()
    {
        var abi = new Arm64Abi();
        var known = Enumerable.Range(0, abi.SyscallCount).Where(number => abi.IdentifySyscall(number) != Sys.none).ToArray();
        string[] names = [.. known.Select(number => "__NR_" + abi.IdentifySyscall(number))];
        // The headers call these by the name of the 32-bit call that they replace.
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = names[i] switch
            {
                "__NR_newfstatat" => "79",
                _ => names[i],
            };
        }
        Assert.Equal(known.Select(number => (long)number), CrossCompiler.Evaluate("asm/unistd.h", names));
    }
}
