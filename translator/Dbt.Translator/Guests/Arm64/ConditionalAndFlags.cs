using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Data processing (register): conditional compare and select, and direct manipulation of the flags. Arm ARM C4.1.68.</summary>
sealed partial class Arm64Lifter
{
    // NZCV as bits of a 32-bit value, where MRS puts them.
    const int NBit = 31, ZBit = 30, CBit = 29, VBit = 28;

    [Instruction("sf op 1 11010010 Rm:5 cond:4 0 0 Rn:5 0 nzcv:4", Asm = "{ConditionalCompare op} {Rn:sf}, {Rm:sf}, #{Hex nzcv}, {Condition cond}")]
    bool ConditionalCompareRegister(bool sf, bool op, int Rm, Condition cond, int Rn, int nzcv)
    {
        ConditionalCompare(op, cond, X(Rn, sf), X(Rm, sf), nzcv);
        return true;
    }

    [Instruction("sf op 1 11010010 imm5:5 cond:4 1 0 Rn:5 0 nzcv:4", Asm = "{ConditionalCompare op} {Rn:sf}, #{Hex imm5}, #{Hex nzcv}, {Condition cond}")]
    bool ConditionalCompareImmediate(bool sf, bool op, int imm5, Condition cond, int Rn, int nzcv)
    {
        ConditionalCompare(op, cond, X(Rn, sf), ir.Const(IntegerType(sf), imm5), nzcv);
        return true;
    }

    void ConditionalCompare(bool subtract, Condition condition, Value a, Value b, int nzcv)
    {
        if (condition >= Condition.Always) SetFlags(subtract ? ir.FlagsSub(a, b) : ir.FlagsAdd(a, b));
        else SetFlags(subtract ? ir.FlagsSubIf(condition, Flags, a, b, nzcv) : ir.FlagsAddIf(condition, Flags, a, b, nzcv));
    }

    [Instruction("sf op 0 11010100 Rm:5 cond:4 0 o2 Rn:5 Rd:5", Asm = "{ConditionalSelect op o2} {Rd:sf}, {Rn:sf}, {Rm:sf}, {Condition cond}")]
    [Alias("cset {Rd:sf}, {Inverted cond}", When = "!op && o2 && Rn == 31 && Rm == 31 && cond < 14")]
    [Alias("csetm {Rd:sf}, {Inverted cond}", When = "op && !o2 && Rn == 31 && Rm == 31 && cond < 14")]
    [Alias("cinc {Rd:sf}, {Rn:sf}, {Inverted cond}", When = "!op && o2 && Rn == Rm && cond < 14")]
    [Alias("cinv {Rd:sf}, {Rn:sf}, {Inverted cond}", When = "op && !o2 && Rn == Rm && cond < 14")]
    [Alias("cneg {Rd:sf}, {Rn:sf}, {Inverted cond}", When = "op && o2 && Rn == Rm && cond < 14")]
    bool ConditionalSelect(bool sf, bool op, int Rm, Condition cond, bool o2, int Rn, int Rd)
    {
        var type = IntegerType(sf);
        if (Rn == 31 && Rm == 31 && op != o2 && cond < Condition.Always)
        {
            // CSET and CSETM.
            var bit = ir.SetCondition(type, cond.Invert(), Flags);
            SetX(Rd, op ? ir.Neg(bit) : bit);
            return true;
        }

        var other = X(Rm, sf);
        if (op) other = o2 ? ir.Neg(other) : ir.Not(other);
        else if (o2) other = ir.Add(other, ir.Const(type, 1));
        SetX(Rd, Choose(cond, X(Rn, sf), other));
        return true;
    }

    [Instruction("1 0 1 11010000 imm6:6 00001 Rn:5 0 mask:4", Asm = "rmif {Rn:X}, #{imm6}, #{mask}", Feature = "FEAT_FlagM")]
    bool RotateMaskInsertFlags(int imm6, int Rn, int mask)
    {
        // Bits 3..0 of the rotated register belong in bits 31..28: rotate by 28 less.
        var rotated = ir.Truncate(ir.Ror(X(Rn, true), (imm6 + 64 - VBit) & 63));
        var inserted = ir.And(rotated, ir.Const32(mask << VBit));
        var kept = ir.And(ir.NzcvFromFlags(Flags), ir.Const32((~mask & 15) << VBit));
        SetFlags(ir.FlagsFromNzcv(ir.Or(inserted, kept)));
        return true;
    }

    [Instruction("0 0 1 11010000 000000 sz 0010 Rn:5 0 1101", Asm = "{SetFlagsName sz} {Rn:W}", Feature = "FEAT_FlagM")]
    bool EvaluateIntoFlags(bool sz, int Rn)
    {
        int width = sz ? 16 : 8;
        var value = X(Rn, false);
        var n = FlagBit(value, width - 1, NBit);
        var z = ir.Shl(ir.SetCondition(IrType.I32, Condition.Equal, ir.FlagsLogic(ir.ExtractUnsigned(value, 0, width))), ZBit);
        var c = ir.And(ir.NzcvFromFlags(Flags), ir.Const32(1 << CBit));
        var v = FlagBit(ir.Xor(value, ir.Shr(value, 1)), width - 1, VBit);
        SetFlags(ir.FlagsFromNzcv(ir.Or(ir.Or(n, z), ir.Or(c, v))));
        return true;
    }

    /// <summary>One bit of a value, moved to the place of a flag; the rest is zero.</summary>
    Value FlagBit(Value value, int from, int to) => ir.Shl(ir.ExtractUnsigned(value, from, 1), to);

    [Instruction("1101010100 0 00 000 0100 0000 000 11111", Asm = "cfinv", Feature = "FEAT_FlagM")]
    bool InvertCarryFlag()
    {
        SetFlags(ir.FlagsFromNzcv(ir.Xor(ir.NzcvFromFlags(Flags), ir.Const32(1 << CBit))));
        return true;
    }

    [Instruction("1101010100 0 00 000 0100 0000 010 11111", Asm = "axflag", Feature = "FEAT_FlagM2")]
    bool ConvertFlagsToExternal()
    {
        // Arm's unordered 0011 becomes 0100: Z = Z or V, C = C and not V, N = V = 0.
        var nzcv = ir.NzcvFromFlags(Flags);
        var z = ir.And(ir.Or(nzcv, ir.Shl(nzcv, ZBit - VBit)), ir.Const32(1 << ZBit));
        var c = ir.And(ir.AndNot(nzcv, ir.Shl(nzcv, CBit - VBit)), ir.Const32(1 << CBit));
        SetFlags(ir.FlagsFromNzcv(ir.Or(z, c)));
        return true;
    }

    [Instruction("1101010100 0 00 000 0100 0000 001 11111", Asm = "xaflag", Feature = "FEAT_FlagM2")]
    bool ConvertFlagsFromExternal()
    {
        // N = neither C nor Z, Z = both, C = either, V = Z without C.
        var nzcv = ir.NzcvFromFlags(Flags);
        var (z, c) = (ir.ExtractUnsigned(nzcv, ZBit, 1), ir.ExtractUnsigned(nzcv, CBit, 1));
        var either = ir.Or(z, c);
        var n = ir.Shl(ir.Xor(either, ir.Const32(1)), NBit);
        var newZ = ir.Shl(ir.And(z, c), ZBit);
        var v = ir.Shl(ir.AndNot(z, c), VBit);
        SetFlags(ir.FlagsFromNzcv(ir.Or(ir.Or(n, newZ), ir.Or(ir.Shl(either, CBit), v))));
        return true;
    }
}
