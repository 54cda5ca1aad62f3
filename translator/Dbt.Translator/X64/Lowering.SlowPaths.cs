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
        NaN,
        DefaultNaN,
        ToSigned,
        ToUnsigned,
        FromUnsigned,
    }

    struct SlowPath
    {
        public SlowPathKind Kind;
        public Label Entry;
        public Label Return;
        public int Width;
        public HostReg A, B, C, Target;
        public byte Size, Form, Negate;
    }

    SlowPath[] slowPaths = new SlowPath[64];
    int slowPathCount;

    /// <summary>A new slow path; the reference is good until the next one is made.</summary>
    ref SlowPath NewSlowPath()
    {
        if (slowPathCount == slowPaths.Length) Array.Resize(ref slowPaths, slowPaths.Length * 2);
        ref SlowPath path = ref slowPaths[slowPathCount++];
        path = default;
        return ref path;
    }

    void EmitSlowPaths()
    {
        Array.Clear(nanRoutines);
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
                case SlowPathKind.NaN: EmitNaNPath(ref path); break;
                case SlowPathKind.DefaultNaN: EmitDefaultNaNPath(ref path); break;
                case SlowPathKind.ToSigned: EmitToSignedSlow(ref path); break;
                case SlowPathKind.ToUnsigned: EmitToUnsignedSlow(ref path); break;
                case SlowPathKind.FromUnsigned: EmitFromUnsignedSlow(ref path); break;
            }
            asm.Jump(ref path.Return);
        }
        EmitNaNRoutines();
    }
}
