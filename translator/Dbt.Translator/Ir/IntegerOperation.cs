using System.Buffers.Binary;
using System.Numerics;

namespace Dbt.Translator.Ir;

/// <summary>Integer operations as functions of their operands: the meaning that the interpreter executes and the builder folds constants with.</summary>
public static class IntegerOperation
{
    /// <summary>True if <see cref="Evaluate"/> knows the opcode: all integer operations that read neither flags nor state.</summary>
    public static bool CanEvaluate(Opcode opcode) => opcode is >= Opcode.Add and <= Opcode.Truncate;

    /// <summary>The value of an operation of type I32 or I64, zero-extended. Operands may have anything above their own width.</summary>
    public static ulong Evaluate(Opcode opcode, IrType type, ulong a, ulong b, int aux, long imm)
    {
        // Operands of other types than the result's: Truncate and the extensions.
        switch (opcode)
        {
            case Opcode.ZeroExtend32 or Opcode.Truncate: return (uint)a;
            case Opcode.SignExtend32: return (ulong)(int)a;
        }
        return type == IrType.I32 ? Evaluate32(opcode, (uint)a, (uint)b, aux, (int)imm) : Evaluate64(opcode, a, b, aux, (int)imm);
    }

    static uint Evaluate32(Opcode opcode, uint a, uint b, int aux, int imm) => opcode switch
    {
        Opcode.Add => a + b,
        Opcode.Sub => a - b,
        Opcode.Mul => a * b,
        Opcode.DivUnsigned => b == 0 ? 0 : a / b,
        Opcode.DivSigned => b == 0 ? 0 : b == uint.MaxValue ? 0 - a : (uint)((int)a / (int)b),
        Opcode.And => a & b,
        Opcode.Or => a | b,
        Opcode.Xor => a ^ b,
        Opcode.AndNot => a & ~b,
        Opcode.Not => ~a,
        Opcode.Neg => 0 - a,
        Opcode.Shl => a << (int)(b & 31),
        Opcode.Shr => a >> (int)(b & 31),
        Opcode.Sar => (uint)((int)a >> (int)(b & 31)),
        Opcode.Ror => BitOperations.RotateRight(a, (int)(b & 31)),
        Opcode.ExtractPair => (uint)(((ulong)a << 32 | b) >> imm),
        Opcode.CountLeadingZeros => (uint)BitOperations.LeadingZeroCount(a),
        Opcode.CountTrailingZeros => (uint)BitOperations.TrailingZeroCount(a),
        Opcode.PopCount => (uint)BitOperations.PopCount(a),
        Opcode.ReverseBits => (uint)(ReverseBits(a) >> 32),
        Opcode.ReverseBytes => BinaryPrimitives.ReverseEndianness(a),
        Opcode.ReverseBytes16 => (uint)ReverseBytes16(a),
        Opcode.ExtractUnsigned => (a >> aux) & Ones32(imm),
        Opcode.ExtractSigned => (uint)((int)(a << (32 - aux - imm)) >> (32 - imm)),
        Opcode.InsertBits => (a & ~(Ones32(imm) << aux)) | ((b & Ones32(imm)) << aux),
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "not a 32-bit integer operation"),
    };

    static ulong Evaluate64(Opcode opcode, ulong a, ulong b, int aux, int imm) => opcode switch
    {
        Opcode.Add => a + b,
        Opcode.Sub => a - b,
        Opcode.Mul => a * b,
        Opcode.MulHighUnsigned => Math.BigMul(a, b, out _),
        Opcode.MulHighSigned => (ulong)Math.BigMul((long)a, (long)b, out _),
        Opcode.DivUnsigned => b == 0 ? 0 : a / b,
        Opcode.DivSigned => b == 0 ? 0 : b == ulong.MaxValue ? 0 - a : (ulong)((long)a / (long)b),
        Opcode.And => a & b,
        Opcode.Or => a | b,
        Opcode.Xor => a ^ b,
        Opcode.AndNot => a & ~b,
        Opcode.Not => ~a,
        Opcode.Neg => 0 - a,
        Opcode.Shl => a << (int)(b & 63),
        Opcode.Shr => a >> (int)(b & 63),
        Opcode.Sar => (ulong)((long)a >> (int)(b & 63)),
        Opcode.Ror => BitOperations.RotateRight(a, (int)(b & 63)),
        Opcode.ExtractPair => (a << (64 - imm)) | (b >> imm),
        Opcode.CountLeadingZeros => (ulong)BitOperations.LeadingZeroCount(a),
        Opcode.CountTrailingZeros => (ulong)BitOperations.TrailingZeroCount(a),
        Opcode.PopCount => (ulong)BitOperations.PopCount(a),
        Opcode.ReverseBits => ReverseBits(a),
        Opcode.ReverseBytes => BinaryPrimitives.ReverseEndianness(a),
        Opcode.ReverseBytes16 => ReverseBytes16(a),
        Opcode.ReverseBytes32 => BitOperations.RotateRight(BinaryPrimitives.ReverseEndianness(a), 32),
        Opcode.ExtractUnsigned => (a >> aux) & Ones64(imm),
        Opcode.ExtractSigned => (ulong)((long)(a << (64 - aux - imm)) >> (64 - imm)),
        Opcode.InsertBits => (a & ~(Ones64(imm) << aux)) | ((b & Ones64(imm)) << aux),
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "not a 64-bit integer operation"),
    };

    static uint Ones32(int count) => uint.MaxValue >> (32 - count);

    static ulong Ones64(int count) => ulong.MaxValue >> (64 - count);

    static ulong ReverseBytes16(ulong value) => ((value & 0x00FF_00FF_00FF_00FF) << 8) | ((value >> 8) & 0x00FF_00FF_00FF_00FF);

    /// <summary>All 64 bits in the opposite order.</summary>
    internal static ulong ReverseBits(ulong value)
    {
        value = ((value & 0x5555_5555_5555_5555) << 1) | ((value >> 1) & 0x5555_5555_5555_5555);
        value = ((value & 0x3333_3333_3333_3333) << 2) | ((value >> 2) & 0x3333_3333_3333_3333);
        value = ((value & 0x0F0F_0F0F_0F0F_0F0F) << 4) | ((value >> 4) & 0x0F0F_0F0F_0F0F_0F0F);
        return BinaryPrimitives.ReverseEndianness(value);
    }
}
