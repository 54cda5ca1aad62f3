using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Operations whose second source is one element. Arm ARM C4.1.96, "Advanced SIMD vector x indexed element" and its scalar form.</summary>
sealed partial class Arm64Lifter
{
    /// <summary>The element number: H, H:L or H:L:M for doublewords, words and halfwords.</summary>
    public static int IndexedLane(int size, bool H, bool L, bool M) => size switch
    {
        1 => (H ? 4 : 0) | (L ? 2 : 0) | (M ? 1 : 0),
        2 => (H ? 2 : 0) | (L ? 1 : 0),
        _ => H ? 1 : 0,
    };

    /// <summary>The register: M is its highest bit unless it belongs to the element number.</summary>
    public static int IndexedRegister(int size, bool M, int Rm) => size == 1 ? Rm : Rm | (M ? 16 : 0);

    Value IndexedElement(int size, bool H, bool L, bool M, int Rm) =>
        ir.VUnary(Opcode.VBroadcastLane, size, V(IndexedRegister(size, M, Rm)), IndexedLane(size, H, L, M));

    [Instruction("0 Q 0 01111 size:2 L M Rm:4 1000 H 0 Rn:5 Rd:5", Asm = "mul {V Rd size Q}, {V Rn size Q}, {Indexed size H L M Rm}", When = "size == 1 || size == 2")]
    bool MulByElement(bool Q, int size, bool L, bool M, int Rm, bool H, int Rn, int Rd) =>
        SetV(Rd, Q, ir.VBinary(Opcode.VMul, size, V(Rn), IndexedElement(size, H, L, M, Rm)));

    [Instruction("0 Q 1 01111 size:2 L M Rm:4 0 sub 00 H 0 Rn:5 Rd:5", Asm = "{Either sub \"mla\" \"mls\"} {V Rd size Q}, {V Rn size Q}, {Indexed size H L M Rm}", When = "size == 1 || size == 2")]
    bool MulAddByElement(bool Q, int size, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        SetV(Rd, Q, AddSub(sub, size, V(Rd), ir.VBinary(Opcode.VMul, size, V(Rn), IndexedElement(size, H, L, M, Rm))));

    [Instruction("0 Q U 01111 size:2 L M Rm:4 1010 H 0 Rn:5 Rd:5", Asm = "{SU U}mull{Two Q} {V Rd size+1 true}, {V Rn size Q}, {Indexed size H L M Rm}", When = "size == 1 || size == 2")]
    bool MulLongByElement(bool Q, bool U, int size, bool L, bool M, int Rm, bool H, int Rn, int Rd) =>
        SetV(Rd, true, MulLong(U, size, Half(Rn, Q), IndexedElement(size, H, L, M, Rm)));

    [Instruction("0 Q U 01111 size:2 L M Rm:4 0 sub 10 H 0 Rn:5 Rd:5", Asm = "{SU U}{Either sub \"mlal\" \"mlsl\"}{Two Q} {V Rd size+1 true}, {V Rn size Q}, {Indexed size H L M Rm}", When = "size == 1 || size == 2")]
    bool MulAddLongByElement(bool Q, bool U, int size, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        SetV(Rd, true, AddSub(sub, size + 1, V(Rd), MulLong(U, size, Half(Rn, Q), IndexedElement(size, H, L, M, Rm))));

    [Instruction("0 Q 0 01111 1 type L M Rm:4 1001 H 0 Rn:5 Rd:5", Asm = "fmul {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {Indexed (type?3:2) H L M Rm}", When = "!type || (Q && !L)")]
    bool FmulByElement(bool Q, bool type, bool L, bool M, int Rm, bool H, int Rn, int Rd) =>
        SetV(Rd, true, ir.VFloat(Opcode.VFMul, FloatSize(type), VFloat(Rn, Q), VFloatElement(type, Q, H, L, M, Rm)));

    [Instruction("0 Q 0 01111 1 type L M Rm:4 0 sub 01 H 0 Rn:5 Rd:5", Asm = "{Either sub \"fmla\" \"fmls\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {Indexed (type?3:2) H L M Rm}", When = "!type || (Q && !L)")]
    bool FmulAddByElement(bool Q, bool type, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        SetV(Rd, Q, ir.VFloat(Opcode.VFMulAdd, FloatSize(type), VFloat(Rn, Q), VFloatElement(type, Q, H, L, M, Rm), VFloat(Rd, Q), sub ? 1 : 0));

    /// <summary>The element everywhere it takes part.</summary>
    Value VFloatElement(bool type, bool Q, bool H, bool L, bool M, int Rm)
    {
        var element = IndexedElement(FloatSize(type), H, L, M, Rm);
        return Q ? element : ir.VZeroUpper(element);
    }

    [Instruction("01 0 11111 1 type L M Rm:4 1001 H 0 Rn:5 Rd:5", Asm = "fmul {Fp Rd type}, {Fp Rn type}, {Indexed (type?3:2) H L M Rm}", When = "!type || !L")]
    bool FmulScalarByElement(bool type, bool L, bool M, int Rm, bool H, int Rn, int Rd) =>
        SetFp(Rd, ir.FBinary(Opcode.FMul, Fp(Rn, type), IndexedScalar(type, H, L, M, Rm)));

    [Instruction("01 0 11111 1 type L M Rm:4 0 sub 01 H 0 Rn:5 Rd:5", Asm = "{Either sub \"fmla\" \"fmls\"} {Fp Rd type}, {Fp Rn type}, {Indexed (type?3:2) H L M Rm}", When = "!type || !L")]
    bool FmulAddScalarByElement(bool type, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        SetFp(Rd, ir.FMulAdd(Fp(Rn, type), IndexedScalar(type, H, L, M, Rm), Fp(Rd, type), negateProduct: sub, negateAddend: false));

    Value IndexedScalar(bool type, bool H, bool L, bool M, int Rm) => FloatLane(type, IndexedRegister(FloatSize(type), M, Rm), IndexedLane(FloatSize(type), H, L, M));
}
