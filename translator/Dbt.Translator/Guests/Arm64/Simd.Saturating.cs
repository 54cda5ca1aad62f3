using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Saturating arithmetic, vector and scalar (Arm ARM C4.1.96). FPSR.QC is set where a result was clamped.</summary>
/// <remarks>
/// QC costs two cheap operations: a slot of its own gathers the bits by which clamped and wrapped results differ, and only reading FPSR asks whether any is set.
/// A scalar form works on a vector whose other elements are zero, which saturate nothing and stay zero.
/// </remarks>
sealed partial class Arm64Lifter
{
    /// <summary>The register, or its lowest element with zeroes above for the scalar forms.</summary>
    Value Elements(int n, int size, bool scalar) => scalar ? Lowest(size, V(n)) : V(n);

    /// <summary>Bits that differ mean that something was clamped.</summary>
    void NoteSaturation(bool Q, Value clamped, Value wrapped)
    {
        var difference = ir.VXor(clamped, wrapped);
        ir.SetSlot(Arm64State.Saturation, ir.VOr(ir.GetSlot(Arm64State.Saturation), Q ? difference : ir.VZeroUpper(difference)));
    }

    bool SetSaturated(int Rd, bool Q, Value clamped, Value wrapped)
    {
        NoteSaturation(Q, clamped, wrapped);
        return SetV(Rd, Q, clamped);
    }

    [Instruction("0 Q U scalar=0 1110 size:2 1 Rm:5 00 sub 01 1 Rn:5 Rd:5", Asm = "{SU U}q{Either sub \"add\" \"sub\"} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}", When = "size != 3 || Q")]
    [Instruction("0 Q=1 U scalar=1 1110 size:2 1 Rm:5 00 sub 01 1 Rn:5 Rd:5", Asm = "{SU U}q{Either sub \"add\" \"sub\"} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}")]
    bool AddSubSaturating(bool Q, bool U, bool scalar, int size, int Rm, bool sub, int Rn, int Rd)
    {
        Value a = Elements(Rn, size, scalar), b = Elements(Rm, size, scalar);
        var opcode = sub ? (U ? Opcode.VSubSaturatingUnsigned : Opcode.VSubSaturatingSigned) : (U ? Opcode.VAddSaturatingUnsigned : Opcode.VAddSaturatingSigned);
        return SetSaturated(Rd, Q, ir.VBinary(opcode, size, a, b), AddSub(sub, size, a, b));
    }

    [Instruction("0 Q U scalar=0 1110 size:2 10000 00111 10 Rn:5 Rd:5", Asm = "{Either U \"sqabs\" \"sqneg\"} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}", When = "size != 3 || Q")]
    [Instruction("0 Q=1 U scalar=1 1110 size:2 10000 00111 10 Rn:5 Rd:5", Asm = "{Either U \"sqabs\" \"sqneg\"} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}")]
    bool AbsNegSaturating(bool Q, bool U, bool scalar, int size, int Rn, int Rd)
    {
        var a = Elements(Rn, size, scalar);
        var negated = ir.VBinary(Opcode.VSubSaturatingSigned, size, ir.VConst(0), a);
        if (U) return SetSaturated(Rd, Q, negated, ir.VUnary(Opcode.VNeg, size, a));
        var wrapped = ir.VUnary(Opcode.VAbs, size, a);
        // Only the most negative number is clamped, to the greatest.
        var overflow = Greater(false, size, ir.VConst(0), wrapped);
        return SetSaturated(Rd, Q, ir.VXor(wrapped, overflow), wrapped);
    }

    const string AccumulateAsm = "{Either U \"suqadd\" \"usqadd\"} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}";

