using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Variants of multiplication and conversion; as with estimates, rare operands are left to the runtime before anything is raised.</summary>
public sealed unsafe partial class BlockEmitter
{
    void MulExtended(int i, ref IrOp op, int size)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), result = alloc.Define(i);
        ref SlowPath slow = ref NewEvaluation(op, result, a, b);
        slow.Size = size;
        JumpUnlessBelow(ref slow, a, b, size, (uint)ExponentOnes(size));
        Emit(size == 3 ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, result, a, b);
        // The host does not see the underflow of what rounding makes normal.
        JumpIfNaNOrLeastLane(ref slow);
    }

    // Rounded to odd at the single's precision in the double, which then converts exactly; the plain conversion raises Inexact where it is due.
    void NarrowToOdd(int i, ref IrOp op)
    {
        const ulong lost = 0x1FFF_FFFF;
        ClobberFlags();
        int elements = (int)op.Imm;
        HostReg a = alloc.Use(op.A), result = alloc.Define(i), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        ref SlowPath slow = ref NewEvaluation(op, result, a);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, a, AllButSigns(3));
        // Normal singles that cannot be rounded up to infinity.
        JumpUnlessExponents(ref slow, s1, 3, elements, 1023 - 126, 1023 + 126);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, a, Pool(lost));
        Emit(Code.VEX_Vpaddq_xmm_xmm_xmmm128, s1, s1, Pool(lost));
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, s1, s1, a);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, s1, PoolElements(3, elements, ~lost));
        Emit(Code.VEX_Vcvtpd2ps_xmm_xmmm128, result, s1);
        if (elements == 2) s2 = a;
        else Emit(Code.VEX_Vmovq_xmm_xmmm64, s2, a);
        Emit(Code.VEX_Vcvtpd2ps_xmm_xmmm128, s1, s2);
        asm.Bind(ref slow.Return);
    }

    void RoundBounded(int i, ref IrOp op, int size)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A), result = alloc.Define(i);
        ref SlowPath slow = ref NewEvaluation(op, result, a);
        // Below half the bound no rounding reaches it.
        uint bound = ((op.Imm & 1) != 0 ? 62u : 30u) + (size == 3 ? 1023u : 127u);
        JumpUnlessBelow(ref slow, a, a, size, bound);
        Emit(RoundLanes(size), result, a, RoundImmediate((op.Imm & 2) != 0 ? Rounding.Dynamic : Rounding.TowardsZero, raiseInexact: true));
        asm.Bind(ref slow.Return);
    }

    // Out of range the host gives the most negative integer, and raises Invalid as is due.
    void ToIntegerModular(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A), target = alloc.Define(i);
        ref SlowPath slow = ref NewEvaluation(op, target, a);
        asm.Emit(Code.VEX_Vcvttsd2si_r32_xmmm64, target.R32(), a.X());
        EmitAlu(Alu.Cmp, 32, target, 1);
        asm.Jump(HostCondition.Overflow, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }
}
