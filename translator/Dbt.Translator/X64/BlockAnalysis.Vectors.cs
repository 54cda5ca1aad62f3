using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>Which bits of a vector register are known to be zero; a larger value knows more.</summary>
enum ZeroAbove : byte
{
    /// <summary>Nothing is known.</summary>
    Unknown,
    /// <summary>Bits 127..64 are zero.</summary>
    Bit64,
    /// <summary>Bits 127..32 are zero.</summary>
    Bit32,
}

/// <summary>Scalars and vectors in one register: a scalar float is the low lane of its register, so moves between the two are free where the upper part is right.</summary>
sealed partial class BlockAnalysis
{
    /// <summary>Bit of the aux of IntegerToF and FToInteger: the operand is an I64 or F64.</summary>
    public const int WideOperand = 0x10;
    /// <summary>Bit of FlagsFloatCompare's aux: the operands are F64.</summary>
    public const int DoubleComparison = 2;
    /// <summary>Bit of FlagsFloatCompareIf's imm: the operands are F64.</summary>
    public const int DoubleConditionalComparison = 0x200;

    // What depends on the width of an operand, which renaming to a representative of another width would hide.
    void NoteOperandWidth(ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.VFromScalar:
                if (op.Aux == 0) op.Aux = (byte)block[op.A].Type;
                break;
            case Opcode.IntegerToF or Opcode.FToInteger:
                if (block[op.A].Type is IrType.I64 or IrType.F64) op.Aux |= WideOperand;
                break;
            case Opcode.FlagsFloatCompare:
                if (block[op.A].Type == IrType.F64) op.Aux |= DoubleComparison;
                break;
            case Opcode.FlagsFloatCompareIf:
                if (block[op.B].Type == IrType.F64) op.Imm |= DoubleConditionalComparison;
                break;
        }
    }

    /// <summary>Removes an operation whose operand's register already holds the result.</summary>
    bool TryShareVector(int i, ref IrOp op)
    {
        ref IrOp source = ref block[op.A];
        switch (op.Opcode)
        {
            case Opcode.ScalarFromV:
                if (source.Opcode == Opcode.VConst) return false;
                break;
            case Opcode.VZeroUpper:
                if (values[op.A].ZeroAbove == ZeroAbove.Unknown || source.Type != IrType.V128) return false;
                break;
            case Opcode.VFromScalar:
                // A constant has no upper half as a slot's newest value, and a slot's memory has another one.
                ZeroAbove needed = (IrType)op.Aux == IrType.F32 ? ZeroAbove.Bit32 : ZeroAbove.Bit64;
                if ((IrType)op.Aux is not (IrType.F32 or IrType.F64) || values[op.A].ZeroAbove < needed || source.Opcode is Opcode.Const or Opcode.GetSlot) return false;
                values[op.A].Wide = true;
                break;
            default:
                return false;
        }
        values[i].Alias = op.A;
        values[op.A].Uses--;
        op.Opcode = Opcode.Nop;
        return true;
    }

    /// <summary>What the lowering of an operation leaves above its result; operands are already renamed.</summary>
    ZeroAbove FindZeroAbove(in IrOp op)
    {
        ZeroAbove most = op.Type == IrType.F32 ? ZeroAbove.Bit32 : ZeroAbove.Bit64;
        ZeroAbove a = values[op.A].ZeroAbove, b = values[op.B].ZeroAbove;
        switch (op.Opcode)
        {
            case Opcode.Const or Opcode.GetSlot or Opcode.Bitcast or Opcode.IntegerToF or Opcode.FAbs:
                return op.Type is IrType.F32 or IrType.F64 ? most : ZeroAbove.Unknown;
            case Opcode.Load:
                int size = new MemoryAccess(op.Aux).SizeLog2;
                return op.Type != IrType.V128 ? most : size <= 2 ? ZeroAbove.Bit32 : size == 3 ? ZeroAbove.Bit64 : ZeroAbove.Unknown;
            case Opcode.VFromScalar:
                return (IrType)op.Aux is IrType.I32 or IrType.F32 ? ZeroAbove.Bit32 : ZeroAbove.Bit64;
            case Opcode.FAdd or Opcode.FSub or Opcode.FMul or Opcode.FDiv or Opcode.FSqrt or Opcode.FNeg:
                return Least(a, most);
            case Opcode.FRound:
                return (Rounding)(op.Aux & 7) == Rounding.NearestAway ? most : Least(a, most);
            case Opcode.FConvert:
                return op.Type == IrType.F32 ? ZeroAbove.Bit32 : Least(a, most);
            case Opcode.FMax or Opcode.FMin or Opcode.FMaxNumber or Opcode.FMinNumber:
                return Least(Least(a, b), most);
            case Opcode.FMulAdd:
                return Least(values[op.C].ZeroAbove, most);
            case Opcode.VZeroUpper:
                return a > ZeroAbove.Bit64 ? a : ZeroAbove.Bit64;
            case Opcode.VNarrow or Opcode.VHighHalf or Opcode.VFNarrow:
                return ZeroAbove.Bit64;
            case Opcode.VFNarrowToOdd:
                return op.Imm == 1 ? ZeroAbove.Bit32 : ZeroAbove.Bit64;
            case Opcode.VFMulExtended:
                return Least(Least(a, b), ZeroAbove.Bit64);
            case Opcode.VFRecipEstimate or Opcode.VFRecipSqrtEstimate or Opcode.VFRecipExponent:
                int computed = (int)op.Imm << (op.Aux & 3);
                return computed <= 4 ? ZeroAbove.Bit32 : computed <= 8 ? ZeroAbove.Bit64 : ZeroAbove.Unknown;
            case Opcode.VAnd:
                return a > b ? a : b;
            case Opcode.VAndNot:
                return a;
            case Opcode.VOr or Opcode.VXor or Opcode.VAdd or Opcode.VSub:
                return Least(a, b) == ZeroAbove.Unknown ? ZeroAbove.Unknown : ZeroAbove.Bit64;
            case Opcode.VShlImmediate or Opcode.VShrImmediate or Opcode.VSarImmediate or Opcode.VAbs or Opcode.VNeg:
                return Least(a, ZeroAbove.Bit64);
            case Opcode.Select:
                return op.Type is IrType.F32 or IrType.F64 or IrType.V128 ? Least(b, values[op.C].ZeroAbove) : ZeroAbove.Unknown;
            default:
                return ZeroAbove.Unknown;
        }
    }

    static ZeroAbove Least(ZeroAbove a, ZeroAbove b) => a < b ? a : b;
}