    /// <summary>Signed plus unsigned or the reverse, clamped as the destination is.</summary>
    [Instruction("0 Q U scalar=0 1110 size:2 10000 00011 10 Rn:5 Rd:5", Asm = AccumulateAsm, When = "size != 3 || Q")]
    [Instruction("0 Q=1 U scalar=1 1110 size:2 10000 00011 10 Rn:5 Rd:5", Asm = AccumulateAsm)]
    bool AccumulateMixed(bool Q, bool U, bool scalar, int size, int Rn, int Rd)
    {
        Value sum = Elements(Rd, size, scalar), term = Elements(Rn, size, scalar);
        var wrapped = VAdd(size, sum, term);
        if (!U)
        {
            // Moved by half the range the signed accumulator is an unsigned one.
            var moved = ir.VXor(sum, SignBits(size));
            var clamped = ir.VXor(ir.VBinary(Opcode.VAddSaturatingUnsigned, size, moved, term), SignBits(size));
            return SetSaturated(Rd, Q, scalar ? Lowest(size, clamped) : clamped, wrapped);
        }

        // A negative term is subtracted; its magnitude always fits an unsigned element.
        var less = ir.VBinary(Opcode.VSubSaturatingUnsigned, size, sum, ir.VUnary(Opcode.VNeg, size, term));
        var more = ir.VBinary(Opcode.VAddSaturatingUnsigned, size, sum, term);
        return SetSaturated(Rd, Q, ir.VBitSelect(Greater(false, size, ir.VConst(0), term), less, more), wrapped);
    }

    /// <summary>The lowest element with zeroes above.</summary>
    Value Lowest(int size, Value vector) => ir.VFromScalar(ir.VExtract(IntegerType(size == 3), size, vector, 0));

    // ---- Narrowing ----

    /// <summary>Clamps double-size elements to the range of the narrow ones.</summary>
    Value Clamped(bool fromUnsigned, bool toUnsigned, int size, Value wide)
    {
        ulong maximum = toUnsigned ? (1UL << (8 << size)) - 1 : (1UL << ((8 << size) - 1)) - 1;
        if (fromUnsigned) return VMin(true, size + 1, wide, VConstant(size + 1, maximum));
        var least = toUnsigned ? ir.VConst(0) : VConstant(size + 1, ~maximum);
        return VMin(false, size + 1, VMax(false, size + 1, wide, least), VConstant(size + 1, maximum));
    }

    bool SetNarrowed(int Rd, bool high, bool scalar, bool fromUnsigned, bool toUnsigned, int size, Value wide)
    {
        var clamped = Clamped(fromUnsigned, toUnsigned, size, wide);
        NoteSaturation(true, clamped, wide);
        return SetHalf(Rd, high && !scalar, ir.VUnary(Opcode.VNarrow, size, clamped));
    }

    [Instruction("0 Q U scalar=0 1110 size:2!=11 10000 10100 10 Rn:5 Rd:5", Asm = "{SU U}qxtn{TwoOrScalar Q scalar} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size+1 true scalar}")]
    [Instruction("0 Q=1 U scalar=1 1110 size:2!=11 10000 10100 10 Rn:5 Rd:5", Asm = "{SU U}qxtn{TwoOrScalar Q scalar} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size+1 true scalar}")]
    bool NarrowSaturating(bool Q, bool U, bool scalar, int size, int Rn, int Rd) => SetNarrowed(Rd, Q, scalar, U, U, size, Elements(Rn, size + 1, scalar));

    [Instruction("0 Q 1 scalar=0 1110 size:2!=11 10000 10010 10 Rn:5 Rd:5", Asm = "sqxtun{TwoOrScalar Q scalar} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size+1 true scalar}")]
    [Instruction("0 Q=1 1 scalar=1 1110 size:2!=11 10000 10010 10 Rn:5 Rd:5", Asm = "sqxtun{TwoOrScalar Q scalar} {VOrScalar Rd size Q scalar}, {VOrScalar Rn size+1 true scalar}")]
    bool NarrowSaturatingToUnsigned(bool Q, bool scalar, int size, int Rn, int Rd) => SetNarrowed(Rd, Q, scalar, false, true, size, Elements(Rn, size + 1, scalar));

