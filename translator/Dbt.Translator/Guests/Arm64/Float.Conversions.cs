using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Conversions between precisions and between floating point and integers or fixed point. Arm ARM C4.1.97.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("00011110 0 type 1 0001 0 opc 10000 Rn:5 Rd:5", Asm = "fcvt {Fp Rd opc}, {Fp Rn type}", When = "type != opc")]
    bool FcvtSingleDouble(bool type, bool opc, int Rn, int Rd) => SetFp(Rd, ir.FConvert(FloatType(opc), Fp(Rn, type)));

    [Instruction("sf 0011110 0 type 1 rmode:2 00 U 000000 Rn:5 Rd:5", Asm = "fcvt{Pick rmode \"n,p,m,z\"}{SU U} {Rd:sf}, {Fp Rn type}")]
    bool FloatToInteger(bool sf, bool type, Rounding rmode, bool U, int Rn, int Rd)
    {
        SetX(Rd, ir.FToInteger(IntegerType(sf), Fp(Rn, type), rmode, U));
        return true;
    }

    [Instruction("sf 0011110 0 type 1 00 10 U 000000 Rn:5 Rd:5", Asm = "fcvta{SU U} {Rd:sf}, {Fp Rn type}")]
    bool FloatToIntegerAway(bool sf, bool type, bool U, int Rn, int Rd)
    {
        SetX(Rd, ir.FToInteger(IntegerType(sf), Fp(Rn, type), Rounding.NearestAway, U));
        return true;
    }

    [Instruction("sf 0011110 0 type 1 00 01 U 000000 Rn:5 Rd:5", Asm = "{SU U}cvtf {Fp Rd type}, {Rn:sf}")]
    bool IntegerToFloat(bool sf, bool type, bool U, int Rn, int Rd) => SetFp(Rd, ir.IntegerToF(FloatType(type), X(Rn, sf), U));

    [Instruction("sf 0011110 0 type 0 11 00 U scale:6 Rn:5 Rd:5", Asm = "fcvtz{SU U} {Rd:sf}, {Fp Rn type}, #{Text (64-scale)}", When = "sf || scale >= 32")]
    bool FloatToFixed(bool sf, bool type, bool U, int scale, int Rn, int Rd)
    {
        SetX(Rd, ir.FToInteger(IntegerType(sf), Fp(Rn, type), Rounding.TowardsZero, U, 64 - scale));
        return true;
    }

    [Instruction("sf 0011110 0 type 0 00 01 U scale:6 Rn:5 Rd:5", Asm = "{SU U}cvtf {Fp Rd type}, {Rn:sf}, #{Text (64-scale)}", When = "sf || scale >= 32")]
    bool FixedToFloat(bool sf, bool type, bool U, int scale, int Rn, int Rd) => SetFp(Rd, ir.IntegerToF(FloatType(type), X(Rn, sf), U, 64 - scale));

    // The same between vector registers: "SIMD scalar two-register miscellaneous" and "scalar shift by immediate".

    [Instruction("01 U 11110 odd type 10000 1101 down 10 Rn:5 Rd:5", Asm = "fcvt{Pick (odd|down<<1) \"n,p,m,z\"}{SU U} {Fp Rd type}, {Fp Rn type}")]
    bool ScalarFloatToInteger(bool U, int odd, bool type, int down, int Rn, int Rd) =>
        SetFp(Rd, ir.FToInteger(IntegerType(type), Fp(Rn, type), (Rounding)(odd | down << 1), U));

    [Instruction("01 U 11110 0 type 10000 11100 10 Rn:5 Rd:5", Asm = "fcvta{SU U} {Fp Rd type}, {Fp Rn type}")]
    bool ScalarFloatToIntegerAway(bool U, bool type, int Rn, int Rd) => SetFp(Rd, ir.FToInteger(IntegerType(type), Fp(Rn, type), Rounding.NearestAway, U));

    [Instruction("01 U 11110 0 type 10000 11101 10 Rn:5 Rd:5", Asm = "{SU U}cvtf {Fp Rd type}, {Fp Rn type}")]
    bool ScalarIntegerToFloat(bool U, bool type, int Rn, int Rd) => SetFp(Rd, ir.IntegerToF(FloatType(type), IntegerInV(Rn, type), U));

    [Instruction("01 U 111110 immh:4!=000x immb:3 11111 1 Rn:5 Rd:5", Asm = "fcvtz{SU U} {Scalar Rd (immh<8?2:3)}, {Scalar Rn (immh<8?2:3)}, {ShiftRight immh immb}", When = "immh >= 4")]
    bool ScalarFloatToFixed(bool U, int immh, int immb, int Rn, int Rd) =>
        SetFp(Rd, ir.FToInteger(IntegerType(immh >= 8), Fp(Rn, immh >= 8), Rounding.TowardsZero, U, RightShift(immh, immb)));

    [Instruction("01 U 111110 immh:4!=000x immb:3 11100 1 Rn:5 Rd:5", Asm = "{SU U}cvtf {Scalar Rd (immh<8?2:3)}, {Scalar Rn (immh<8?2:3)}, {ShiftRight immh immb}", When = "immh >= 4")]
    bool ScalarFixedToFloat(bool U, int immh, int immb, int Rn, int Rd) =>
        SetFp(Rd, ir.IntegerToF(FloatType(immh >= 8), IntegerInV(Rn, immh >= 8), U, RightShift(immh, immb)));

    Value IntegerInV(int n, bool is64) => ir.VExtract(IntegerType(is64), is64 ? 3 : 2, V(n), 0);
}
