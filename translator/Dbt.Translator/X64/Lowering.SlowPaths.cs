using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Rare continuations that leave the hot path and come back: they use only registers fixed when they were made.</summary>
public sealed unsafe partial class BlockEmitter
{
    enum SlowPathKind : byte
    {
        None,
        DivideUnsigned,
        DivideSigned,
        /// <summary>Arm's result of a floating-point operation on A, B (or Source) and C.</summary>
        FloatRepair,
        /// <summary>Rounding A to nearest, ties away, where it is integral already or a NaN.</summary>
        RoundAway,
        /// <summary>Saturation of A's conversion to an integer.</summary>
        ToInteger,
        /// <summary>An unsigned 64-bit integer A with bit 63 set to floating point.</summary>
        FromUnsigned,
        /// <summary>NaNs, or the sign of an underflow, among halves.</summary>
        Half,
        /// <summary>Singles that only rounding to halves made normal.</summary>
        LeastHalf,
        /// <summary>Tiny results that become zeroes as halves.</summary>
        FlushHalf,
        /// <summary>Saturation of A's halves in a conversion to integers.</summary>
        HalfToInteger,
        /// <summary>The whole operation, out of line.</summary>
        Evaluate,
    }

    struct SlowPath
    {
        public SlowPathKind Kind;
        public Label Entry;
        public Label Return;
        public int Width;
        public HostReg A, B, C, Result;
        public VectorSource Source;
        public FloatRepair Repair;
        /// <summary>log2 of an FP element's bytes.</summary>
        public int Size;
        /// <summary>Of a fused operation; bit 0: A is negated first; bit 1: C is.</summary>
        public int Negate;
        public bool IsScalar;
        /// <summary>The next slow path follows; only the last of them returns.</summary>
        public bool GoesOn;
        public bool ToDefault;
        public bool Unsigned;
        /// <summary>What becomes of halves that are NaNs.</summary>
        public HalfRoutine HalfRoutine;
        /// <summary>The halves are quotients.</summary>
        public bool IsDivision;
        /// <summary>Among the halves there may be one that only rounding made normal.</summary>
        public bool MayUnderflow;
        /// <summary>Where flushed lanes are marked.</summary>
        public HostReg Mask;
        /// <summary>The operation that the runtime is to execute.</summary>
        public OutOfLineOperation* Operation;
    }

    SlowPath[] slowPaths = new SlowPath[64];
    int slowPathCount;

    /// <summary>A new slow path; the reference is good until the next one is made.</summary>
    ref SlowPath NewSlowPath()
    {
        if (slowPathCount == slowPaths.Length) Array.Resize(ref slowPaths, slowPaths.Length * 2);
        ref SlowPath path = ref slowPaths[slowPathCount++];
        path = new SlowPath { A = HostReg.None, B = HostReg.None, C = HostReg.None };
        return ref path;
    }

    void EmitSlowPaths()
    {
        Array.Clear(halfRoutines);
        for (int k = 0; k < slowPathCount; k++)
        {
            ref SlowPath path = ref slowPaths[k];
            if (path.Kind == SlowPathKind.None) continue;
            asm.Bind(ref path.Entry);
            switch (path.Kind)
            {
                case SlowPathKind.DivideUnsigned:
                    asm.Emit(Code.Xor_r32_rm32, Register.EAX, Register.EAX);
                    break;
                case SlowPathKind.DivideSigned:
                    // The divisor is 0 (result 0) or -1 (result -a, which wraps).
                    asm.Emit(path.Width == 32 ? Code.Neg_rm32 : Code.Neg_rm64, HostReg.Rax.Wide(path.Width));
                    EmitAlu(Alu.And, path.Width, HostReg.Rax, path.A);
                    break;
                case SlowPathKind.FloatRepair: EmitFloatRepair(ref path); break;
                case SlowPathKind.RoundAway: EmitRoundAwaySlow(ref path); break;
                case SlowPathKind.ToInteger: EmitToIntegerSlow(ref path); break;
                case SlowPathKind.FromUnsigned: EmitFromUnsignedSlow(ref path); break;
                case SlowPathKind.Half: EmitHalfSlow(ref path); break;
                case SlowPathKind.LeastHalf: RaiseUnderflow(); break;
                case SlowPathKind.FlushHalf: EmitFlushHalfSlow(ref path); break;
                case SlowPathKind.HalfToInteger: EmitHalfToIntegerSlow(ref path); break;
                case SlowPathKind.Evaluate: EmitEvaluation(ref path); break;
            }
            if (!path.GoesOn) asm.Jump(ref path.Return);
        }
        EmitHalfRoutines();
    }
}