    [Instruction("0 Q U scalar=0 11110 immh:4!=0000,1xxx immb:3 1001 round 1 Rn:5 Rd:5", Asm = "{SU U}q{Either round \"\" \"r\"}shrn{TwoOrScalar Q scalar} {VOrScalar Rd (Arm64Syntax.ShiftSize(immh)) Q scalar}, {VOrScalar Rn (Arm64Syntax.ShiftSize(immh)+1) true scalar}, {ShiftRight immh immb}")]
    [Instruction("0 Q=1 U scalar=1 11110 immh:4!=0000,1xxx immb:3 1001 round 1 Rn:5 Rd:5", Asm = "{SU U}q{Either round \"\" \"r\"}shrn{TwoOrScalar Q scalar} {VOrScalar Rd (Arm64Syntax.ShiftSize(immh)) Q scalar}, {VOrScalar Rn (Arm64Syntax.ShiftSize(immh)+1) true scalar}, {ShiftRight immh immb}")]
    bool ShiftNarrowSaturating(bool Q, bool U, bool scalar, int immh, int immb, bool round, int Rn, int Rd)
    {
        int size = ShiftSize(immh);
        return SetNarrowed(Rd, Q, scalar, U, U, size, ShiftRight(U, round, size + 1, Elements(Rn, size + 1, scalar), RightShift(immh, immb)));
    }

    [Instruction("0 Q 1 scalar=0 11110 immh:4!=0000,1xxx immb:3 1000 round 1 Rn:5 Rd:5", Asm = "sq{Either round \"\" \"r\"}shrun{TwoOrScalar Q scalar} {VOrScalar Rd (Arm64Syntax.ShiftSize(immh)) Q scalar}, {VOrScalar Rn (Arm64Syntax.ShiftSize(immh)+1) true scalar}, {ShiftRight immh immb}")]
    [Instruction("0 Q=1 1 scalar=1 11110 immh:4!=0000,1xxx immb:3 1000 round 1 Rn:5 Rd:5", Asm = "sq{Either round \"\" \"r\"}shrun{TwoOrScalar Q scalar} {VOrScalar Rd (Arm64Syntax.ShiftSize(immh)) Q scalar}, {VOrScalar Rn (Arm64Syntax.ShiftSize(immh)+1) true scalar}, {ShiftRight immh immb}")]
    bool ShiftNarrowSaturatingToUnsigned(bool Q, bool scalar, int immh, int immb, bool round, int Rn, int Rd)
    {
        int size = ShiftSize(immh);
        return SetNarrowed(Rd, Q, scalar, false, true, size, ShiftRight(false, round, size + 1, Elements(Rn, size + 1, scalar), RightShift(immh, immb)));
    }

    // ---- Left shifts ----

    /// <summary>The bound that a number runs into: by its sign, or all ones.</summary>
    Value Bound(bool unsigned, int size, Value a) =>
        unsigned ? ir.VConst(ulong.MaxValue) : ir.VXor(VShr(false, size, a, 8 << size), VConstant(size, (1UL << ((8 << size) - 1)) - 1));

    /// <summary>shifted where fits (a mask) is set, else the bound.</summary>
    bool SetFitting(int Rd, bool Q, bool unsigned, int size, Value fits, Value shifted, Value a)
    {
        NoteSaturation(Q, fits, ir.VConst(ulong.MaxValue));
        return SetV(Rd, Q, ir.VBitSelect(fits, shifted, Bound(unsigned, size, a)));
    }

    [Instruction("0 Q U scalar=0 11110 immh:4!=0000 immb:3 01110 1 Rn:5 Rd:5", Asm = "{SU U}qshl {VOrScalar Rd (Arm64Syntax.ShiftSize(immh)) Q scalar}, {VOrScalar Rn (Arm64Syntax.ShiftSize(immh)) Q scalar}, {ShiftLeft immh immb}", When = "Q || immh < 8")]
    [Instruction("0 Q=1 U scalar=1 11110 immh:4!=0000 immb:3 01110 1 Rn:5 Rd:5", Asm = "{SU U}qshl {VOrScalar Rd (Arm64Syntax.ShiftSize(immh)) Q scalar}, {VOrScalar Rn (Arm64Syntax.ShiftSize(immh)) Q scalar}, {ShiftLeft immh immb}")]
    bool ShiftLeftSaturating(bool Q, bool U, bool scalar, int immh, int immb, int Rn, int Rd)
    {
        int size = ShiftSize(immh), amount = LeftShift(immh, immb);
        var a = Elements(Rn, size, scalar);
        var shifted = VShl(size, a, amount);
        return SetFitting(Rd, Q, U, size, ir.VBinary(Opcode.VCompareEqual, size, VShr(U, size, shifted, amount), a), shifted, a);
    }

