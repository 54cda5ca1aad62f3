using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Scalar floating-point data processing, single and double precision. Arm ARM C4.1.97.</summary>
sealed partial class Arm64Lifter
{
    /// <summary>VFPExpandImm for half (size 1), single (2) or double precision (3).</summary>
    public static ulong ExpandFloat(int imm8, int size)
    {
        ulong sign = (ulong)imm8 >> 7, b = ((ulong)imm8 >> 6) & 1, low = (ulong)imm8 & 0x3F;
        if (size == 1) return sign << 15 | (b ^ 1) << 14 | (b == 1 ? 3UL << 12 : 0) | low << 6;
        return size == 3
            ? sign << 63 | (b ^ 1) << 62 | (b == 1 ? 0xFFUL << 54 : 0) | low << 48
            : sign << 31 | (b ^ 1) << 30 | (b == 1 ? 0x1FUL << 25 : 0) | low << 19;
    }

    [Instruction("00011110 0 type 1 000000 10000 Rn:5 Rd:5", Asm = "fmov {Fp Rd type}, {Fp Rn type}")]
    bool FmovRegister(bool type, int Rn, int Rd) => SetFp(Rd, Fp(Rn, type));

    [Instruction("00011110 0 type 1 imm8:8 100 00000 Rd:5", Asm = "fmov {Fp Rd type}, #{FpImmediate imm8}")]
    bool FmovImmediate(bool type, int imm8, int Rd) => SetFp(Rd, ir.ConstF(FloatType(type), ExpandFloat(imm8, type ? 3 : 2)));

    [Instruction("sf 0011110 0 type 1 00 110 000000 Rn:5 Rd:5", Asm = "fmov {Rd:sf}, {Fp Rn type}", When = "sf == type")]
    bool FmovToGeneral(bool sf, bool type, int Rn, int Rd)
    {
        SetX(Rd, ir.VExtract(IntegerType(sf), type ? 3 : 2, V(Rn), 0));
        return true;
    }

    [Instruction("sf 0011110 0 type 1 00 111 000000 Rn:5 Rd:5", Asm = "fmov {Fp Rd type}, {Rn:sf}", When = "sf == type")]
    bool FmovFromGeneral(bool sf, bool type, int Rn, int Rd) => SetFp(Rd, X(Rn, sf));

    [Instruction("1 0011110 10 1 01 110 000000 Rn:5 Rd:5", Asm = "fmov {X Rd}, {Lane Rn 3 1}")]
    bool FmovTopToGeneral(int Rn, int Rd)
    {
        SetX(Rd, ir.VExtract(IrType.I64, 3, V(Rn), 1));
        return true;
    }

    [Instruction("1 0011110 10 1 01 111 000000 Rn:5 Rd:5", Asm = "fmov {Lane Rd 3 1}, {X Rn}")]
    bool FmovTopFromGeneral(int Rn, int Rd)
    {
        SetV(Rd, ir.VInsert(3, V(Rd), 1, X(Rn, true)));
        return true;
    }

    [Instruction("00011110 0 type 1 Rm:5 opcode:4 10 Rn:5 Rd:5", Asm = "{Pick opcode \"fmul,fdiv,fadd,fsub,fmax,fmin,fmaxnm,fminnm,fnmul\"} {Fp Rd type}, {Fp Rn type}, {Fp Rm type}", When = "opcode <= 8")]
    bool FloatTwoSources(bool type, int Rm, int opcode, int Rn, int Rd)
    {
        var operation = opcode switch
        {
            1 => Opcode.FDiv,
            2 => Opcode.FAdd,
            3 => Opcode.FSub,
            4 => Opcode.FMax,
            5 => Opcode.FMin,
            6 => Opcode.FMaxNumber,
            7 => Opcode.FMinNumber,
            _ => Opcode.FMul,
        };
        var result = ir.FBinary(operation, Fp(Rn, type), Fp(Rm, type));
        return SetFp(Rd, opcode == 8 ? ir.FSign(Opcode.FNeg, result) : result);
    }

