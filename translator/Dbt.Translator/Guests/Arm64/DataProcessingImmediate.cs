using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Data processing (immediate): Arm ARM C4.1.65.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 immlo:2 10000 immhi:19 Rd:5", Asm = "adr {Rd:X}, {PcRelative pc immhi immlo}")]
    bool FormPcRelativeAddress(int immlo, int immhi, int Rd)
    {
        SetX(Rd, ir.Const64(Pc + (ulong)(Arm64Immediate.Signed(immhi, 19) * 4 + immlo)));
        return true;
    }

    [Instruction("1 immlo:2 10000 immhi:19 Rd:5", Asm = "adrp {Rd:X}, {PcRelativePage pc immhi immlo}")]
    bool FormPcRelativePageAddress(int immlo, int immhi, int Rd)
    {
        SetX(Rd, ir.Const64((Pc & ~0xFFFUL) + (ulong)((Arm64Immediate.Signed(immhi, 19) * 4 + immlo) << 12)));
        return true;
    }

    [Instruction("sf op S 100010 sh imm12:12 Rn:5 Rd:5", Asm = "{AddOrSubtract op S} {OrSpUnless Rd sf S}, {OrSp Rn sf}, #{Hex imm12}{Lsl12 sh}")]
    [Alias("mov {OrSp Rd sf}, {OrSp Rn sf}", When = "!op && !S && !sh && imm12 == 0 && (Rd == 31 || Rn == 31)")]
    [Alias("{CompareOf op} {OrSp Rn sf}, #{Hex imm12}{Lsl12 sh}", When = "S && Rd == 31")]
    bool AddSubtractImmediate(bool sf, bool op, bool S, bool sh, int imm12, int Rn, int Rd)
    {
        AddOrSubtract(op, S, XOrSp(Rn, sf), ir.Const(IntegerType(sf), sh ? imm12 << 12 : imm12), Rd, toSp: !S);
        return true;
    }

    /// <summary>What ADD, ADDS, SUB and SUBS of all forms share. Compares (zero register as destination) leave out the difference.</summary>
    void AddOrSubtract(bool subtract, bool setFlags, Value a, Value b, int d, bool toSp)
    {
        if (toSp || d != 31)
        {
            var result = subtract ? ir.Sub(a, b) : ir.Add(a, b);
            if (setFlags) SetFlags(subtract ? ir.FlagsSub(a, b) : ir.FlagsAdd(a, b));
            if (toSp) SetXOrSp(d, result);
            else SetX(d, result);
        }
        else if (setFlags)
        {
            SetFlags(subtract ? ir.FlagsSub(a, b) : ir.FlagsAdd(a, b));
        }
    }

    [Instruction("sf opc:2 100100 N immr:6 imms:6 Rn:5 Rd:5", When = "Arm64Immediate.IsBitmask(sf, N, imms)",
        Asm = "{Logical opc false} {OrSpUnless Rd sf opc==3}, {Rn:sf}, #{HexUnsigned Arm64Immediate.Bitmask(sf, N, imms, immr)}")]
    [Alias("mov {OrSp Rd sf}, #{HexUnsigned Arm64Immediate.Bitmask(sf, N, imms, immr)}", When = "opc == 1 && Rn == 31 && (Rd == 31 || !Arm64Immediate.IsMoveWide(sf, N, imms, immr))")]
    [Alias("tst {Rn:sf}, #{HexUnsigned Arm64Immediate.Bitmask(sf, N, imms, immr)}", When = "opc == 3 && Rd == 31")]
    bool LogicalImmediate(bool sf, int opc, bool N, int immr, int imms, int Rn, int Rd)
    {
        var result = LogicalOperation(opc, X(Rn, sf), ir.Const(IntegerType(sf), (long)Arm64Immediate.Bitmask(sf, N, imms, immr)));
        if (opc == 3)
        {
            SetFlags(ir.FlagsLogic(result));
            SetX(Rd, result);
        }
        else
        {
            SetXOrSp(Rd, result);
        }

        return true;
    }

    /// <summary>AND, ORR, EOR, ANDS.</summary>
    Value LogicalOperation(int opc, Value a, Value b) => opc switch
    {
        1 => ir.Or(a, b),
        2 => ir.Xor(a, b),
        _ => ir.And(a, b),
    };

    [Instruction("sf opc:2!=01 100101 hw:2 imm16:16 Rd:5", When = "sf || hw < 2", Asm = "{MoveWide opc} {Rd:sf}, #{Hex imm16}{LslHalfwords hw}")]
    [Alias("mov {Rd:sf}, #{HexUnsigned Arm64Immediate.MoveWide(sf, opc == 0, imm16, hw)}",
        When = "opc != 3 && !(imm16 == 0 && hw != 0) && !(opc == 0 && !sf && imm16 == 0xFFFF)")]
    bool MoveWideImmediate(bool sf, int opc, int hw, int imm16, int Rd)
    {
        var type = IntegerType(sf);
        if (opc == 3) SetX(Rd, ir.InsertBits(X(Rd, sf), ir.Const(type, imm16), 16 * hw, 16));
        else SetX(Rd, ir.Const64(Arm64Immediate.MoveWide(sf, opc == 0, imm16, hw)));
        return true;
    }

    [Instruction("sf 00 100110 N immr:6 imms:6 Rn:5 Rd:5", When = "sf == N && (sf || (immr | imms) < 32)", Asm = "sbfx {Rd:sf}, {Rn:sf}, #{immr}, #{Text imms-immr+1}")]
    [Alias("sxtb {Rd:sf}, {Rn:W}", When = "immr == 0 && imms == 7")]
    [Alias("sxth {Rd:sf}, {Rn:W}", When = "immr == 0 && imms == 15")]
    [Alias("sxtw {Rd:sf}, {Rn:W}", When = "immr == 0 && imms == 31 && sf")]
    [Alias("asr {Rd:sf}, {Rn:sf}, #{immr}", When = "imms == (sf ? 63 : 31)")]
    [Alias("sbfiz {Rd:sf}, {Rn:sf}, #{Text (sf?64:32)-immr}, #{Text imms+1}", When = "imms < immr")]
    bool SignedBitfieldMove(bool sf, int immr, int imms, int Rn, int Rd)
    {
        int width = sf ? 64 : 32;
        if (imms == width - 1) SetX(Rd, ir.Sar(X(Rn, sf), immr));
        else if (imms >= immr) SetX(Rd, SignedField(Rn, sf, immr, imms - immr + 1));
        else SetX(Rd, ir.Shl(SignedField(Rn, sf, 0, imms + 1), width - immr));
        return true;
    }

    Value SignedField(int n, bool sf, int lsb, int width) =>
        sf && lsb == 0 && width == 32 ? ir.SignExtend32(X(n, false)) : ir.ExtractSigned(X(n, sf), lsb, width);

    [Instruction("sf 01 100110 N immr:6 imms:6 Rn:5 Rd:5", When = "sf == N && (sf || (immr | imms) < 32)", Asm = "bfxil {Rd:sf}, {Rn:sf}, #{immr}, #{Text imms-immr+1}")]
    [Alias("bfc {Rd:sf}, #{Text (sf?64:32)-immr}, #{Text imms+1}", When = "imms < immr && Rn == 31")]
    [Alias("bfi {Rd:sf}, {Rn:sf}, #{Text (sf?64:32)-immr}, #{Text imms+1}", When = "imms < immr")]
    bool BitfieldMove(bool sf, int immr, int imms, int Rn, int Rd)
    {
        int width = sf ? 64 : 32;
        if (imms < immr) SetX(Rd, ir.InsertBits(X(Rd, sf), X(Rn, sf), width - immr, imms + 1));
        else if (immr == 0 && imms == width - 1) SetX(Rd, X(Rn, sf));
        else SetX(Rd, ir.InsertBits(X(Rd, sf), ir.Shr(X(Rn, sf), immr), 0, imms - immr + 1));
        return true;
    }

    [Instruction("sf 10 100110 N immr:6 imms:6 Rn:5 Rd:5", When = "sf == N && (sf || (immr | imms) < 32)", Asm = "ubfx {Rd:sf}, {Rn:sf}, #{immr}, #{Text imms-immr+1}")]
    [Alias("lsr {Rd:sf}, {Rn:sf}, #{immr}", When = "imms == (sf ? 63 : 31)")]
    [Alias("lsl {Rd:sf}, {Rn:sf}, #{Text (sf?64:32)-immr}", When = "imms + 1 == immr")]
    [Alias("ubfiz {Rd:sf}, {Rn:sf}, #{Text (sf?64:32)-immr}, #{Text imms+1}", When = "imms < immr")]
    [Alias("uxtb {Rd:W}, {Rn:W}", When = "immr == 0 && imms == 7 && !sf")]
    [Alias("uxth {Rd:W}, {Rn:W}", When = "immr == 0 && imms == 15 && !sf")]
    bool UnsignedBitfieldMove(bool sf, int immr, int imms, int Rn, int Rd)
    {
        int width = sf ? 64 : 32;
        if (imms == width - 1) SetX(Rd, ir.Shr(X(Rn, sf), immr));
        else if (imms + 1 == immr) SetX(Rd, ir.Shl(X(Rn, sf), width - immr));
        else if (imms >= immr) SetX(Rd, UnsignedField(Rn, sf, immr, imms - immr + 1));
        else SetX(Rd, ir.Shl(UnsignedField(Rn, sf, 0, imms + 1), width - immr));
        return true;
    }

    Value UnsignedField(int n, bool sf, int lsb, int width) =>
        sf && lsb == 0 && width == 32 ? ir.ZeroExtend32(X(n, false)) : ir.ExtractUnsigned(X(n, sf), lsb, width);

    [Instruction("sf 00 100111 N 0 Rm:5 imms:6 Rn:5 Rd:5", When = "sf == N && (sf || imms < 32)", Asm = "extr {Rd:sf}, {Rn:sf}, {Rm:sf}, #{imms}")]
    [Alias("ror {Rd:sf}, {Rn:sf}, #{imms}", When = "Rn == Rm")]
    bool Extract(bool sf, int Rm, int imms, int Rn, int Rd)
    {
        if (imms == 0) SetX(Rd, X(Rm, sf));
        else if (Rn == Rm) SetX(Rd, ir.Ror(X(Rn, sf), imms));
        else SetX(Rd, ir.ExtractPair(X(Rn, sf), X(Rm, sf), imms));
        return true;
    }
}