    [Instruction("0 Q 1 scalar=0 11110 immh:4!=0000 immb:3 01100 1 Rn:5 Rd:5", Asm = "sqshlu {VOrScalar Rd (Arm64Syntax.ShiftSize(immh)) Q scalar}, {VOrScalar Rn (Arm64Syntax.ShiftSize(immh)) Q scalar}, {ShiftLeft immh immb}", When = "Q || immh < 8")]
    [Instruction("0 Q=1 1 scalar=1 11110 immh:4!=0000 immb:3 01100 1 Rn:5 Rd:5", Asm = "sqshlu {VOrScalar Rd (Arm64Syntax.ShiftSize(immh)) Q scalar}, {VOrScalar Rn (Arm64Syntax.ShiftSize(immh)) Q scalar}, {ShiftLeft immh immb}")]
    bool ShiftLeftSaturatingToUnsigned(bool Q, bool scalar, int immh, int immb, int Rn, int Rd)
    {
        int size = ShiftSize(immh), amount = LeftShift(immh, immb);
        var a = Elements(Rn, size, scalar);
        // Negative numbers count as zero.
        var positive = ir.VAndNot(a, VShr(false, size, a, 8 << size));
        NoteSaturation(Q, positive, a);
        var shifted = VShl(size, positive, amount);
        return SetFitting(Rd, Q, true, size, ir.VBinary(Opcode.VCompareEqual, size, VShr(true, size, shifted, amount), positive), shifted, positive);
    }

    [Instruction("0 Q U scalar=0 1110 size:2 1 Rm:5 010 round 1 1 Rn:5 Rd:5", Asm = "{SU U}q{Either round \"\" \"r\"}shl {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}", When = "size != 3 || Q")]
    [Instruction("0 Q=1 U scalar=1 1110 size:2 1 Rm:5 010 round 1 1 Rn:5 Rd:5", Asm = "{SU U}q{Either round \"\" \"r\"}shl {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}")]
    bool ShiftByVectorSaturating(bool Q, bool U, bool scalar, int size, int Rm, bool round, int Rn, int Rd)
    {
        Value a = Elements(Rn, size, scalar), amounts = Elements(Rm, size, scalar);
        var shifted = round ? RoundingShift(U, size, a, amounts) : ShiftVector(U, size, a, amounts);
        // A left shift fits if shifting back gives the number again; right shifts always do.
        var back = ShiftVector(U, size, shifted, ir.VUnary(Opcode.VNeg, size, amounts));
        var isLeft = Greater(false, size, AmountsOf(size, amounts), ir.VConst(0));
        var lost = ir.VAndNot(isLeft, ir.VBinary(Opcode.VCompareEqual, size, back, a));
        return SetFitting(Rd, Q, U, size, ir.VNot(lost), shifted, a);
    }

    Value ShiftVector(bool unsigned, int size, Value a, Value amounts) => ir.VBinary(unsigned ? Opcode.VShiftUnsigned : Opcode.VShiftSigned, size, a, amounts);

    /// <summary>The signed low byte of every element.</summary>
    Value AmountsOf(int size, Value amounts)
    {
        int unused = (8 << size) - 8;
        return VShr(false, size, VShl(size, amounts, unused), unused);
    }

    /// <summary>Right shifts add the last bit shifted out.</summary>
    Value RoundingShift(bool unsigned, int size, Value a, Value amounts)
    {
        var shifted = ShiftVector(unsigned, size, a, amounts);
        var last = ShiftVector(unsigned, size, a, VAdd(size, amounts, VConstant(size, 1)));
        var isRight = Greater(false, size, ir.VConst(0), AmountsOf(size, amounts));
        return VAdd(size, shifted, ir.VAnd(ir.VAnd(last, isRight), VConstant(size, 1)));
    }

