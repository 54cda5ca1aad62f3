using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Data processing (register) without flag manipulation and conditional instructions: Arm ARM C4.1.68.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("sf opc:2 01010 shift:2 N Rm:5 imm6:6 Rn:5 Rd:5", When = "sf || imm6 < 32", Asm = "{Logical opc N} {Rd:sf}, {Rn:sf}, {Rm:sf}{Shift shift imm6}")]
    [Alias("mov {Rd:sf}, {Rm:sf}", When = "opc == 1 && !N && Rn == 31 && imm6 == 0 && shift == 0")]
    [Alias("mvn {Rd:sf}, {Rm:sf}{Shift shift imm6}", When = "opc == 1 && N && Rn == 31")]
    [Alias("tst {Rn:sf}, {Rm:sf}{Shift shift imm6}", When = "opc == 3 && !N && Rd == 31")]
    bool LogicalShiftedRegister(bool sf, int opc, int shift, bool N, int Rm, int imm6, int Rn, int Rd)
    {
        var operand = Shifted(X(Rm, sf), shift, imm6);
        Value result;
        if (opc == 1 && Rn == 31) result = N ? ir.Not(operand) : operand;
        else if (!N) result = LogicalOperation(opc, X(Rn, sf), operand);
        else if (opc is 0 or 3) result = ir.AndNot(X(Rn, sf), operand);
        else result = LogicalOperation(opc, X(Rn, sf), ir.Not(operand));

        if (opc == 3) SetFlags(ir.FlagsLogic(result));
        SetX(Rd, result);
        return true;
    }

    [Instruction("sf op S 01011 shift:2!=11 0 Rm:5 imm6:6 Rn:5 Rd:5", When = "sf || imm6 < 32", Asm = "{AddOrSubtract op S} {Rd:sf}, {Rn:sf}, {Rm:sf}{Shift shift imm6}")]
    [Alias("{CompareOf op} {Rn:sf}, {Rm:sf}{Shift shift imm6}", When = "S && Rd == 31")]
    [Alias("neg {Rd:sf}, {Rm:sf}{Shift shift imm6}", When = "op && !S && Rn == 31")]
    [Alias("negs {Rd:sf}, {Rm:sf}{Shift shift imm6}", When = "op && S && Rn == 31")]
    bool AddSubtractShiftedRegister(bool sf, bool op, bool S, int shift, int Rm, int imm6, int Rn, int Rd)
    {
        AddOrSubtract(op, S, X(Rn, sf), Shifted(X(Rm, sf), shift, imm6), Rd, toSp: false);
        return true;
    }

    [Instruction("sf op S 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5", When = "imm3 <= 4",
        Asm = "{AddOrSubtract op S} {OrSpUnless Rd sf S}, {OrSp Rn sf}, {ExtendedRegister Rm sf option}{Extend sf option imm3 Rn==31||(Rd==31&&!S)}")]
    [Alias("{CompareOf op} {OrSp Rn sf}, {ExtendedRegister Rm sf option}{Extend sf option imm3 Rn==31}", When = "S && Rd == 31")]
    bool AddSubtractExtendedRegister(bool sf, bool op, bool S, int Rm, int option, int imm3, int Rn, int Rd)
    {
        AddOrSubtract(op, S, XOrSp(Rn, sf), ExtendedRegister(Rm, option, imm3, sf), Rd, toSp: !S);
        return true;
    }

    [Instruction("sf op S 11010000 Rm:5 000000 Rn:5 Rd:5", Asm = "{AddOrSubtractCarry op S} {Rd:sf}, {Rn:sf}, {Rm:sf}")]
    [Alias("{NegateCarry S} {Rd:sf}, {Rm:sf}", When = "op && Rn == 31")]
    bool AddSubtractWithCarry(bool sf, bool op, bool S, int Rm, int Rn, int Rd)
    {
        var (a, b, carry) = (X(Rn, sf), X(Rm, sf), Flags);
        var result = op ? ir.SubWithCarry(a, b, carry) : ir.AddWithCarry(a, b, carry);
        if (S) SetFlags(op ? ir.FlagsSubWithCarry(a, b, carry) : ir.FlagsAddWithCarry(a, b, carry));
        SetX(Rd, result);
        return true;
    }

    [Instruction("sf 1 0 11010110 00000 000000 Rn:5 Rd:5", Asm = "rbit {Rd:sf}, {Rn:sf}")]
    bool ReverseBits(bool sf, int Rn, int Rd)
    {
        SetX(Rd, ir.ReverseBits(X(Rn, sf)));
        return true;
    }

    [Instruction("sf 1 0 11010110 00000 000001 Rn:5 Rd:5", Asm = "rev16 {Rd:sf}, {Rn:sf}")]
    bool ReverseBytesInHalfwords(bool sf, int Rn, int Rd)
    {
        SetX(Rd, ir.ReverseBytes16(X(Rn, sf)));
        return true;
    }

    [Instruction("1 1 0 11010110 00000 000010 Rn:5 Rd:5", Asm = "rev32 {Rd:X}, {Rn:X}")]
    bool ReverseBytesInWords(int Rn, int Rd)
    {
        SetX(Rd, ir.ReverseBytes32(X(Rn, true)));
        return true;
    }

    [Instruction("0 1 0 11010110 00000 000010 Rn:5 Rd:5", Asm = "rev {Rd:W}, {Rn:W}")]
    bool ReverseBytesOfWord(int Rn, int Rd)
    {
        SetX(Rd, ir.ReverseBytes(X(Rn, false)));
        return true;
    }

    [Instruction("1 1 0 11010110 00000 000011 Rn:5 Rd:5", Asm = "rev {Rd:X}, {Rn:X}")]
    bool ReverseBytes(int Rn, int Rd)
    {
        SetX(Rd, ir.ReverseBytes(X(Rn, true)));
        return true;
    }

    [Instruction("sf 1 0 11010110 00000 000100 Rn:5 Rd:5", Asm = "clz {Rd:sf}, {Rn:sf}")]
    bool CountLeadingZeros(bool sf, int Rn, int Rd)
    {
        SetX(Rd, ir.CountLeadingZeros(X(Rn, sf)));
        return true;
    }

    [Instruction("sf 1 0 11010110 00000 000101 Rn:5 Rd:5", Asm = "cls {Rd:sf}, {Rn:sf}")]
    bool CountLeadingSignBits(bool sf, int Rn, int Rd)
    {
        // A bit that differs from its left neighbour ends the run of sign copies; the topmost bit has no neighbour and does not count itself.
        var value = X(Rn, sf);
        var changes = ir.Xor(value, ir.Sar(value, 1));
        SetX(Rd, ir.Sub(ir.CountLeadingZeros(changes), ir.Const(IntegerType(sf), 1)));
        return true;
    }

    [Instruction("sf 0 0 11010110 Rm:5 000010 Rn:5 Rd:5", Asm = "udiv {Rd:sf}, {Rn:sf}, {Rm:sf}")]
    bool UnsignedDivide(bool sf, int Rm, int Rn, int Rd)
    {
        SetX(Rd, ir.DivUnsigned(X(Rn, sf), X(Rm, sf)));
        return true;
    }

    [Instruction("sf 0 0 11010110 Rm:5 000011 Rn:5 Rd:5", Asm = "sdiv {Rd:sf}, {Rn:sf}, {Rm:sf}")]
    bool SignedDivide(bool sf, int Rm, int Rn, int Rd)
    {
        SetX(Rd, ir.DivSigned(X(Rn, sf), X(Rm, sf)));
        return true;
    }

    [Instruction("sf 0 0 11010110 Rm:5 0010 op2:2 Rn:5 Rd:5", Asm = "{ShiftName op2} {Rd:sf}, {Rn:sf}, {Rm:sf}")]
    bool ShiftVariable(bool sf, int Rm, int op2, int Rn, int Rd)
    {
        var (value, amount) = (X(Rn, sf), X(Rm, sf));
        SetX(Rd, op2 switch
        {
            0 => ir.Shl(value, amount),
            1 => ir.Shr(value, amount),
            2 => ir.Sar(value, amount),
            _ => ir.Ror(value, amount),
        });
        return true;
    }

    [Instruction("sf 0 0 11010110 Rm:5 010 C sz:2 Rn:5 Rd:5", When = "sf == (sz == 3)", Asm = "{Crc32 C sz} {Rd:W}, {Rn:W}, {Rm:sf}", Feature = "FEAT_CRC32")]
    bool Crc32(bool sf, int Rm, bool C, int sz, int Rn, int Rd)
    {
        SetX(Rd, ir.Crc32(X(Rn, false), X(Rm, sf), sz, C));
        return true;
    }

    [Instruction("sf 00 11011 000 Rm:5 o0 Ra:5 Rn:5 Rd:5", Asm = "{MultiplyAdd o0} {Rd:sf}, {Rn:sf}, {Rm:sf}, {Ra:sf}")]
    [Alias("{Multiply o0} {Rd:sf}, {Rn:sf}, {Rm:sf}", When = "Ra == 31")]
    bool MultiplyAdd(bool sf, int Rm, bool o0, int Ra, int Rn, int Rd)
    {
        SetX(Rd, Accumulate(ir.Mul(X(Rn, sf), X(Rm, sf)), Ra, o0));
        return true;
    }

    [Instruction("1 00 11011 U 01 Rm:5 o0 Ra:5 Rn:5 Rd:5", Asm = "{UnsignedOrSigned U}{MultiplyAdd o0}l {Rd:X}, {Rn:W}, {Rm:W}, {Ra:X}")]
    [Alias("{UnsignedOrSigned U}{MultiplyLong o0} {Rd:X}, {Rn:W}, {Rm:W}", When = "Ra == 31")]
    bool MultiplyAddLong(bool U, int Rm, bool o0, int Ra, int Rn, int Rd)
    {
        var (a, b) = (X(Rn, false), X(Rm, false));
        var product = U ? ir.Mul(ir.ZeroExtend32(a), ir.ZeroExtend32(b)) : ir.Mul(ir.SignExtend32(a), ir.SignExtend32(b));
        SetX(Rd, Accumulate(product, Ra, o0));
        return true;
    }

    /// <summary>Ra + product or Ra - product.</summary>
    Value Accumulate(Value product, int a, bool subtract)
    {
        if (a == 31) return subtract ? ir.Neg(product) : product;
        var addend = X(a, ir.TypeOf(product) == IrType.I64);
        return subtract ? ir.Sub(addend, product) : ir.Add(addend, product);
    }

    // The field Ra should be all ones; processors ignore it.
    [Instruction("1 00 11011 U 10 Rm:5 0 xxxxx Rn:5 Rd:5", Asm = "{UnsignedOrSigned U}mulh {Rd:X}, {Rn:X}, {Rm:X}")]
    bool MultiplyHigh(bool U, int Rm, int Rn, int Rd)
    {
        var (a, b) = (X(Rn, true), X(Rm, true));
        SetX(Rd, U ? ir.MulHighUnsigned(a, b) : ir.MulHighSigned(a, b));
        return true;
    }
}
