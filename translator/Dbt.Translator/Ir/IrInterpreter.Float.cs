namespace Dbt.Translator.Ir;

/// <summary>Scalar floating point, and moves between register files.</summary>
public sealed partial class IrInterpreter
{
    static FloatFormat Format(IrType type) => type == IrType.F32 ? FloatFormat.Single : FloatFormat.Double;

    UInt128 MoveAcross(in IrOp op) => op.Opcode switch
    {
        Opcode.VFromPair => new UInt128(Low(op.B), Low(op.A)),
        Opcode.ScalarFromV => Low(op.A) & Mask(op.Type),
        // VFromScalar and Bitcast: values are kept zero-extended.
        _ => values[op.A],
    };

    Rounding Resolve(int rounding) => (Rounding)(rounding & 7) == Rounding.Dynamic ? soft.Control.Rounding : (Rounding)(rounding & 7);

    /// <summary>The control of one operation: it may ask for the default NaN by itself.</summary>
    void SetNaNMode(in IrOp op) => soft.Control = Control with
    {
        DefaultNaN = Control.DefaultNaN || (op.Aux & IrBuilder.DefaultNaNBit) != 0,
        FlushHalf = IrVerifier.MayFlushHalf(op.Opcode) && (op.Aux & IrBuilder.FlushHalfBit) != 0,
    };

    ulong Float(in IrOp op, IrType typeOfA)
    {
        SetNaNMode(op);
        FloatFormat format = Format(op.Type);
        ulong a = Low(op.A), b = Operand(op.B), c = Operand(op.C);
        switch (op.Opcode)
        {
            case Opcode.FAdd: return soft.Add(a, b, format);
            case Opcode.FSub: return soft.Sub(a, b, format);
            case Opcode.FMul: return soft.Mul(a, b, format);
            case Opcode.FDiv: return soft.Div(a, b, format);
            case Opcode.FSqrt: return soft.Sqrt(a, format);
            case Opcode.FMax: return soft.Extreme(a, b, maximum: true, format);
            case Opcode.FMin: return soft.Extreme(a, b, maximum: false, format);
            case Opcode.FMaxNumber: return soft.ExtremeNumber(a, b, maximum: true, format);
            case Opcode.FMinNumber: return soft.ExtremeNumber(a, b, maximum: false, format);
            case Opcode.FNeg: return a ^ format.SignBit;
            case Opcode.FAbs: return a & ~format.SignBit;
            case Opcode.FMulAdd: return soft.MulAdd((op.Aux & 1) != 0 ? a ^ format.SignBit : a, b, (op.Aux & 2) != 0 ? c ^ format.SignBit : c, format);
            case Opcode.FRound: return soft.RoundToIntegral(a, Resolve(op.Aux), op.Imm != 0, format);
            case Opcode.FConvert: return soft.Convert(a, Format(typeOfA), format);
            case Opcode.FToInteger: return soft.ToInteger(a, (int)op.Imm, (op.Aux & 8) != 0, op.Type == IrType.I32 ? 32 : 64, Resolve(op.Aux), Format(typeOfA));
            default: return soft.FromInteger(a, (int)op.Imm, (op.Aux & 8) != 0, typeOfA == IrType.I32 ? 32 : 64, format);
        }
    }
}
