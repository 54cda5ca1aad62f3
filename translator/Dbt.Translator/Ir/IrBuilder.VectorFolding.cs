namespace Dbt.Translator.Ir;

/// <summary>Folding of moves between register files and of bitwise vector operations.</summary>
public sealed partial class IrBuilder
{
    bool IsVConst(int index, long half) => block[index].Opcode == Opcode.VConst && block[index].Imm == half;

    int FoldVector(ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.VAnd or Opcode.VOr when op.A == op.B:
                return op.A;
            case Opcode.VXor or Opcode.VAndNot when op.A == op.B:
                return VConst(0).Index;
            case Opcode.VOr or Opcode.VXor or Opcode.VAndNot when IsVConst(op.B, 0):
                return op.A;
            case Opcode.VOr or Opcode.VXor when IsVConst(op.A, 0):
                return op.B;
            case Opcode.VAnd when IsVConst(op.B, -1):
                return op.A;
            case Opcode.VAnd when IsVConst(op.A, -1):
                return op.B;
            case Opcode.VAnd or Opcode.VAndNot when IsVConst(op.A, 0):
                return op.A;
            case Opcode.VAnd when IsVConst(op.B, 0):
                return op.B;
            case Opcode.VXor when IsVConst(op.B, -1):
                return VNot(new Value(op.A)).Index;
            case Opcode.VNot when block[op.A].Opcode == Opcode.VNot:
                return block[op.A].A;
            case Opcode.VNot when block[op.A].Opcode == Opcode.VConst:
                return VConst(~(ulong)block[op.A].Imm).Index;
            case Opcode.VBitSelect when op.B == op.C || IsVConst(op.A, -1):
                return op.B;
            case Opcode.VBitSelect when IsVConst(op.A, 0):
                return op.C;
            case Opcode.VZeroUpper:
                return HasZeroUpper(block[op.A]) ? op.A : 0;
            case Opcode.VFromPair:
                return block[op.A].Opcode == Opcode.Const && block[op.B].Opcode == Opcode.Const && block[op.A].Imm == block[op.B].Imm ? VConst((ulong)block[op.A].Imm).Index : 0;
            case Opcode.ScalarFromV:
                return LowLane(op.Type, op.A);
            case Opcode.VExtract when op is { Aux: 3, Type: IrType.I64 }:
                return op.Imm == 0 ? LowLane(op.Type, op.A) : HighHalf(op.A);
            case Opcode.Bitcast:
                return FoldBitcast(op);
            default:
                return 0;
        }
    }

    static bool HasZeroUpper(in IrOp op) => op.Opcode switch
    {
        Opcode.VFromScalar or Opcode.VZeroUpper or Opcode.VHighHalf or Opcode.VNarrow => true,
        Opcode.Load => new MemoryAccess(op.Aux).SizeLog2 <= 3,
        Opcode.VConst => op.Imm == 0,
        _ => false,
    };

    /// <summary>The low lane of a vector that was made from scalars, as F32, F64 or I64; 0 if the vector must be asked.</summary>
    int LowLane(IrType type, int vector)
    {
        ref IrOp op = ref block[vector];
        switch (op.Opcode)
        {
            case Opcode.VConst:
                return type == IrType.I64 ? Const64(op.Imm).Index : ConstF(type, type == IrType.F32 ? (uint)op.Imm : (ulong)op.Imm).Index;
            case Opcode.VZeroUpper or Opcode.VCombineLow:
                int inner = op.A;
                return type == IrType.I64 ? VExtract(type, 3, new Value(inner), 0).Index : ScalarFromV(type, new Value(inner)).Index;
            case Opcode.VFromPair when type == IrType.I64:
                return op.A;
            case Opcode.VFromScalar:
                break;
            default:
                return 0;
        }
        int scalar = op.A;
        return (block[scalar].Type, type) switch
        {
            (IrType.F32, IrType.F32) or (IrType.F64, IrType.F64) or (IrType.I64, IrType.I64) => scalar,
            (IrType.I64, IrType.F64) or (IrType.I32, IrType.F32) or (IrType.F64, IrType.I64) => Bitcast(type, new Value(scalar)).Index,
            (IrType.I32, IrType.I64) => ZeroExtend32(new Value(scalar)).Index,
            (IrType.I64, IrType.F32) => Bitcast(type, Truncate(new Value(scalar))).Index,
            _ => 0,
        };
    }

    int HighHalf(int vector)
    {
        ref IrOp op = ref block[vector];
        if (op.Opcode == Opcode.VFromPair) return op.B;
        if (op.Opcode == Opcode.VConst) return Const64(op.Imm).Index;
        return HasZeroUpper(op) ? Const64(0).Index : 0;
    }

    int FoldBitcast(in IrOp op)
    {
        ref IrOp inner = ref block[op.A];
        if (inner.Opcode == Opcode.Bitcast) return inner.A;
        if (inner.Opcode != Opcode.Const) return 0;
        return op.Type switch
        {
            IrType.I32 => Const32((int)inner.Imm).Index,
            IrType.I64 => Const64(inner.Imm).Index,
            IrType.F32 => ConstF(op.Type, (uint)inner.Imm).Index,
            _ => ConstF(op.Type, (ulong)inner.Imm).Index,
        };
    }
}
