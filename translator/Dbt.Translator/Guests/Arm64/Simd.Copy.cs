using System.Numerics;
using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>DUP, INS, UMOV, SMOV and immediates. Arm ARM C4.1.96, "Advanced SIMD copy", "modified immediate".</summary>
/// <remarks>The lowest one bit of imm5 tells the element size, the bits above it the element.</remarks>
sealed partial class Arm64Lifter
{
    static int CopySize(int imm5) => BitOperations.TrailingZeroCount(imm5);

    static int CopyLane(int imm5) => imm5 >> (CopySize(imm5) + 1);

    [Instruction("0 Q 0 01110000 imm5:5!=x0000 0 0000 1 Rn:5 Rd:5", Asm = "dup {VCopy Rd imm5 Q}, {LaneCopy Rn imm5}", When = "Q || (imm5 & 7) != 0")]
    bool DuplicateElement(bool Q, int imm5, int Rn, int Rd) => SetV(Rd, Q, ir.VUnary(Opcode.VBroadcastLane, CopySize(imm5), V(Rn), CopyLane(imm5)));

    [Instruction("0 Q 0 01110000 imm5:5!=x0000 0 0001 1 Rn:5 Rd:5", Asm = "dup {VCopy Rd imm5 Q}, {RegisterCopy Rn imm5}", When = "Q || (imm5 & 7) != 0")]
    bool DuplicateGeneral(bool Q, int imm5, int Rn, int Rd) => SetV(Rd, Q, ir.VBroadcast(CopySize(imm5), X(Rn, CopySize(imm5) == 3)));

    [Instruction("01 0 11110000 imm5:5!=x0000 0 0000 1 Rn:5 Rd:5", Asm = "mov {ScalarCopy Rd imm5}, {LaneCopy Rn imm5}")]
    bool DuplicateScalar(int imm5, int Rn, int Rd)
    {
        int size = CopySize(imm5);
        SetV(Rd, ir.VFromScalar(ir.VExtract(IntegerType(size == 3), size, V(Rn), CopyLane(imm5))));
        return true;
    }

    [Instruction("01 0 01110000 imm5:5!=x0000 0 0011 1 Rn:5 Rd:5", Asm = "mov {LaneCopy Rd imm5}, {RegisterCopy Rn imm5}")]
    bool InsertGeneral(int imm5, int Rn, int Rd) => SetV(Rd, true, ir.VInsert(CopySize(imm5), V(Rd), CopyLane(imm5), X(Rn, CopySize(imm5) == 3)));

    [Instruction("01 1 01110000 imm5:5!=x0000 0 imm4:4 1 Rn:5 Rd:5", Asm = "mov {LaneCopy Rd imm5}, {LaneCopySource Rn imm5 imm4}")]
    bool InsertElement(int imm5, int imm4, int Rn, int Rd) =>
        SetV(Rd, true, ir.VInsertLane(CopySize(imm5), V(Rd), CopyLane(imm5), V(Rn), imm4 >> CopySize(imm5)));

    [Instruction("0 Q 0 01110000 imm5:5!=x0000 0 0111 1 Rn:5 Rd:5", Asm = "{Either ((imm5&3)!=0) \"mov\" \"umov\"} {Rd:Q}, {LaneCopy Rn imm5}", When = "Q == ((imm5 & 7) == 0)")]
    bool UmovElement(bool Q, int imm5, int Rn, int Rd)
    {
        SetX(Rd, ir.VExtract(IntegerType(Q), CopySize(imm5), V(Rn), CopyLane(imm5)));
        return true;
    }

    [Instruction("0 Q 0 01110000 imm5:5!=x0000 0 0101 1 Rn:5 Rd:5", Asm = "smov {Rd:Q}, {LaneCopy Rn imm5}", When = "(imm5 & 3) != 0 || (Q && (imm5 & 7) != 0)")]
    bool SmovElement(bool Q, int imm5, int Rn, int Rd)
    {
        SetX(Rd, ir.VExtract(IntegerType(Q), CopySize(imm5), V(Rn), CopyLane(imm5), signed: true));
        return true;
    }

