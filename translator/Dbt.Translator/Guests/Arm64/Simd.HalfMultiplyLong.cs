using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Products of halves added to singles, fused. Arm ARM C7.2, FMLAL, FMLAL2, FMLSL, FMLSL2, vector and by element.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q 0 01110 sub 0 1 Rm:5 11101 1 Rn:5 Rd:5", Asm = "{Either sub \"fmlal\" \"fmlsl\"} {V Rd 2 Q}, v{Rn}.{Either Q \"2h\" \"4h\"}, v{Rm}.{Either Q \"2h\" \"4h\"}", Feature = "FEAT_FHM")]
    bool FmlalFmlsl(bool Q, bool sub, int Rm, int Rn, int Rd) => HalfMultiplyLong(Q, sub, LongOperand(Q, false, Rn), LongOperand(Q, false, Rm), Rd);

    [Instruction("0 Q 1 01110 sub 0 1 Rm:5 11001 1 Rn:5 Rd:5", Asm = "{Either sub \"fmlal2\" \"fmlsl2\"} {V Rd 2 Q}, v{Rn}.{Either Q \"2h\" \"4h\"}, v{Rm}.{Either Q \"2h\" \"4h\"}", Feature = "FEAT_FHM")]
    bool Fmlal2Fmlsl2(bool Q, bool sub, int Rm, int Rn, int Rd) => HalfMultiplyLong(Q, sub, LongOperand(Q, true, Rn), LongOperand(Q, true, Rm), Rd);

    [Instruction("0 Q 0 01111 10 L M Rm:4 0 sub 00 H 0 Rn:5 Rd:5", Asm = "{Either sub \"fmlal\" \"fmlsl\"} {V Rd 2 Q}, v{Rn}.{Either Q \"2h\" \"4h\"}, {Indexed 1 H L M Rm}", Feature = "FEAT_FHM")]
    bool FmlalFmlslByElement(bool Q, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        HalfMultiplyLong(Q, sub, LongOperand(Q, false, Rn), IndexedElement(1, H, L, M, Rm), Rd);

    [Instruction("0 Q 1 01111 10 L M Rm:4 1 sub 00 H 0 Rn:5 Rd:5", Asm = "{Either sub \"fmlal2\" \"fmlsl2\"} {V Rd 2 Q}, v{Rn}.{Either Q \"2h\" \"4h\"}, {Indexed 1 H L M Rm}", Feature = "FEAT_FHM")]
    bool Fmlal2Fmlsl2ByElement(bool Q, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        HalfMultiplyLong(Q, sub, LongOperand(Q, true, Rn), IndexedElement(1, H, L, M, Rm), Rd);

    /// <summary>The four elements, or the two, that take part; in the low half. Two are repeated, so that the others raise nothing.</summary>
    Value LongOperand(bool Q, bool high, int n) => Q ? Half(n, high) : ir.VUnary(Opcode.VBroadcastLane, 2, V(n), high ? 1 : 0);

    bool HalfMultiplyLong(bool Q, bool sub, Value a, Value b, int Rd)
    {
        // The product of halves is exact in single precision, so this is a fused operation on singles.
        var addend = Q ? V(Rd) : ir.VBinary(Opcode.VCombineLow, 0, V(Rd), V(Rd));
        return SetV(Rd, Q, ir.VFloat(Opcode.VFMulAdd, 2, WidenedFactor(a), WidenedFactor(b), addend, sub ? 1 : 0));
    }

    /// <summary>Low halves as singles; signalling NaNs stay so, because the addend's NaN must not win against them. They have raised Invalid here, as they do anyway.</summary>
    Value WidenedFactor(Value halves)
    {
        halves = FlushedHalves(halves);
        var singles = ir.VFloat(Opcode.VFWiden, 1, halves);
        if (Mode.DefaultNaN) return singles;
        var bits = VShl(2, Widen(true, 1, halves), 13);
        var isNaN = Greater(false, 2, ir.VAnd(bits, VConstant(2, 0x7FFFUL << 13)), VConstant(2, 0x7C00UL << 13));
        return ir.VAndNot(singles, ir.VAnd(ir.VAndNot(isNaN, bits), VConstant(2, 1UL << 22)));
    }
}
