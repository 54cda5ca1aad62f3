using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>UZP, TRN, ZIP, EXT and table look-up. Arm ARM C4.1.96, "Advanced SIMD permute", "extract", "table lookup".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q 001110 size:2 0 Rm:5 0 odd 01 10 Rn:5 Rd:5", Asm = "{Either odd \"uzp1\" \"uzp2\"} {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool Unzip(bool Q, int size, int Rm, bool odd, int Rn, int Rd) => SetV(Rd, Q, Pairwise(odd ? Opcode.VUnzipOdd : Opcode.VUnzipEven, Q, size, V(Rn), V(Rm)));

    [Instruction("0 Q 001110 size:2 0 Rm:5 0 odd 10 10 Rn:5 Rd:5", Asm = "{Either odd \"trn1\" \"trn2\"} {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool Transpose(bool Q, int size, int Rm, bool odd, int Rn, int Rd) => SetV(Rd, Q, ir.VBinary(odd ? Opcode.VTransposeOdd : Opcode.VTransposeEven, size, V(Rn), V(Rm)));

    [Instruction("0 Q 001110 size:2 0 Rm:5 0 high 11 10 Rn:5 Rd:5", Asm = "{Either high \"zip1\" \"zip2\"} {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size != 3 || Q")]
    bool Zip(bool Q, int size, int Rm, bool high, int Rn, int Rd)
    {
        if (Q) return SetV(Rd, true, ir.VBinary(high ? Opcode.VZipHigh : Opcode.VZipLow, size, V(Rn), V(Rm)));

        // All of both low halves: the lower eight bytes are ZIP1, the upper ones ZIP2.
        var zipped = ir.VBinary(Opcode.VZipLow, size, V(Rn), V(Rm));
        SetV(Rd, high ? ir.VUnary(Opcode.VHighHalf, 0, zipped) : ir.VZeroUpper(zipped));
        return true;
    }

    [Instruction("0 Q 101110 000 Rm:5 0 imm4:4 0 Rn:5 Rd:5", Asm = "ext {V Rd 0 Q}, {V Rn 0 Q}, {V Rm 0 Q}, #{imm4}", When = "Q || imm4 < 8")]
    bool ExtractVector(bool Q, int Rm, int imm4, int Rn, int Rd)
    {
        if (Q) return SetV(Rd, true, ir.VBinary(Opcode.VExtractBytes, 0, V(Rn), V(Rm), imm4));
        var both = ir.VBinary(Opcode.VCombineLow, 0, V(Rn), V(Rm));
        return SetV(Rd, false, ir.VBinary(Opcode.VExtractBytes, 0, both, both, imm4));
    }

    /// <summary>A table of several registers is one look-up in each, with the index made relative to it: what is out of range there gives zero.</summary>
    [Instruction("0 Q 001110 000 Rm:5 0 len:2 extend 00 Rn:5 Rd:5", Asm = "{Either extend \"tbl\" \"tbx\"} {V Rd 0 Q}, {VList Rn len+1 0 true}, {V Rm 0 Q}")]
    bool TableLookup(bool Q, int Rm, int len, bool extend, int Rn, int Rd)
    {
        var index = V(Rm);
        Value result = default;
        for (int i = 0; i <= len; i++)
        {
            var relative = i == 0 ? index : VSub(0, index, VConstant(0, (ulong)(16 * i)));
            var found = ir.VBinary(Opcode.VTable, 0, V((Rn + i) & 31), relative);
            result = i == 0 ? found : ir.VOr(result, found);
        }

        if (extend)
        {
            var inRange = Greater(true, 0, VConstant(0, (ulong)(16 * (len + 1))), index);
            result = ir.VBitSelect(inRange, result, V(Rd));
        }

        return SetV(Rd, Q, result);
    }
}
