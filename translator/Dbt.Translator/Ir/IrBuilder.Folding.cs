using System.Numerics;

namespace Dbt.Translator.Ir;

/// <summary>Folding while building: constants, identities, and chains of conversions and bit fields that collapse.</summary>
/// <remarks>
/// Each rule answers with the index of a value that is equal to the operation (then nothing is appended), or rewrites the operation in place and answers 0. Rules look at the
/// operands' own operations only, so folding costs a few comparisons. Constants go to the right. Sub of a constant stays Sub: next to FlagsSub of the same operands it costs nothing.
/// Floating point is not folded: results depend on the mode, and exceptions must be raised.
/// </remarks>
public sealed partial class IrBuilder
{
    /// <summary>A value equal to the operation, or 0 if it (perhaps rewritten) must be placed.</summary>
    int Fold(ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.Add or Opcode.Mul or Opcode.And or Opcode.Or or Opcode.Xor or Opcode.MulHighUnsigned or Opcode.MulHighSigned:
                if (block[op.A].Opcode == Opcode.Const && block[op.B].Opcode != Opcode.Const) (op.A, op.B) = (op.B, op.A);
                return FoldBinary(ref op);
            case Opcode.Sub or Opcode.AndNot or Opcode.DivUnsigned or Opcode.DivSigned or Opcode.ExtractPair:
                return FoldBinary(ref op);
            case Opcode.Shl or Opcode.Shr or Opcode.Sar or Opcode.Ror:
                return FoldShift(ref op);
            case >= Opcode.Not and <= Opcode.Neg:
            case >= Opcode.CountLeadingZeros and <= Opcode.ReverseBytes32:
                return FoldUnary(op);
            case Opcode.ExtractUnsigned or Opcode.ExtractSigned or Opcode.InsertBits:
                return FoldField(ref op);
            case Opcode.ZeroExtend32 or Opcode.SignExtend32 or Opcode.Truncate:
                return FoldExtension(op);
            case Opcode.Select:
                return FoldSelect(ref op);
            case Opcode.SetCondition:
                return op.Aux >= (int)Condition.Always ? Constant(op.Type, 1) : 0;
            case >= Opcode.VFromScalar and <= Opcode.Bitcast:
            case >= Opcode.VAnd and <= Opcode.VZeroUpper:
            case Opcode.VExtract:
                return FoldVector(ref op);
            case Opcode.VInsertLane or >= Opcode.VRotateRight and <= Opcode.VSm4Substitute:
                return FoldCryptography(ref op);
            default:
                return 0;
        }
    }

    static int WidthOf(IrType type) => type == IrType.I32 ? 32 : 64;

    bool IsConst(int index) => block[index].Opcode == Opcode.Const;

    int Constant(IrType type, long value) => Place(new IrOp { Opcode = Opcode.Const, Type = type, Imm = type == IrType.I32 ? (int)value : value });

    int Evaluated(in IrOp op)
    {
        ulong value = IntegerOperation.Evaluate(op.Opcode, op.Type, (ulong)block[op.A].Imm, (ulong)block[op.B].Imm, op.Aux, op.Imm);
        return Constant(op.Type, (long)value);
    }

    int FoldBinary(ref IrOp op)
    {
        if (op.A == op.B)
        {
            switch (op.Opcode)
            {
                case Opcode.And or Opcode.Or: return op.A;
                case Opcode.Xor or Opcode.Sub or Opcode.AndNot: return Constant(op.Type, 0);
                case Opcode.ExtractPair: return Ror(new Value(op.A), (int)op.Imm).Index;
            }
        }
        if (!IsConst(op.B))
        {
            if (op.Opcode != Opcode.Sub || !IsConst(op.A) || block[op.A].Imm != 0) return 0;
            return Neg(new Value(op.B)).Index;
        }
        if (IsConst(op.A)) return Evaluated(op);
        return FoldRightConstant(ref op, block[op.B].Imm);
    }

    /// <summary>a op constant. I32 constants are sign-extended, so that -1 is all ones in both types.</summary>
    int FoldRightConstant(ref IrOp op, long constant)
    {
        var a = new Value(op.A);
        switch (op.Opcode)
        {
            case Opcode.Add or Opcode.Sub or Opcode.Or or Opcode.Xor or Opcode.AndNot when constant == 0:
                return op.A;
            case Opcode.Or when constant == -1:
                return op.B;
            case Opcode.Xor when constant == -1:
                return Not(a).Index;
            case Opcode.AndNot:
                return And(a, Const(op.Type, ~constant)).Index;
            case Opcode.And:
                return FoldMask(ref op, constant);
            case Opcode.Mul or Opcode.DivUnsigned or Opcode.DivSigned when constant == 1:
                return op.A;
            case Opcode.Mul or Opcode.DivUnsigned or Opcode.DivSigned or Opcode.MulHighSigned or Opcode.MulHighUnsigned when constant == 0:
                return Constant(op.Type, 0);
            case Opcode.Mul when BitOperations.IsPow2(Unsigned(op.Type, constant)):
                return Shl(a, BitOperations.TrailingZeroCount(constant)).Index;
            case Opcode.DivUnsigned when BitOperations.IsPow2(Unsigned(op.Type, constant)):
                return Shr(a, BitOperations.TrailingZeroCount(constant)).Index;
            default:
                return 0;
        }
    }

    static ulong Unsigned(IrType type, long constant) => type == IrType.I32 ? (uint)constant : (ulong)constant;

    int FoldMask(ref IrOp op, long mask)
    {
        if (mask == 0) return op.B;
        if (mask == -1) return op.A;
        ulong possible = ulong.MaxValue >> (64 - Math.Max(SignificantBits(op.A), 1));
        if (((ulong)mask & possible) == possible) return op.A;
        ref IrOp inner = ref block[op.A];
        if (inner.Opcode == Opcode.And && IsConst(inner.B)) return And(new Value(inner.A), Const(op.Type, mask & block[inner.B].Imm)).Index;
        return 0;
    }

    /// <summary>An upper bound on the number of low bits outside which an integer value is zero.</summary>
    int SignificantBits(int index)
    {
        ref IrOp op = ref block[index];
        switch (op.Opcode)
        {
            case Opcode.Load when !new MemoryAccess(op.Aux).IsSigned:
                return Math.Min(8 * new MemoryAccess(op.Aux).Size, WidthOf(op.Type));
            case Opcode.ExtractUnsigned:
                return (int)op.Imm;
            case Opcode.SetCondition:
                return 1;
            case Opcode.ZeroExtend32:
                return SignificantBits32(op.A);
            case Opcode.And when IsConst(op.B) && block[op.B].Imm >= 0:
                return 64 - BitOperations.LeadingZeroCount((ulong)block[op.B].Imm);
            case Opcode.Shr when IsConst(op.B):
                return WidthOf(op.Type) - (int)block[op.B].Imm;
            default:
                return WidthOf(op.Type);
        }
    }

    /// <summary>One level of looking through a zero extension, no further.</summary>
    int SignificantBits32(int index) => block[index].Opcode == Opcode.ZeroExtend32 ? 32 : SignificantBits(index);

    int FoldShift(ref IrOp op)
    {
        if (!IsConst(op.B)) return IsConst(op.A) && block[op.A].Imm == 0 ? op.A : 0;
        if (IsConst(op.A)) return Evaluated(op);
        int width = WidthOf(op.Type);
        int amount = (int)block[op.B].Imm & (width - 1);
        if (amount == 0) return op.A;
        ref IrOp inner = ref block[op.A];
        if (inner.Opcode == op.Opcode && IsConst(inner.B))
        {
            // The inner amount was made to lie in 1 .. width - 1 when it was built.
            var source = new Value(inner.A);
            int total = amount + (int)block[inner.B].Imm;
            switch (op.Opcode)
            {
                case Opcode.Ror: return Ror(source, total & (width - 1)).Index;
                case Opcode.Sar: return Sar(source, Math.Min(total, width - 1)).Index;
                case Opcode.Shl: return total >= width ? Constant(op.Type, 0) : Shl(source, total).Index;
                default: return total >= width ? Constant(op.Type, 0) : Shr(source, total).Index;
            }
        }
        op.B = Constant(IrType.I32, amount);
        return 0;
    }

    int FoldUnary(in IrOp op)
    {
        if (IsConst(op.A)) return Evaluated(op);
        bool involution = op.Opcode is Opcode.Not or Opcode.Neg or Opcode.ReverseBits or Opcode.ReverseBytes or Opcode.ReverseBytes16 or Opcode.ReverseBytes32;
        return involution && block[op.A].Opcode == op.Opcode ? block[op.A].A : 0;
    }

    int FoldField(ref IrOp op)
    {
        int width = WidthOf(op.Type), lsb = op.Aux, count = (int)op.Imm;
        var a = new Value(op.A);
        if (op.Opcode == Opcode.InsertBits)
        {
            if (count == width) return op.B;
            if (!IsConst(op.A)) return 0;
            if (IsConst(op.B)) return Evaluated(op);
            if (block[op.A].Imm != 0) return 0;
            return lsb + count == width ? Shl(new Value(op.B), lsb).Index : Shl(ExtractUnsigned(new Value(op.B), 0, count), lsb).Index;
        }
        if (IsConst(op.A)) return Evaluated(op);
        if (count == width) return op.A;
        bool signed = op.Opcode == Opcode.ExtractSigned;
        if (lsb + count == width) return (signed ? Sar(a, lsb) : Shr(a, lsb)).Index;
        if (lsb == 0 && count == 32) return (signed ? SignExtend32(Truncate(a)) : ZeroExtend32(Truncate(a))).Index;
        if (signed) return 0;
        int significant = SignificantBits(op.A);
        if (lsb >= significant) return Constant(op.Type, 0);
        if (lsb == 0 && count >= significant) return op.A;
        ref IrOp inner = ref block[op.A];
        if (inner.Opcode == Opcode.ExtractUnsigned) return ExtractUnsigned(new Value(inner.A), inner.Aux + lsb, Math.Min(count, (int)inner.Imm - lsb)).Index;
        return 0;
    }

    int FoldExtension(in IrOp op)
    {
        if (IsConst(op.A)) return Evaluated(op);
        ref IrOp inner = ref block[op.A];
        switch (op.Opcode)
        {
            case Opcode.Truncate:
                return inner.Opcode is Opcode.ZeroExtend32 or Opcode.SignExtend32 ? inner.A : 0;
            case Opcode.ZeroExtend32:
                return inner.Opcode == Opcode.Truncate && SignificantBits(inner.A) <= 32 ? inner.A : 0;
            default:
                return 0;
        }
    }

    int FoldSelect(ref IrOp op)
    {
        if (op.B == op.C || op.Aux >= (int)Condition.Always) return op.B;
        if (op.Type is not (IrType.I32 or IrType.I64) || !IsConst(op.B) || !IsConst(op.C)) return 0;
        var condition = (Condition)op.Aux;
        var flags = new Value(op.A);
        return (block[op.B].Imm, block[op.C].Imm) switch
        {
            (1, 0) => SetCondition(op.Type, condition, flags).Index,
            (0, 1) => SetCondition(op.Type, condition.Invert(), flags).Index,
            _ => 0,
        };
    }
}