    [Instruction("0 Q U scalar=0 1110 size:2 1 Rm:5 01010 1 Rn:5 Rd:5", Asm = "{SU U}rshl {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}", When = "size != 3 || Q")]
    [Instruction("0 Q=1 U scalar=1 1110 size:2 1 Rm:5 01010 1 Rn:5 Rd:5", Asm = "{SU U}rshl {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}", When = "size == 3")]
    bool ShiftByVectorRounding(bool Q, bool U, bool scalar, int size, int Rm, int Rn, int Rd) =>
        SetV(Rd, Q, RoundingShift(U, size, Elements(Rn, size, scalar), Elements(Rm, size, scalar)));

    // ---- Doubling multiplications ----

    [Instruction("0 Q round scalar=0 1110 size:2!=00,11 1 Rm:5 10110 1 Rn:5 Rd:5", Asm = "sq{Either round \"\" \"r\"}dmulh {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}")]
    [Instruction("0 Q=1 round scalar=1 1110 size:2!=00,11 1 Rm:5 10110 1 Rn:5 Rd:5", Asm = "sq{Either round \"\" \"r\"}dmulh {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}")]
    bool MulHighDoubling(bool Q, bool round, bool scalar, int size, int Rm, int Rn, int Rd) => SetMulHigh(Rd, Q, round, size, Elements(Rn, size, scalar), Elements(Rm, size, scalar));

    [Instruction("0 Q 0 scalar=0 1111 size:2!=00,11 L M Rm:4 110 round H 0 Rn:5 Rd:5", Asm = "sq{Either round \"\" \"r\"}dmulh {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {Indexed size H L M Rm}")]
    [Instruction("0 Q=1 0 scalar=1 1111 size:2!=00,11 L M Rm:4 110 round H 0 Rn:5 Rd:5", Asm = "sq{Either round \"\" \"r\"}dmulh {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, {Indexed size H L M Rm}")]
    bool MulHighDoublingByElement(bool Q, bool scalar, int size, bool L, bool M, int Rm, bool round, bool H, int Rn, int Rd) =>
        SetMulHigh(Rd, Q, round, size, Elements(Rn, size, scalar), IndexedElement(size, H, L, M, Rm));

    bool SetMulHigh(int Rd, bool Q, bool round, int size, Value a, Value b)
    {
        Value low = DoubledProduct(round, size, a, b);
        Value high = DoubledProduct(round, size, ir.VUnary(Opcode.VHighHalf, 0, a), ir.VUnary(Opcode.VHighHalf, 0, b));
        var result = ir.VBinary(Opcode.VUnzipOdd, size, low, high);
        // Only the square of the most negative number overflows, and only it seems to give the most negative number.
        var overflow = ir.VBinary(Opcode.VCompareEqual, size, result, SignBits(size));
        return SetSaturated(Rd, Q, ir.VXor(result, overflow), result);
    }

    Value DoubledProduct(bool round, int size, Value a, Value b)
    {
        var doubled = VShl(size + 1, MulLong(false, size, a, b), 1);
        return round ? VAdd(size + 1, doubled, VConstant(size + 1, 1UL << ((8 << size) - 1))) : doubled;
    }

    [Instruction("0 Q 0 scalar=0 1110 size:2!=00,11 1 Rm:5 1101 00 Rn:5 Rd:5", Asm = "sqdmull{TwoOrScalar Q scalar} {VOrScalar Rd size+1 true scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}")]
    [Instruction("0 Q=1 0 scalar=1 1110 size:2!=00,11 1 Rm:5 1101 00 Rn:5 Rd:5", Asm = "sqdmull{TwoOrScalar Q scalar} {VOrScalar Rd size+1 true scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}")]
    bool MulLongDoubling(bool Q, bool scalar, int size, int Rm, int Rn, int Rd) =>
        SetV(Rd, true, DoubledLong(size, ElementsOfHalf(Rn, size, Q, scalar), ElementsOfHalf(Rm, size, Q, scalar)));

