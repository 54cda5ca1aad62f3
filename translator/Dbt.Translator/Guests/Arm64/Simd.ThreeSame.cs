using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Integer vector operations on three registers of the same arrangement. Arm ARM C4.1.96, "Advanced SIMD three same".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q U 01110 size:2 1 Rm:5 10000 1 Rn:5 Rd:5", Asm = "{Either U \"add\" \"sub\"} {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool AddSubVector(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VBinary(U ? Opcode.VSub : Opcode.VAdd, size, V(Rn), V(Rm)));

    [Instruction("0 Q 1 01110 size:2 1 Rm:5 10001 1 Rn:5 Rd:5", Asm = "cmeq {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool CompareEqual(bool Q, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VBinary(Opcode.VCompareEqual, size, V(Rn), V(Rm)));

    [Instruction("0 Q 0 01110 size:2 1 Rm:5 10001 1 Rn:5 Rd:5", Asm = "cmtst {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool CompareTest(bool Q, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, AnyBit(size, ir.VAnd(V(Rn), V(Rm))));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 00110 1 Rn:5 Rd:5", Asm = "{Either U \"cmgt\" \"cmhi\"} {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool CompareGreater(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, Greater(U, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 00111 1 Rn:5 Rd:5", Asm = "{Either U \"cmge\" \"cmhs\"} {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool CompareGreaterOrEqual(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, GreaterOrEqual(U, size, V(Rn), V(Rm)));

    [Instruction("0 Q 0 01110 size:2 1 Rm:5 10011 1 Rn:5 Rd:5", Asm = "mul {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool MulVector(bool Q, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VBinary(Opcode.VMul, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 10010 1 Rn:5 Rd:5", Asm = "{Either U \"mla\" \"mls\"} {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool MulAddVector(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VBinary(U ? Opcode.VSub : Opcode.VAdd, size, V(Rd), ir.VBinary(Opcode.VMul, size, V(Rn), V(Rm))));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 01100 1 Rn:5 Rd:5", Asm = "{SU U}max {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool MaxVector(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, VMax(U, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 01101 1 Rn:5 Rd:5", Asm = "{SU U}min {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool MinVector(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, VMin(U, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 01110 1 Rn:5 Rd:5", Asm = "{SU U}abd {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool AbsoluteDifference(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, AbsoluteDifference(U, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 01111 1 Rn:5 Rd:5", Asm = "{SU U}aba {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool AbsoluteDifferenceAccumulate(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, VAdd(size, V(Rd), AbsoluteDifference(U, size, V(Rn), V(Rm))));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 01000 1 Rn:5 Rd:5", Asm = "{SU U}shl {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool ShiftByVector(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VBinary(U ? Opcode.VShiftUnsigned : Opcode.VShiftSigned, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 00000 1 Rn:5 Rd:5", Asm = "{SU U}hadd {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool HalvingAdd(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, HalvingAdd(U, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 00010 1 Rn:5 Rd:5", Asm = "{SU U}rhadd {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool RoundingHalvingAdd(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, RoundingHalvingAdd(U, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 00100 1 Rn:5 Rd:5", Asm = "{SU U}hsub {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool HalvingSub(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, HalvingSub(U, size, V(Rn), V(Rm)));

    [Instruction("0 Q 0 01110 size:2 1 Rm:5 10111 1 Rn:5 Rd:5", Asm = "addp {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool AddPairs(bool Q, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, Pairwise(Opcode.VPairAdd, Q, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 10100 1 Rn:5 Rd:5", Asm = "{SU U}maxp {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool MaxPairs(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, Pairwise(U ? Opcode.VPairMaxUnsigned : Opcode.VPairMaxSigned, Q, size, V(Rn), V(Rm)));

    [Instruction("0 Q U 01110 size:2 1 Rm:5 10101 1 Rn:5 Rd:5", Asm = "{SU U}minp {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3")]
    bool MinPairs(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, Pairwise(U ? Opcode.VPairMinUnsigned : Opcode.VPairMinSigned, Q, size, V(Rn), V(Rm)));

    [Instruction("0 Q 0 01110 opc:2 1 Rm:5 00011 1 Rn:5 Rd:5", Asm = "{Pick opc \"and,bic,orr,orn\"} {V Rd 0 Q}, {V Rn 0 Q}, {V Rm 0 Q}")]
    [Alias("mov {V Rd 0 Q}, {V Rn 0 Q}", When = "opc == 2 && Rn == Rm")]
    bool LogicalVector(bool Q, int opc, int Rm, int Rn, int Rd)
    {
        Value a = V(Rn), b = V(Rm);
        return SetV(Rd, Q, opc switch
        {
            0 => ir.VAnd(a, b),
            1 => ir.VAndNot(a, b),
            2 => Rn == Rm ? a : ir.VOr(a, b),
            _ => ir.VOr(a, ir.VNot(b)),
        });
    }

    [Instruction("0 Q 1 01110 00 1 Rm:5 00011 1 Rn:5 Rd:5", Asm = "eor {V Rd 0 Q}, {V Rn 0 Q}, {V Rm 0 Q}")]
    bool ExclusiveOrVector(bool Q, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VXor(V(Rn), V(Rm)));

    /// <summary>BSL selects by the destination, BIT and BIF insert by the second source.</summary>
    [Instruction("0 Q 1 01110 opc:2!=00 1 Rm:5 00011 1 Rn:5 Rd:5", Asm = "{Pick opc \",bsl,bit,bif\"} {V Rd 0 Q}, {V Rn 0 Q}, {V Rm 0 Q}")]
    bool BitSelect(bool Q, int opc, int Rm, int Rn, int Rd)
    {
        Value d = V(Rd), n = V(Rn), m = V(Rm);
        return SetV(Rd, Q, opc switch
        {
            1 => ir.VBitSelect(d, n, m),
            2 => ir.VBitSelect(m, n, d),
            _ => ir.VBitSelect(m, d, n),
        });
    }

    Value Greater(bool unsigned, int size, Value a, Value b) =>
        ir.VBinary(unsigned ? Opcode.VCompareGreaterUnsigned : Opcode.VCompareGreaterSigned, size, a, b);

    /// <summary>a >= b. Hosts have maxima and equality for the small sizes, but no such comparison.</summary>
    Value GreaterOrEqual(bool unsigned, int size, Value a, Value b) =>
        size == 3 ? ir.VNot(Greater(unsigned, size, b, a)) : ir.VBinary(Opcode.VCompareEqual, size, VMax(unsigned, size, a, b), a);

    Value AnyBit(int size, Value a) => ir.VNot(ir.VBinary(Opcode.VCompareEqual, size, a, ir.VConst(0)));

    /// <summary>|a - b| without the intermediate bit: exact modulo the element's width.</summary>
    Value AbsoluteDifference(bool unsigned, int size, Value a, Value b) => VSub(size, VMax(unsigned, size, a, b), VMin(unsigned, size, a, b));

    /// <summary>(a + b) >> 1 without a carry bit: what both have, and half of what one has.</summary>
    Value HalvingAdd(bool unsigned, int size, Value a, Value b) => VAdd(size, ir.VAnd(a, b), VShr(unsigned, size, ir.VXor(a, b), 1));

    /// <summary>(a + b + 1) >> 1: what either has, less half of what one has.</summary>
    Value RoundingHalvingAdd(bool unsigned, int size, Value a, Value b) => VSub(size, ir.VOr(a, b), VShr(unsigned, size, ir.VXor(a, b), 1));

    /// <summary>(a - b) >> 1, because a - b = (a ^ b) - 2 (b &amp; ~a).</summary>
    Value HalvingSub(bool unsigned, int size, Value a, Value b) => VSub(size, VShr(unsigned, size, ir.VXor(a, b), 1), ir.VAndNot(b, a));

    Value Pairwise(Opcode opcode, bool Q, int size, Value n, Value m)
    {
        if (Q) return ir.VBinary(opcode, size, n, m);
        var both = ir.VBinary(Opcode.VCombineLow, 0, n, m);
        return ir.VBinary(opcode, size, both, both);
    }
}
