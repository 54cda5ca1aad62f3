using System.Runtime.InteropServices;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Execution;

/// <summary>A bare AArch64 machine: one megabyte of executable memory, a kernel made of callbacks, and the engine under test.</summary>
sealed unsafe class TestMachine : IGuestKernel, IDisposable
{
    const int Size = 1 << 20;
    readonly byte* memory = (byte*)NativeMemory.AlignedAlloc(Size, 4096);

    public TestMachine(EngineOptions? options = null, Func<TestMachine, EngineOptions, Func<TranslationTotals, ICodeGenerator>>? generators = null)
    {
        NativeMemory.Clear(memory, Size);
        options ??= new EngineOptions();
        Engine = generators is null ? new Engine(Arm64Guest.Instance, this, options) : new Engine(Arm64Guest.Instance, this, options, generators(this, options));
    }

    public Engine Engine { get; }
    public Action<GuestThread, int> Syscall { get; set; } = (thread, _) => thread.StopRequested = true;
    public Action<GuestThread, TrapKind, int> Trap { get; set; } = (thread, _, _) => thread.StopRequested = true;
    public Action<GuestThread, MemoryFault> Fault { get; set; } = (thread, _) => thread.StopRequested = true;
    public Action<GuestThread> Poll { get; set; } = _ => { };

    /// <summary>Host (and guest) address of an offset.</summary>
    public ulong Address(int offset = 0) => (ulong)memory + (ulong)offset;

    public void Write(int offset, params uint[] words) => words.CopyTo(new Span<uint>(memory + offset, words.Length));

    public GuestThread Start(int offset = 0)
    {
        var thread = Engine.CreateThread();
        thread.Location = new Location(Address(offset), 0);
        return thread;
    }

    public GuestThread Run(int offset = 0)
    {
        var thread = Start(offset);
        Engine.Run(thread);
        return thread;
    }

    public nint WindowBase => 0;
    public bool IsExecutable(ulong address, int length) => address >= Address() && address + (ulong)length <= Address(Size);
    public void OnSyscall(GuestThread thread, int immediate) => Syscall(thread, immediate);
    public void OnTrap(GuestThread thread, TrapKind kind, int code) => Trap(thread, kind, code);
    public void OnMemoryFault(GuestThread thread, in MemoryFault fault) => Fault(thread, fault);
    public void OnPoll(GuestThread thread) => Poll(thread);
    public void Dispose() => NativeMemory.AlignedFree(memory);

    // The few instructions that the tests are written in.
    public const uint Ret = 0xD65F03C0, Svc = 0xD4000001, Nop = 0xD503201F;
    public static uint Mov(int rd, int value) => 0xD2800000 | (uint)value << 5 | (uint)rd;
    public static uint MovK16(int rd, int value) => 0xF2A00000 | (uint)value << 5 | (uint)rd;
    public static uint MovK32(int rd, int value) => 0xF2C00000 | (uint)value << 5 | (uint)rd;
    public static uint AddImmediate(int rd, int rn, int value) => 0x91000000 | (uint)value << 10 | (uint)rn << 5 | (uint)rd;
    public static uint SubsImmediate(int rd, int rn, int value) => 0xF1000000 | (uint)value << 10 | (uint)rn << 5 | (uint)rd;
    public static uint B(int bytes) => 0x14000000 | (uint)(bytes >> 2) & 0x3FFFFFF;
    public static uint Bl(int bytes) => 0x94000000 | (uint)(bytes >> 2) & 0x3FFFFFF;
    public static uint BNe(int bytes) => 0x54000001 | ((uint)(bytes >> 2) & 0x7FFFF) << 5;
    public static uint Br(int rn) => 0xD61F0000 | (uint)rn << 5;
    public static uint Blr(int rn) => 0xD63F0000 | (uint)rn << 5;
    public static uint Ldr(int rt, int rn) => 0xF9400000 | (uint)rn << 5 | (uint)rt;
    public static uint Str(int rt, int rn) => 0xF9000000 | (uint)rn << 5 | (uint)rt;
    public static uint MovRegister(int rd, int rm) => 0xAA0003E0 | (uint)rm << 16 | (uint)rd;
    public static uint Adr(int rd, int bytes) => 0x10000000 | ((uint)bytes & 3) << 29 | ((uint)(bytes >> 2) & 0x7FFFF) << 5 | (uint)rd;
}
