using System.Runtime.InteropServices;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Benchmarks;

/// <summary>A bare AArch64 machine whose kernel ends the run at the first system call.</summary>
sealed unsafe class GuestMachine : IGuestKernel
{
    const int Size = 64 * 1024;
    readonly byte* memory = (byte*)NativeMemory.AlignedAlloc(Size, 4096);
    readonly Engine engine;
    readonly GuestThread thread;

    /// <summary>Loads a program at the beginning of memory.</summary>
    public GuestMachine(ReadOnlySpan<uint> program)
    {
        NativeMemory.Clear(memory, Size);
        program.CopyTo(new Span<uint>(memory, program.Length));
        engine = new Engine(Arm64Guest.Instance, this, new EngineOptions());
        thread = engine.CreateThread();
    }

    /// <summary>Runs the program from its beginning to its system call.</summary>
    public void Run()
    {
        thread.Location = new Location((ulong)memory);
        thread.StopRequested = false;
        engine.Run(thread);
    }

    /// <inheritdoc/>
    public nint WindowBase => 0;
    /// <inheritdoc/>
    public bool IsExecutable(ulong address, int length) => address >= (ulong)memory && address + (ulong)length <= (ulong)memory + Size;
    /// <inheritdoc/>
    public void OnSyscall(GuestThread caller, int immediate) => caller.StopRequested = true;
    /// <inheritdoc/>
    public void OnPoll(GuestThread polled) { }
    /// <inheritdoc/>
    public void OnTrap(GuestThread trapped, TrapKind kind, int code) => throw new InvalidOperationException($"{kind} at {trapped.Location}");
    /// <inheritdoc/>
    public void OnMemoryFault(GuestThread faulting, in MemoryFault fault) => throw new InvalidOperationException($"fault at {faulting.Location}");
}
