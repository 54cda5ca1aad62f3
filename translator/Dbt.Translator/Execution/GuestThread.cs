using Dbt.Translator.Guests;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>One guest thread: the managed handle of its <see cref="ThreadBlock"/>.</summary>
public sealed unsafe class GuestThread
{
    readonly byte* state;

    internal GuestThread(GuestArchitecture architecture, ThreadBlock* block)
    {
        Architecture = architecture;
        Block = block;
        state = (byte*)block + ThreadBlock.Bias;
    }

    /// <summary>The instruction set it runs.</summary>
    public GuestArchitecture Architecture { get; }

    /// <summary>Its unmanaged block.</summary>
    public ThreadBlock* Block { get; }

    /// <summary>Where it stands, while managed code runs.</summary>
    public Location Location
    {
        get => new(Block->Location);
        set => Block->Location = value.Bits;
    }

    /// <summary>Set by the kernel to make <see cref="Engine.Run"/> return after the current callback.</summary>
    public bool StopRequested { get; set; }

    /// <summary>Makes the thread call <see cref="IGuestKernel.OnPoll"/> soon. From any thread; one that is blocked in the host's kernel must be interrupted by a signal besides.</summary>
    public void RequestPoll() => Volatile.Write(ref Block->Poll, 1);

    /// <summary>Whatever the kernel wants to find again from the thread.</summary>
    public object? KernelData { get; set; }

    internal ThreadCounters Counters;
    internal ThreadTable Table;

    /// <summary>A slot's storage as a 64-bit word (I64 slots, low half of V128 slots).</summary>
    public ref ulong Slot(int slot) => ref *(ulong*)(state + Architecture.Layout[slot].Offset);

    /// <summary>A slot's storage as a 32-bit word (I32 and Flags slots).</summary>
    public ref uint Slot32(int slot) => ref *(uint*)(state + Architecture.Layout[slot].Offset);

    /// <summary>A V128 slot's storage.</summary>
    public ref UInt128 Vector(int slot) => ref *(UInt128*)(state + Architecture.Layout[slot].Offset);
}
