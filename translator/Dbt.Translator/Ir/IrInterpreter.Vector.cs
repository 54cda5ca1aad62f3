using System.Buffers.Binary;
using System.Numerics;

namespace Dbt.Translator.Ir;

/// <summary>Vector operations, element by element.</summary>
public sealed partial class IrInterpreter
{
    static ulong Ones(int size) => ulong.MaxValue >> (64 - (8 << size));

    static ulong Lane(UInt128 vector, int size, int lane) => (ulong)(vector >> (lane << (size + 3))) & Ones(size);

    static long SignedLane(UInt128 vector, int size, int lane) => SignExtend(Lane(vector, size, lane), 8 << size);

    static UInt128 WithLane(UInt128 vector, int size, int lane, ulong value)
    {
        int shift = lane << (size + 3);
        return (vector & ~((UInt128)Ones(size) << shift)) | ((UInt128)(value & Ones(size)) << shift);
    }

    UInt128 Vector(in IrOp op)
    {
        UInt128 a = values[op.A], b = op.B == 0 ? 0 : values[op.B];
        int size = op.Aux & 15, imm = (int)op.Imm;
        switch (op.Opcode)
        {
            case Opcode.VAnd: return a & b;
            case Opcode.VOr: return a | b;
            case Opcode.VXor: return a ^ b;
            case Opcode.VAndNot: return a & ~b;
            case Opcode.VNot: return ~a;
            case Opcode.VBitSelect: return (b & a) | (values[op.C] & ~a);
            case Opcode.VZeroUpper: return (ulong)a;
            case Opcode.VExtractBytes: return imm == 0 ? a : (a >> (8 * imm)) | (b << (128 - 8 * imm));
            case Opcode.VHighHalf: return a >> 64;
            case Opcode.VCombineLow: return new UInt128((ulong)b, (ulong)a);
            case Opcode.VReverseBits:
                a = BinaryPrimitives.ReverseEndianness(a);
                return new UInt128(IntegerOperation.ReverseBits((ulong)a), IntegerOperation.ReverseBits((ulong)(a >> 64)));
            case Opcode.VInsert: return WithLane(a, size, imm, (ulong)b);
            case Opcode.VInsertLane: return WithLane(a, size, imm & 15, Lane(b, size, imm >> 4));
            case Opcode.VExtract: return Lane(a, size, imm) & Mask(op.Type);
            case Opcode.VExtractSigned: return (ulong)SignedLane(a, size, imm) & Mask(op.Type);
            case Opcode.VWidenUnsigned or Opcode.VWidenSigned: return Widen(a, size, op.Opcode == Opcode.VWidenSigned);
            case Opcode.VMulWideUnsigned or Opcode.VMulWideSigned: return MulWide(a, b, size, op.Opcode == Opcode.VMulWideSigned);
            case Opcode.VFWiden or Opcode.VFNarrow: return ConvertLanes(op, a, size);
            case Opcode.VTable or Opcode.VPopCount: size = 0; break;
            case >= Opcode.VFAdd: SetNaNMode(op); break;
        }
        UInt128 result = 0;
        for (int lane = 0; lane < 16 >> size; lane++)
        {
            ulong value = op.Opcode is >= Opcode.VFAdd and not (>= Opcode.VAddSaturatingSigned and <= Opcode.VSubSaturatingUnsigned) ? FloatLane(op, size, lane) : LaneOf(op.Opcode, a, b, size, imm, lane);
            result = WithLane(result, size, lane, value);
        }
        return result;
    }

    static UInt128 Widen(UInt128 a, int size, bool signed)
    {
        UInt128 result = 0;
        for (int lane = 0; lane < 8 >> size; lane++)
            result = WithLane(result, size + 1, lane, signed ? (ulong)SignedLane(a, size, lane) : Lane(a, size, lane));
        return result;
    }

    static UInt128 MulWide(UInt128 a, UInt128 b, int size, bool signed)
    {
        UInt128 result = 0;
        for (int lane = 0; lane < 8 >> size; lane++)
        {
            ulong product = signed ? (ulong)(SignedLane(a, size, lane) * SignedLane(b, size, lane)) : Lane(a, size, lane) * Lane(b, size, lane);
            result = WithLane(result, size + 1, lane, product);
        }
        return result;
    }

