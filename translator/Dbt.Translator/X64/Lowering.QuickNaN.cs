using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Scalar NaNs that only pass on, made right in the block's own cold code: a loop whose sums have become NaNs meets nothing else, and a call of the routine costs as much as 20 operations.</summary>
/// <remarks>
/// A NaN operand made quiet is what the host's addition returns, of two the first; Arm prefers a signalling one, so a signalling second operand is left to the routine, as is what has no
/// NaN operand. The addition raises at most Invalid, for an operand for which the operation raised it already; an operand in a register may by now have been repaired itself.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    const int DoubleQuietBit = 51, SingleQuietBit = 22;

    /// <summary>Goes to done with the result set if an operand is a NaN that only passes on, else to the end of this code.</summary>
    void EmitQuickNaN(in SlowPath path, HostReg b, ref Label done)
    {
        if (!path.IsScalar || path.ToDefault || block.FloatTraps) return;
        switch (path.Repair)
        {
            case FloatRepair.Unary:
                PassOn(path, path.A, path.A, ref done);
                break;
            case FloatRepair.Binary or FloatRepair.Multiply or FloatRepair.Divide:
                PassOn(path, path.A, b, ref done);
                break;
            case FloatRepair.MulAdd:
                PassOnOfThree(path, b, ref done);
                break;
        }
    }

    void PassOn(in SlowPath path, HostReg a, HostReg b, ref Label done)
    {
        Label first = default, take = default, leave = default;
        if (a != b)
        {
            JumpUnlessNaN(path.Size, b, ref first);
            MoveBits(path.Size, b);
            asm.Emit(Code.Bt_rm64_imm8, Register.RAX, path.Size == 3 ? DoubleQuietBit : SingleQuietBit);
            asm.Jump(HostCondition.Below, ref take);
            asm.Jump(ref leave);
        }
        asm.Bind(ref first);
        JumpUnlessNaN(path.Size, a, ref leave);
        asm.Bind(ref take);
        Take(path, a, b);
        asm.Jump(ref done);
        asm.Bind(ref leave);
    }

    // The addend comes first; beside an infinity times zero it does not pass on. Negated NaNs change their signs on Arm only.
    void PassOnOfThree(in SlowPath path, HostReg b, ref Label done)
    {
        Label product = default, leave = default;
        JumpUnlessNaN(path.Size, path.C, ref product);
        if ((path.Negate & 2) == 0)
        {
            JumpIfNotFinite(path.Size, path.A, ref leave);
            JumpIfNotFinite(path.Size, b, ref leave);
            Take(path, path.C, path.C);
            asm.Jump(ref done);
        }
        else
        {
            asm.Jump(ref leave);
        }
        asm.Bind(ref product);
        if ((path.Negate & 1) == 0) PassOn(path, path.A, b, ref done);
        asm.Bind(ref leave);
    }

    void JumpUnlessNaN(int size, HostReg value, ref Label target)
    {
        Emit(size == 3 ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, value, value);
        asm.Jump(HostCondition.NoParity, ref target);
    }

    void JumpIfNotFinite(int size, HostReg value, ref Label target)
    {
        MoveBits(size, value);
        asm.Emit(Code.Shl_rm64_imm8, Register.RAX, size == 3 ? 1 : 33);
        asm.Emit(Code.Shr_rm64_imm8, Register.RAX, size == 3 ? 53 : 56);
        asm.Emit(Code.Cmp_rm32_imm32, Register.EAX, size == 3 ? 0x7FF : 0xFF);
        asm.Jump(HostCondition.Equal, ref target);
    }

    void MoveBits(int size, HostReg value) => asm.Emit(size == 3 ? Code.VEX_Vmovq_rm64_xmm : Code.VEX_Vmovd_rm32_xmm, size == 3 ? Register.RAX : Register.EAX, value.X());

    void Take(in SlowPath path, HostReg a, HostReg b)
    {
        const int lowLaneOnly = 0b1110;
        HostReg result = path.Result;
        Emit(path.Size == 3 ? Code.VEX_Vaddsd_xmm_xmm_xmmm64 : Code.VEX_Vaddss_xmm_xmm_xmmm32, result, a, b);
        if (path.Size == 3) Emit(Code.VEX_Vmovq_xmm_xmmm64, result, result);
        else Emit(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, result, result, result, lowLaneOnly);
    }
}
