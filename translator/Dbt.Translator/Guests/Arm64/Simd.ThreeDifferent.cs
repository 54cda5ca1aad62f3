using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Vector operations whose result or operands have double-size elements. Arm ARM C4.1.96, "Advanced SIMD three different".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q U 01110 size:2!=11 1 Rm:5 00 sub 0 00 Rn:5 Rd:5", Asm = "{SU U}{Either sub \"addl\" \"subl\"}{Two Q} {V Rd size+1 true}, {V Rn size Q}, {V Rm size Q}")]
    bool AddSubLong(bool Q, bool U, int size, int Rm, int sub, int Rn, int Rd) => SetV(Rd, true, AddSub(sub != 0, size + 1, WideHalf(Q, U, size, Rn), WideHalf(Q, U, size, Rm)));

    [Instruction("0 Q U 01110 size:2!=11 1 Rm:5 00 sub 1 00 Rn:5 Rd:5", Asm = "{SU U}{Either sub \"addw\" \"subw\"}{Two Q} {V Rd size+1 true}, {V Rn size+1 true}, {V Rm size Q}")]
    bool AddSubWide(bool Q, bool U, int size, int Rm, int sub, int Rn, int Rd) => SetV(Rd, true, AddSub(sub != 0, size + 1, V(Rn), WideHalf(Q, U, size, Rm)));

    [Instruction("0 Q U 01110 size:2!=11 1 Rm:5 01 sub 0 00 Rn:5 Rd:5", Asm = "{Either U \"\" \"r\"}{Either sub \"addhn\" \"subhn\"}{Two Q} {V Rd size Q}, {V Rn size+1 true}, {V Rm size+1 true}")]
    bool AddSubHighNarrow(bool Q, bool U, int size, int Rm, int sub, int Rn, int Rd) => SetHalf(Rd, Q, HighNarrow(U, size, AddSub(sub != 0, size + 1, V(Rn), V(Rm))));

    [Instruction("0 Q U 01110 size:2!=11 1 Rm:5 0101 00 Rn:5 Rd:5", Asm = "{SU U}abal{Two Q} {V Rd size+1 true}, {V Rn size Q}, {V Rm size Q}")]
    bool AbsoluteDifferenceAccumulateLong(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, true, VAdd(size + 1, V(Rd), AbsoluteDifference(U, size + 1, WideHalf(Q, U, size, Rn), WideHalf(Q, U, size, Rm))));

    [Instruction("0 Q U 01110 size:2!=11 1 Rm:5 0111 00 Rn:5 Rd:5", Asm = "{SU U}abdl{Two Q} {V Rd size+1 true}, {V Rn size Q}, {V Rm size Q}")]
    bool AbsoluteDifferenceLong(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, true, AbsoluteDifference(U, size + 1, WideHalf(Q, U, size, Rn), WideHalf(Q, U, size, Rm)));

    [Instruction("0 Q U 01110 size:2!=11 1 Rm:5 10 sub 0 00 Rn:5 Rd:5", Asm = "{SU U}{Either sub \"mlal\" \"mlsl\"}{Two Q} {V Rd size+1 true}, {V Rn size Q}, {V Rm size Q}")]
    bool MulAddLong(bool Q, bool U, int size, int Rm, int sub, int Rn, int Rd) => SetV(Rd, true, AddSub(sub != 0, size + 1, V(Rd), MulLong(U, size, Half(Rn, Q), Half(Rm, Q))));

    [Instruction("0 Q U 01110 size:2!=11 1 Rm:5 1100 00 Rn:5 Rd:5", Asm = "{SU U}mull{Two Q} {V Rd size+1 true}, {V Rn size Q}, {V Rm size Q}")]
    bool MulLongVector(bool Q, bool U, int size, int Rm, int Rn, int Rd) => SetV(Rd, true, MulLong(U, size, Half(Rn, Q), Half(Rm, Q)));

    Value WideHalf(bool high, bool unsigned, int size, int n) => Widen(unsigned, size, Half(n, high));

    Value AddSub(bool subtract, int size, Value a, Value b) => ir.VBinary(subtract ? Opcode.VSub : Opcode.VAdd, size, a, b);

    Value MulLong(bool unsigned, int size, Value a, Value b) => ir.VBinary(unsigned ? Opcode.VMulWideUnsigned : Opcode.VMulWideSigned, size, a, b);

    /// <summary>The upper halves of double-size elements, rounded or truncated.</summary>
    Value HighNarrow(bool round, int size, Value wide)
    {
        int width = 8 << size;
        if (round) wide = VAdd(size + 1, wide, VConstant(size + 1, 1UL << (width - 1)));
        return ir.VUnary(Opcode.VNarrow, size, VShr(true, size + 1, wide, width));
    }
}