    static FloatFormat LaneFormat(int size) => size switch { 1 => FloatFormat.Half, 2 => FloatFormat.Single, _ => FloatFormat.Double };

    /// <summary>FCVTL of the low half, and FCVTN into it.</summary>
    UInt128 ConvertLanes(in IrOp op, UInt128 a, int size)
    {
        SetNaNMode(op);
        bool widen = op.Opcode == Opcode.VFWiden;
        int from = widen ? size : size + 1, to = widen ? size + 1 : size;
        UInt128 result = 0;
        for (int lane = 0; lane < 8 >> size; lane++) result = WithLane(result, to, lane, soft.Convert(Lane(a, from, lane), LaneFormat(from), LaneFormat(to)));
        return result;
    }

    /// <summary>Sum or difference of two elements, clamped to the range of their type.</summary>
    static ulong Saturate(Int128 value, int width, bool signed)
    {
        Int128 maximum = (Int128.One << (signed ? width - 1 : width)) - 1;
        Int128 minimum = signed ? -maximum - 1 : 0;
        return (ulong)Int128.Clamp(value, minimum, maximum);
    }

    /// <summary>One element of the result.</summary>
    static ulong LaneOf(Opcode opcode, UInt128 a, UInt128 b, int size, int imm, int lane)
    {
        ulong x = Lane(a, size, lane), y = Lane(b, size, lane);
        long signedX = SignedLane(a, size, lane), signedY = SignedLane(b, size, lane);
        int half = 8 >> size;
        switch (opcode)
        {
            case Opcode.VAdd: return x + y;
            case Opcode.VSub: return x - y;
            case Opcode.VMul: return x * y;
            case Opcode.VNeg: return 0 - x;
            case Opcode.VAbs: return signedX < 0 ? 0 - x : x;
            case Opcode.VMaxSigned: return signedX > signedY ? x : y;
            case Opcode.VMaxUnsigned: return Math.Max(x, y);
            case Opcode.VMinSigned: return signedX < signedY ? x : y;
            case Opcode.VMinUnsigned: return Math.Min(x, y);
            case Opcode.VCompareEqual: return x == y ? ulong.MaxValue : 0;
            case Opcode.VCompareGreaterSigned: return signedX > signedY ? ulong.MaxValue : 0;
            case Opcode.VCompareGreaterUnsigned: return x > y ? ulong.MaxValue : 0;
            case Opcode.VAddSaturatingSigned: return Saturate((Int128)signedX + signedY, 8 << size, signed: true);
            case Opcode.VAddSaturatingUnsigned: return Saturate((Int128)x + y, 8 << size, signed: false);
            case Opcode.VSubSaturatingSigned: return Saturate((Int128)signedX - signedY, 8 << size, signed: true);
            case Opcode.VSubSaturatingUnsigned: return Saturate((Int128)x - y, 8 << size, signed: false);
            case Opcode.VShlImmediate: return x << imm;
            case Opcode.VShrImmediate: return imm == 64 ? 0 : x >> imm;
            case Opcode.VSarImmediate: return (ulong)(signedX >> Math.Min(imm, 63));
            case Opcode.VZipLow or Opcode.VZipHigh: return Lane((lane & 1) == 0 ? a : b, size, (lane >> 1) + (opcode == Opcode.VZipHigh ? half : 0));
            case Opcode.VUnzipEven or Opcode.VUnzipOdd: return Lane(lane < half ? a : b, size, 2 * (lane & (half - 1)) + (opcode == Opcode.VUnzipOdd ? 1 : 0));
            case Opcode.VTransposeEven or Opcode.VTransposeOdd: return Lane((lane & 1) == 0 ? a : b, size, (lane & ~1) + (opcode == Opcode.VTransposeOdd ? 1 : 0));
            case Opcode.VReverse: return Lane(a, size, lane ^ ((1 << (imm - size)) - 1));
            case Opcode.VBroadcast: return (ulong)a;
            case Opcode.VBroadcastLane: return Lane(a, size, imm);
            case Opcode.VTable: return y < 16 ? Lane(a, 0, (int)y) : 0;
            case Opcode.VNarrow: return lane < half ? Lane(a, size + 1, lane) : 0;
            case Opcode.VPopCount: return (ulong)BitOperations.PopCount(x);
            case Opcode.VCountLeadingZeros: return (ulong)(BitOperations.LeadingZeroCount(x) - (64 - (8 << size)));
            case Opcode.VShiftUnsigned or Opcode.VShiftSigned: return Shift(x, signedX, (sbyte)y, 8 << size, opcode == Opcode.VShiftSigned);
            default: return Pair(opcode, lane < half ? a : b, size, 2 * (lane & (half - 1)));
        }
    }