    [Instruction("00011111 0 type negate Rm:5 o0 Ra:5 Rn:5 Rd:5", Asm = "{Pick (negate<<1|o0) \"fmadd,fmsub,fnmadd,fnmsub\"} {Fp Rd type}, {Fp Rn type}, {Fp Rm type}, {Fp Ra type}")]
    bool FloatThreeSources(bool type, bool negate, int Rm, bool o0, int Ra, int Rn, int Rd) =>
        SetFp(Rd, ir.FMulAdd(Fp(Rn, type), Fp(Rm, type), Fp(Ra, type), negateProduct: o0 != negate, negateAddend: negate));

    [Instruction("00011110 0 type 1 000001 10000 Rn:5 Rd:5", Asm = "fabs {Fp Rd type}, {Fp Rn type}")]
    bool Fabs(bool type, int Rn, int Rd) => SetFp(Rd, ir.FSign(Opcode.FAbs, Fp(Rn, type)));

    [Instruction("00011110 0 type 1 000010 10000 Rn:5 Rd:5", Asm = "fneg {Fp Rd type}, {Fp Rn type}")]
    bool Fneg(bool type, int Rn, int Rd) => SetFp(Rd, ir.FSign(Opcode.FNeg, Fp(Rn, type)));

    [Instruction("00011110 0 type 1 000011 10000 Rn:5 Rd:5", Asm = "fsqrt {Fp Rd type}, {Fp Rn type}")]
    bool Fsqrt(bool type, int Rn, int Rd) => SetFp(Rd, ir.FUnary(Opcode.FSqrt, Fp(Rn, type)));

    [Instruction("00011110 0 type 1 001 mode:3!=101 10000 Rn:5 Rd:5", Asm = "frint{Pick mode \"n,p,m,z,a,,x,i\"} {Fp Rd type}, {Fp Rn type}")]
    bool Frint(bool type, int mode, int Rn, int Rd) =>
        SetFp(Rd, ir.FRound(Fp(Rn, type), mode <= 4 ? (Rounding)mode : Rounding.Dynamic, raiseInexact: mode == 6));

    [Instruction("00011110 0 type 1 Rm:5 00 1000 Rn:5 signalling 0 000", Asm = "fcmp{Either signalling \"\" \"e\"} {Fp Rn type}, {Fp Rm type}")]
    bool Fcmp(bool type, int Rm, int Rn, bool signalling)
    {
        SetFlags(ir.FlagsFloatCompare(Fp(Rn, type), Fp(Rm, type), signalling));
        return true;
    }

    [Instruction("00011110 0 type 1 (0)(0)(0)(0)(0) 00 1000 Rn:5 signalling 1 000", Asm = "fcmp{Either signalling \"\" \"e\"} {Fp Rn type}, #0.0")]
    bool FcmpZero(bool type, int Rn, bool signalling)
    {
        SetFlags(ir.FlagsFloatCompare(Fp(Rn, type), ir.ConstF(FloatType(type), 0), signalling));
        return true;
    }

    [Instruction("00011110 0 type 1 Rm:5 cond:4 01 Rn:5 signalling nzcv:4", Asm = "fccmp{Either signalling \"\" \"e\"} {Fp Rn type}, {Fp Rm type}, #0x{HexDigits nzcv}, {Condition cond}")]
    bool Fccmp(bool type, int Rm, Condition cond, int Rn, bool signalling, int nzcv)
    {
        Value a = Fp(Rn, type), b = Fp(Rm, type);
        SetFlags(cond >= Condition.Always ? ir.FlagsFloatCompare(a, b, signalling) : ir.FlagsFloatCompareIf(cond, Flags, a, b, nzcv, signalling));
        return true;
    }

    [Instruction("00011110 0 type 1 Rm:5 cond:4 11 Rn:5 Rd:5", Asm = "fcsel {Fp Rd type}, {Fp Rn type}, {Fp Rm type}, {Condition cond}")]
    bool Fcsel(bool type, int Rm, Condition cond, int Rn, int Rd) => SetFp(Rd, Choose(cond, Fp(Rn, type), Fp(Rm, type)));
}
