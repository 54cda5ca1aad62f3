using System.Numerics;
using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Shifts by immediate, vector and scalar, and conversions with fixed point. Arm ARM C4.1.96, "Advanced SIMD shift by immediate".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q 0 011110 immh:4!=0000 immb:3 01010 1 Rn:5 Rd:5", Asm = "shl {VShift Rd immh Q}, {VShift Rn immh Q}, {ShiftLeft immh immb}", When = "Q || immh < 8")]
    bool ShlImmediate(bool Q, int immh, int immb, int Rn, int Rd) => SetV(Rd, Q, VShl(ShiftSize(immh), V(Rn), LeftShift(immh, immb)));

    [Instruction("0 Q 1 011110 immh:4!=0000 immb:3 01010 1 Rn:5 Rd:5", Asm = "sli {VShift Rd immh Q}, {VShift Rn immh Q}, {ShiftLeft immh immb}", When = "Q || immh < 8")]
    bool SliImmediate(bool Q, int immh, int immb, int Rn, int Rd) => SetV(Rd, Q, ShiftLeftInsert(ShiftSize(immh), V(Rd), V(Rn), LeftShift(immh, immb)));

    [Instruction("0 Q 1 011110 immh:4!=0000 immb:3 01000 1 Rn:5 Rd:5", Asm = "sri {VShift Rd immh Q}, {VShift Rn immh Q}, {ShiftRight immh immb}", When = "Q || immh < 8")]
    bool SriImmediate(bool Q, int immh, int immb, int Rn, int Rd) => SetV(Rd, Q, ShiftRightInsert(ShiftSize(immh), V(Rd), V(Rn), RightShift(immh, immb)));

    [Instruction("0 Q U 011110 immh:4!=0000 immb:3 00 round 0 0 1 Rn:5 Rd:5", Asm = "{SU U}{Either round \"\" \"r\"}shr {VShift Rd immh Q}, {VShift Rn immh Q}, {ShiftRight immh immb}", When = "Q || immh < 8")]
    bool ShrImmediate(bool Q, bool U, int immh, int immb, bool round, int Rn, int Rd) => SetV(Rd, Q, ShiftRight(U, round, ShiftSize(immh), V(Rn), RightShift(immh, immb)));

    [Instruction("0 Q U 011110 immh:4!=0000 immb:3 00 round 1 0 1 Rn:5 Rd:5", Asm = "{SU U}{Either round \"\" \"r\"}sra {VShift Rd immh Q}, {VShift Rn immh Q}, {ShiftRight immh immb}", When = "Q || immh < 8")]
    bool SraImmediate(bool Q, bool U, int immh, int immb, bool round, int Rn, int Rd) => SetV(Rd, Q, VAdd(ShiftSize(immh), V(Rd), ShiftRight(U, round, ShiftSize(immh), V(Rn), RightShift(immh, immb))));

    [Instruction("0 Q 0 011110 immh:4!=0000 immb:3 1000 round 1 Rn:5 Rd:5", Asm = "{Either round \"\" \"r\"}shrn{Two Q} {VShift Rd immh Q}, {VShiftWide Rn immh}, {ShiftRight immh immb}", When = "immh < 8")]
    bool ShrnImmediate(bool Q, int immh, int immb, bool round, int Rn, int Rd) => SetHalf(Rd, Q, ir.VUnary(Opcode.VNarrow, ShiftSize(immh), ShiftRight(true, round, ShiftSize(immh) + 1, V(Rn), RightShift(immh, immb))));

    [Instruction("0 Q U 011110 immh:4!=0000 immb:3 10100 1 Rn:5 Rd:5", Asm = "{SU U}shll{Two Q} {VShiftWide Rd immh}, {VShift Rn immh Q}, {ShiftLeft immh immb}", When = "immh < 8")]
    [Alias("{SU U}xtl{Two Q} {VShiftWide Rd immh}, {VShift Rn immh Q}", When = "immb == 0 && (immh == 1 || immh == 2 || immh == 4)")]
    bool ShllImmediate(bool Q, bool U, int immh, int immb, int Rn, int Rd) => SetV(Rd, true, VShl(ShiftSize(immh) + 1, WideHalf(Q, U, ShiftSize(immh), Rn), LeftShift(immh, immb)));

    [Instruction("0 Q U 011110 immh:4!=0000 immb:3 11100 1 Rn:5 Rd:5", Asm = "{SU U}cvtf {VShift Rd immh Q}, {VShift Rn immh Q}, {ShiftRight immh immb}", When = "immh >= 4 && (Q || immh < 8)")]
    bool FixedToFloatVector(bool Q, bool U, int immh, int immb, int Rn, int Rd) => IntegerToFloat(U, RightShift(immh, immb), Q, immh >= 8, Rn, Rd);

    [Instruction("0 Q U 011110 immh:4!=0000 immb:3 11111 1 Rn:5 Rd:5", Asm = "fcvtz{SU U} {VShift Rd immh Q}, {VShift Rn immh Q}, {ShiftRight immh immb}", When = "immh >= 4 && (Q || immh < 8)")]
    bool FloatToFixedVector(bool Q, bool U, int immh, int immb, int Rn, int Rd) => FloatToInteger(Rounding.TowardsZero, U, RightShift(immh, immb), Q, immh >= 8, Rn, Rd);

    [Instruction("01 0 111110 1 imm:6 01010 1 Rn:5 Rd:5", Asm = "shl {Scalar Rd 3}, {Scalar Rn 3}, #{imm}")]
    bool ShlScalar(int imm, int Rn, int Rd) => SetV(Rd, false, VShl(3, V(Rn), imm));

    [Instruction("01 1 111110 1 imm:6 01010 1 Rn:5 Rd:5", Asm = "sli {Scalar Rd 3}, {Scalar Rn 3}, #{imm}")]
    bool SliScalar(int imm, int Rn, int Rd) => SetV(Rd, false, ShiftLeftInsert(3, V(Rd), V(Rn), imm));

    [Instruction("01 1 111110 1 imm:6 01000 1 Rn:5 Rd:5", Asm = "sri {Scalar Rd 3}, {Scalar Rn 3}, #{Text (64-imm)}")]
    bool SriScalar(int imm, int Rn, int Rd) => SetV(Rd, false, ShiftRightInsert(3, V(Rd), V(Rn), 64 - imm));

    [Instruction("01 U 111110 1 imm:6 00 round 0 0 1 Rn:5 Rd:5", Asm = "{SU U}{Either round \"\" \"r\"}shr {Scalar Rd 3}, {Scalar Rn 3}, #{Text (64-imm)}")]
    bool ShrScalar(bool U, int imm, bool round, int Rn, int Rd) => SetV(Rd, false, ShiftRight(U, round, 3, V(Rn), 64 - imm));

    [Instruction("01 U 111110 1 imm:6 00 round 1 0 1 Rn:5 Rd:5", Asm = "{SU U}{Either round \"\" \"r\"}sra {Scalar Rd 3}, {Scalar Rn 3}, #{Text (64-imm)}")]
    bool SraScalar(bool U, int imm, bool round, int Rn, int Rd) => SetV(Rd, false, VAdd(3, V(Rd), ShiftRight(U, round, 3, V(Rn), 64 - imm)));

    static int ShiftSize(int immh) => BitOperations.Log2((uint)immh);

    static int LeftShift(int immh, int immb) => (immh << 3 | immb) - (8 << ShiftSize(immh));

    static int RightShift(int immh, int immb) => (16 << ShiftSize(immh)) - (immh << 3 | immb);

    /// <summary>Right shift by 1 .. width; the rounding one adds the last bit shifted out.</summary>
    Value ShiftRight(bool unsigned, bool round, int size, Value a, int amount)
    {
        var shifted = VShr(unsigned, size, a, amount);
        return round ? VAdd(size, shifted, ir.VAnd(VShr(true, size, a, amount - 1), VConstant(size, 1))) : shifted;
    }

    Value ShiftLeftInsert(int size, Value into, Value from, int amount) =>
        amount == 0 ? from : ir.VOr(ir.VAnd(into, VConstant(size, (1UL << amount) - 1)), VShl(size, from, amount));

    Value ShiftRightInsert(int size, Value into, Value from, int amount)
    {
        int width = 8 << size;
        if (amount == width) return into;
        ulong kept = ~((1UL << (width - amount)) - 1);
        return ir.VOr(ir.VAnd(into, VConstant(size, kept)), VShr(true, size, from, amount));
    }
}
