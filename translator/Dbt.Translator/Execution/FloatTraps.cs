using Dbt.Translator.Guests;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>Exact cumulative flags in flush-to-zero mode, at no cost where nothing is flushed.</summary>
/// <remarks>
/// Where the guest flushes subnormal numbers, the host's flags are not the guest's: a flushed operand leaves no trace, and a flushed result counts as inexact. So the host's
/// exceptions denormal, underflow and inexact are unmasked (and operands not flushed) until the guest's flag is set. The first operation that meets one traps (SIGFPE): its instruction
/// is undone by its state map and interpreted, which gives exact results and flags. Once a flag is set, it stays set until the guest clears it, and the exception is masked; underflow
/// only when inexact is set too, since the host raises both for a flushed result. Whatever clears flags or changes the mode arms the traps anew (<see cref="RuntimeHelper.WriteStatus"/>,
/// <see cref="RuntimeHelper.WriteControl"/>). In this mode MXCSR itself never has a flag of an unmasked exception.
/// </remarks>
public sealed unsafe class FloatTraps
{
    /// <summary>Bits of MXCSR: all flags.</summary>
    internal const int Flags = 0x3F;
    /// <summary>Flags of MXCSR that are the guest's, too: all but "denormal operand".</summary>
    internal const int HostFlags = 0x3D;
    /// <summary>Rounding and flush modes.</summary>
    internal const int Control = 0xE040;
    /// <summary>All masks.</summary>
    internal const int Masks = 0x1F80;
    /// <summary>FTZ.</summary>
    internal const int FlushResults = 0x8000;
    /// <summary>DAZ.</summary>
    internal const int FlushOperands = 0x40;
    /// <summary>From a flag to its mask.</summary>
    internal const int MaskShift = 7;
    /// <summary>Flags that trap until they are set; bit 1 in <see cref="ThreadBlock.FloatStatus"/>'s sense.</summary>
    internal const int InputDenormal = 1 << 1, Underflow = 1 << 4, Inexact = 1 << 5;
    /// <summary>What is clear in MXCSR while all traps are armed.</summary>
    internal const int Armed = ((InputDenormal | Underflow | Inexact) << MaskShift) | FlushOperands;

    readonly Lock gate = new();
    readonly GuestArchitecture guest;
    readonly ICodeSource source;
    readonly IrBlock block;
    readonly ILifter lifter;
    readonly IrInterpreter interpreter;

    internal FloatTraps(GuestArchitecture guest, ICodeSource source)
    {
        this.guest = guest;
        this.source = source;
        block = new IrBlock(guest.Layout);
        lifter = guest.CreateLifter(block);
        interpreter = new IrInterpreter(new InterpreterHostMemory(source.WindowBase));
    }

    /// <summary>The MXCSR with which a guest runs, without flags, whose control bits are those of <paramref name="mxcsr"/> and whose cumulative flags are <paramref name="status"/>.</summary>
    public static uint Arm(uint mxcsr, uint status)
    {
        mxcsr = (mxcsr & ~(uint)Flags) | Masks;
        if ((mxcsr & FlushResults) == 0) return mxcsr;
        mxcsr &= ~(uint)Armed;
        if ((status & InputDenormal) != 0) mxcsr |= (InputDenormal << MaskShift) | FlushOperands;
        if ((status & Inexact) == 0) return mxcsr;
        return mxcsr | (Inexact << MaskShift) | ((status & Underflow) << MaskShift);
    }

    /// <summary>Sets the thread's control bits and cumulative flags, while it does not run.</summary>
    public static void Set(ThreadBlock* thread, uint control, uint status)
    {
        thread->FloatStatus = status;
        thread->GuestMxcsr = Arm(control & Control, status);
    }

    /// <summary>The cumulative flags of a thread that does not run.</summary>
    public static uint Status(ThreadBlock* thread) => thread->FloatStatus | (thread->GuestMxcsr & HostFlags);

    /// <summary>Executes the instruction at the thread's location, which trapped; goes on behind it.</summary>
    internal void Complete(ThreadBlock* thread)
    {
        uint mxcsr = thread->GuestMxcsr;
        // Flags that are masked were set by what ran before, or by other lanes of this instruction; those that trap are decided here.
        uint status = thread->FloatStatus | (mxcsr & (mxcsr >> MaskShift) & HostFlags);
        lock (gate)
        {
            var location = new Location(thread->Location);
            var code = new CodeReader(source);
            block.Reset();
            lifter.Lift(location, ref code, maxInstructions: 1);
            interpreter.Control = guest.FloatControlAt(location);
            interpreter.Raised = FloatExceptions.None;
            InterpreterExit exit = interpreter.Run(block, thread);
            if (exit is { Kind: InterpreterExitKind.Trap, Trap: TrapKind.Rewritten }) return;
            if (exit.Kind != InterpreterExitKind.Goto) throw new InvalidOperationException($"The instruction at {location} raised a floating-point trap, but does not compute: it left by {exit.Kind}.");
            thread->Location = exit.Target.Bits;
            status |= ToHost(interpreter.Raised);
        }
        Set(thread, mxcsr, status);
    }

    /// <summary>Exceptions in the order of <see cref="ThreadBlock.FloatStatus"/>.</summary>
    internal static uint ToHost(FloatExceptions raised)
    {
        uint bits = (uint)raised;
        return (bits & 1) | ((bits & 0x1E) << 1) | ((raised & FloatExceptions.InputDenormal) != 0 ? (uint)InputDenormal : 0);
    }
}
