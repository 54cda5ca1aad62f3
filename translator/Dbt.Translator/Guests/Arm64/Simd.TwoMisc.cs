using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Integer vector operations on one source. Arm ARM C4.1.96, "Advanced SIMD two-register miscellaneous".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q 0 01110 size:2 10000 00000 10 Rn:5 Rd:5", Asm = "rev64 {V Rd size Q}, {V Rn size Q}", When = "size != 3")]
    bool Rev64(bool Q, int size, int Rn, int Rd) => SetV(Rd, Q, ir.VUnary(Opcode.VReverse, size, V(Rn), 3));

    [Instruction("0 Q 1 01110 size:2 10000 00000 10 Rn:5 Rd:5", Asm = "rev32 {V Rd size Q}, {V Rn size Q}", When = "size <= 1")]
    bool Rev32(bool Q, int size, int Rn, int Rd) => SetV(Rd, Q, ir.VUnary(Opcode.VReverse, size, V(Rn), 2));

    [Instruction("0 Q 0 01110 size:2 10000 00001 10 Rn:5 Rd:5", Asm = "rev16 {V Rd size Q}, {V Rn size Q}", When = "size == 0")]
    bool Rev16(bool Q, int size, int Rn, int Rd) => SetV(Rd, Q, ir.VUnary(Opcode.VReverse, size, V(Rn), 1));

    [Instruction("0 Q 0 01110 size:2 10000 00101 10 Rn:5 Rd:5", Asm = "cnt {V Rd size Q}, {V Rn size Q}", When = "size == 0")]
    bool CountBits(bool Q, int size, int Rn, int Rd) => SetV(Rd, Q, ir.VUnary(Opcode.VPopCount, 0, V(Rn)));

    [Instruction("0 Q 1 01110 00 10000 00101 10 Rn:5 Rd:5", Asm = "mvn {V Rd 0 Q}, {V Rn 0 Q}")]
    bool NotVector(bool Q, int Rn, int Rd) => SetV(Rd, Q, ir.VNot(V(Rn)));

    [Instruction("0 Q 1 01110 01 10000 00101 10 Rn:5 Rd:5", Asm = "rbit {V Rd 0 Q}, {V Rn 0 Q}")]
    bool ReverseBitsVector(bool Q, int Rn, int Rd) => SetV(Rd, Q, ir.VUnary(Opcode.VReverseBits, 0, V(Rn)));

    [Instruction("0 Q U 01110 size:2 10000 00100 10 Rn:5 Rd:5", Asm = "{Either U \"cls\" \"clz\"} {V Rd size Q}, {V Rn size Q}", When = "size != 3")]
    bool CountLeading(bool Q, bool U, int size, int Rn, int Rd) => SetV(Rd, Q, U ? ir.VUnary(Opcode.VCountLeadingZeros, size, V(Rn)) : CountLeadingSigns(size, V(Rn)));

    [Instruction("0 Q U 01110 size:2 10000 01011 10 Rn:5 Rd:5", Asm = "{Either U \"abs\" \"neg\"} {V Rd size Q}, {V Rn size Q}", When = "size != 3 || Q")]
    bool AbsNegVector(bool Q, bool U, int size, int Rn, int Rd) => SetV(Rd, Q, ir.VUnary(U ? Opcode.VNeg : Opcode.VAbs, size, V(Rn)));

    [Instruction("0 Q U 01110 size:2 10000 01000 10 Rn:5 Rd:5", Asm = "{Either U \"cmgt\" \"cmge\"} {V Rd size Q}, {V Rn size Q}, #0", When = "size != 3 || Q")]
    bool CompareGreaterZero(bool Q, bool U, int size, int Rn, int Rd) => SetV(Rd, Q, U ? ir.VNot(Greater(false, size, ir.VConst(0), V(Rn))) : Greater(false, size, V(Rn), ir.VConst(0)));

    [Instruction("0 Q U 01110 size:2 10000 01001 10 Rn:5 Rd:5", Asm = "{Either U \"cmeq\" \"cmle\"} {V Rd size Q}, {V Rn size Q}, #0", When = "size != 3 || Q")]
    bool CompareEqualZero(bool Q, bool U, int size, int Rn, int Rd) => SetV(Rd, Q, U ? ir.VNot(Greater(false, size, V(Rn), ir.VConst(0))) : ir.VBinary(Opcode.VCompareEqual, size, V(Rn), ir.VConst(0)));

    [Instruction("0 Q 0 01110 size:2 10000 01010 10 Rn:5 Rd:5", Asm = "cmlt {V Rd size Q}, {V Rn size Q}, #0", When = "size != 3 || Q")]
    bool CompareLessZero(bool Q, int size, int Rn, int Rd) => SetV(Rd, Q, Greater(false, size, ir.VConst(0), V(Rn)));

    [Instruction("0 Q 0 01110 size:2 10000 10010 10 Rn:5 Rd:5", Asm = "xtn{Two Q} {V Rd size Q}, {V Rn size+1 true}", When = "size != 3")]
    bool ExtractNarrow(bool Q, int size, int Rn, int Rd) => SetHalf(Rd, Q, ir.VUnary(Opcode.VNarrow, size, V(Rn)));

    [Instruction("0 Q 1 01110 size:2 10000 10011 10 Rn:5 Rd:5", Asm = "shll{Two Q} {V Rd size+1 true}, {V Rn size Q}, #{Text (8<<size)}", When = "size != 3")]
    bool ShiftLeftLong(bool Q, int size, int Rn, int Rd) => SetV(Rd, true, VShl(size + 1, WideHalf(Q, true, size, Rn), 8 << size));

    [Instruction("0 Q U 01110 size:2 10000 00 acc 10 10 Rn:5 Rd:5", Asm = "{SU U}{Either acc \"add\" \"ada\"}lp {V Rd size+1 Q}, {V Rn size Q}", When = "size != 3")]
    bool AddLongPairs(bool Q, bool U, int size, bool acc, int Rn, int Rd) => SetV(Rd, Q, acc ? VAdd(size + 1, V(Rd), LongPairs(U, size, V(Rn))) : LongPairs(U, size, V(Rn)));

    /// <summary>Bits below the sign bit that are equal to it.</summary>
    Value CountLeadingSigns(int size, Value a)
    {
        var changes = ir.VXor(a, VShr(false, size, a, 1));
        return VSub(size, ir.VUnary(Opcode.VCountLeadingZeros, size, changes), VConstant(size, 1));
    }

    /// <summary>Sums of adjacent elements at double size: the two halves of each double-size element, extended in place.</summary>
    Value LongPairs(bool unsigned, int size, Value a)
    {
        int width = 8 << size;
        var even = unsigned ? ir.VAnd(a, VConstant(size + 1, (1UL << width) - 1)) : VShr(false, size + 1, VShl(size + 1, a, width), width);
        return VAdd(size + 1, even, VShr(unsigned, size + 1, a, width));
    }
}