    [Instruction("0 Q op 0111100000 imm8:3 0 shift:2 0 0 1 imm8:5 Rd:5", Asm = "{Either op \"movi\" \"mvni\"} {V Rd 2 Q}, {ShiftedImmediate imm8 (8*shift) false}")]
    bool MoveImmediate32(bool Q, bool op, int imm8, int shift, int Rd) => SetImmediate(Q, Rd, op, Replicate(2, (ulong)imm8 << (8 * shift)));

    [Instruction("0 Q op 0111100000 imm8:3 10 shift 0 0 1 imm8:5 Rd:5", Asm = "{Either op \"movi\" \"mvni\"} {V Rd 1 Q}, {ShiftedImmediate imm8 (8*shift) false}")]
    bool MoveImmediate16(bool Q, bool op, int imm8, int shift, int Rd) => SetImmediate(Q, Rd, op, Replicate(1, (ulong)imm8 << (8 * shift)));

    [Instruction("0 Q op 0111100000 imm8:3 110 shift 0 1 imm8:5 Rd:5", Asm = "{Either op \"movi\" \"mvni\"} {V Rd 2 Q}, {ShiftedImmediate imm8 (8+8*shift) true}")]
    bool MoveImmediateOnes(bool Q, bool op, int imm8, int shift, int Rd) =>
        SetImmediate(Q, Rd, op, Replicate(2, ((ulong)imm8 << (8 + 8 * shift)) | ((1UL << (8 + 8 * shift)) - 1)));

    [Instruction("0 Q 0 0111100000 imm8:3 1110 0 1 imm8:5 Rd:5", Asm = "movi {V Rd 0 Q}, #0x{HexDigits imm8}")]
    bool MoveImmediate8(bool Q, int imm8, int Rd) => SetImmediate(Q, Rd, false, Replicate(0, (ulong)imm8));

    [Instruction("0 Q 1 0111100000 imm8:3 1110 0 1 imm8:5 Rd:5", Asm = "movi {Either Q (\"d\"+Rd) (\"v\"+Rd+\".2d\")}, {ByteMask imm8}")]
    bool MoveImmediate64(bool Q, int imm8, int Rd) => SetImmediate(Q, Rd, false, ExpandByteMask(imm8));

    [Instruction("0 Q type 0111100000 imm8:3 1111 0 1 imm8:5 Rd:5", Asm = "fmov {V Rd (type?3:2) Q}, #{FpImmediate imm8}", When = "Q || !type")]
    bool FmovImmediateVector(bool Q, bool type, int imm8, int Rd) => SetImmediate(Q, Rd, false, Replicate(FloatSize(type), ExpandFloat(imm8, FloatSize(type))));

    [Instruction("0 Q op 0111100000 imm8:3 0 shift:2 1 0 1 imm8:5 Rd:5", Asm = "{Either op \"orr\" \"bic\"} {V Rd 2 Q}, {ShiftedImmediate imm8 (8*shift) false}")]
    bool LogicalImmediate32(bool Q, bool op, int imm8, int shift, int Rd) => CombineImmediate(Q, Rd, op, Replicate(2, (ulong)imm8 << (8 * shift)));

    [Instruction("0 Q op 0111100000 imm8:3 10 shift 1 0 1 imm8:5 Rd:5", Asm = "{Either op \"orr\" \"bic\"} {V Rd 1 Q}, {ShiftedImmediate imm8 (8*shift) false}")]
    bool LogicalImmediate16(bool Q, bool op, int imm8, int shift, int Rd) => CombineImmediate(Q, Rd, op, Replicate(1, (ulong)imm8 << (8 * shift)));

    bool SetImmediate(bool Q, int Rd, bool invert, ulong half)
    {
        if (invert) half = ~half;
        SetV(Rd, Q || half == 0 ? ir.VConst(half) : ir.VFromPair(ir.Const64(half), ir.Const64(0L)));
        return true;
    }

    bool CombineImmediate(bool Q, int Rd, bool clear, ulong half) => SetV(Rd, Q, clear ? ir.VAndNot(V(Rd), ir.VConst(half)) : ir.VOr(V(Rd), ir.VConst(half)));

    /// <summary>Every bit of an 8-bit immediate becomes a byte of ones or zeroes.</summary>
    public static ulong ExpandByteMask(int imm8)
    {
        ulong mask = 0;
        for (int i = 0; i < 8; i++)
        {
            if ((imm8 >> i & 1) != 0) mask |= 0xFFUL << (8 * i);
        }

        return mask;
    }
}