    [Instruction("0 Q 0 scalar=0 1110 size:2!=00,11 1 Rm:5 10 sub 1 00 Rn:5 Rd:5", Asm = "{Either sub \"sqdmlal\" \"sqdmlsl\"}{TwoOrScalar Q scalar} {VOrScalar Rd size+1 true scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}")]
    [Instruction("0 Q=1 0 scalar=1 1110 size:2!=00,11 1 Rm:5 10 sub 1 00 Rn:5 Rd:5", Asm = "{Either sub \"sqdmlal\" \"sqdmlsl\"}{TwoOrScalar Q scalar} {VOrScalar Rd size+1 true scalar}, {VOrScalar Rn size Q scalar}, {VOrScalar Rm size Q scalar}")]
    bool MulAddLongDoubling(bool Q, bool scalar, int size, int Rm, bool sub, int Rn, int Rd) =>
        AccumulateDoubled(Rd, sub, scalar, size, DoubledLong(size, ElementsOfHalf(Rn, size, Q, scalar), ElementsOfHalf(Rm, size, Q, scalar)));

    [Instruction("0 Q 0 scalar=0 1111 size:2!=00,11 L M Rm:4 1011 H 0 Rn:5 Rd:5", Asm = "sqdmull{TwoOrScalar Q scalar} {VOrScalar Rd size+1 true scalar}, {VOrScalar Rn size Q scalar}, {Indexed size H L M Rm}")]
    [Instruction("0 Q=1 0 scalar=1 1111 size:2!=00,11 L M Rm:4 1011 H 0 Rn:5 Rd:5", Asm = "sqdmull{TwoOrScalar Q scalar} {VOrScalar Rd size+1 true scalar}, {VOrScalar Rn size Q scalar}, {Indexed size H L M Rm}")]
    bool MulLongDoublingByElement(bool Q, bool scalar, int size, bool L, bool M, int Rm, bool H, int Rn, int Rd) =>
        SetV(Rd, true, DoubledLong(size, ElementsOfHalf(Rn, size, Q, scalar), IndexedElement(size, H, L, M, Rm)));

    [Instruction("0 Q 0 scalar=0 1111 size:2!=00,11 L M Rm:4 0 sub 11 H 0 Rn:5 Rd:5", Asm = "{Either sub \"sqdmlal\" \"sqdmlsl\"}{TwoOrScalar Q scalar} {VOrScalar Rd size+1 true scalar}, {VOrScalar Rn size Q scalar}, {Indexed size H L M Rm}")]
    [Instruction("0 Q=1 0 scalar=1 1111 size:2!=00,11 L M Rm:4 0 sub 11 H 0 Rn:5 Rd:5", Asm = "{Either sub \"sqdmlal\" \"sqdmlsl\"}{TwoOrScalar Q scalar} {VOrScalar Rd size+1 true scalar}, {VOrScalar Rn size Q scalar}, {Indexed size H L M Rm}")]
    bool MulAddLongDoublingByElement(bool Q, bool scalar, int size, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        AccumulateDoubled(Rd, sub, scalar, size, DoubledLong(size, ElementsOfHalf(Rn, size, Q, scalar), IndexedElement(size, H, L, M, Rm)));

    Value ElementsOfHalf(int n, int size, bool Q, bool scalar) => scalar ? Elements(n, size, true) : Half(n, Q);

    Value DoubledLong(int size, Value a, Value b)
    {
        var product = MulLong(false, size, a, b);
        var doubled = ir.VBinary(Opcode.VAddSaturatingSigned, size + 1, product, product);
        NoteSaturation(true, doubled, VAdd(size + 1, product, product));
        return doubled;
    }

    bool AccumulateDoubled(int Rd, bool sub, bool scalar, int size, Value doubled)
    {
        var before = Elements(Rd, size + 1, scalar);
        return SetSaturated(Rd, true, ir.VBinary(sub ? Opcode.VSubSaturatingSigned : Opcode.VAddSaturatingSigned, size + 1, before, doubled), AddSub(sub, size + 1, before, doubled));
    }
}