    /// <summary>USHL and SSHL of one element.</summary>
    static ulong Shift(ulong x, long signedX, int amount, int width, bool signed)
    {
        if (amount >= 0) return amount >= width ? 0 : x << amount;
        if (signed) return (ulong)(signedX >> Math.Min(-amount, 63));
        return -amount >= width ? 0 : x >> -amount;
    }

    /// <summary>The pairwise operations on elements lane and lane + 1.</summary>
    static ulong Pair(Opcode opcode, UInt128 source, int size, int lane)
    {
        ulong x = Lane(source, size, lane), y = Lane(source, size, lane + 1);
        long signedX = SignedLane(source, size, lane), signedY = SignedLane(source, size, lane + 1);
        return opcode switch
        {
            Opcode.VPairAdd => x + y,
            Opcode.VPairMaxUnsigned => Math.Max(x, y),
            Opcode.VPairMinUnsigned => Math.Min(x, y),
            Opcode.VPairMaxSigned => (ulong)Math.Max(signedX, signedY),
            Opcode.VPairMinSigned => (ulong)Math.Min(signedX, signedY),
            _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "not a vector operation"),
        };
    }

    ulong FloatLane(in IrOp op, int size, int lane)
    {
        FloatFormat format = LaneFormat(size);
        int imm = (int)op.Imm, width = 8 << size;
        ulong a = Lane(values[op.A], size, lane), b = op.B == 0 ? 0 : Lane(values[op.B], size, lane);
        return op.Opcode switch
        {
            Opcode.VFAdd => soft.Add(a, b, format),
            Opcode.VFSub => soft.Sub(a, b, format),
            Opcode.VFMul => soft.Mul(a, b, format),
            Opcode.VFDiv => soft.Div(a, b, format),
            Opcode.VFSqrt => soft.Sqrt(a, format),
            Opcode.VFMax => soft.Extreme(a, b, maximum: true, format),
            Opcode.VFMin => soft.Extreme(a, b, maximum: false, format),
            Opcode.VFMaxNumber => soft.ExtremeNumber(a, b, maximum: true, format),
            Opcode.VFMinNumber => soft.ExtremeNumber(a, b, maximum: false, format),
            Opcode.VFCompareEqual => soft.Compare(a, b, signalling: false, format) == 0b0110 ? ulong.MaxValue : 0,
            Opcode.VFCompareGreater => soft.Compare(a, b, signalling: true, format) == 0b0010 ? ulong.MaxValue : 0,
            Opcode.VFCompareGreaterOrEqual => soft.Compare(a, b, signalling: true, format) is 0b0010 or 0b0110 ? ulong.MaxValue : 0,
            Opcode.VFRound => soft.RoundToIntegral(a, Resolve(imm), (imm & 8) != 0, format),
            Opcode.VFToInteger => soft.ToInteger(a, imm >> 8, (imm & 8) != 0, width, Resolve(imm), format),
            Opcode.VIntegerToF => soft.FromInteger(a, imm >> 8, (imm & 8) != 0, width, format),
            _ => soft.MulAdd(op.Imm != 0 ? a ^ format.SignBit : a, b, Lane(values[op.C], size, lane), format),
        };
    }
}
