using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Repairs NaN results: the guest's choice among NaN operands, its default NaN, and FPCR.DN.</summary>
/// <remarks>
/// Arm takes the first signalling NaN in operand order (for a fused multiply-add the addend comes first), else the first quiet one, made quiet; an invalid operation gives the
/// positive default NaN. The host takes its first NaN operand and its default NaN is negative. NaNs are rare: the hot path tests the result, and the cold path hands operands
/// and result over in the thread's scratch space to a routine that a block has once per kind and size. It works on all elements: only those whose result is a NaN change.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    enum NaNForm : byte
    {
        /// <summary>One or two operands; what the routine repairs are NaN results.</summary>
        Binary,
        /// <summary>a * b + c.</summary>
        MulAdd,
        /// <summary>Maximum or minimum: elements where an operand is a NaN.</summary>
        Extreme,
        /// <summary>The same, but a quiet NaN beside a number gives the number.</summary>
        Number,
        /// <summary>The same with FPCR.DN.</summary>
        NumberDefault,
        /// <summary>Number of forms.</summary>
        Count,
    }

    const HostReg Saved = HostReg.Xmm13;

    readonly Label[] nanRoutines = new Label[2 * (int)NaNForm.Count];

    ref SlowPath NaNPath(bool wide, NaNForm form, bool defaultNaN, HostReg a, HostReg b, HostReg c, HostReg target)
    {
        ref SlowPath slow = ref NewSlowPath();
        bool simple = defaultNaN && form != NaNForm.Number;
        slow.Kind = simple ? SlowPathKind.DefaultNaN : SlowPathKind.NaN;
        slow.Form = (byte)(defaultNaN && form == NaNForm.Number ? NaNForm.NumberDefault : form);
        slow.A = a;
        slow.B = b;
        slow.C = c;
        slow.Target = target;
        slow.Size = (byte)(wide ? 3 : 2);
        return ref slow;
    }

    void CheckScalarNaN(bool wide, NaNForm form, bool defaultNaN, HostReg a, HostReg b, HostReg c, HostReg target)
    {
        ClobberFlags();
        V2(wide ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, target, target);
        ref SlowPath slow = ref NaNPath(wide, form, defaultNaN, a, b, c, target);
        asm.Jump(HostCondition.Parity, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    void CheckVectorNaN(bool wide, NaNForm form, bool defaultNaN, HostReg a, HostReg b, HostReg c, HostReg target, int negate = 0)
    {
        V3(wide ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8, Sx, target, target, 3);
        JumpIfAny(wide, form, defaultNaN, a, b, c, target, negate);
    }

    /// <summary>Leaves for the cold path if any element of the mask in Sx is set.</summary>
    void JumpIfAny(bool wide, NaNForm form, bool defaultNaN, HostReg a, HostReg b, HostReg c, HostReg target, int negate)
    {
        ClobberFlags();
        V2(wide ? Code.VEX_Vtestpd_xmm_xmmm128 : Code.VEX_Vtestps_xmm_xmmm128, Sx, Sx);
        ref SlowPath slow = ref NaNPath(wide, form, defaultNaN, a, b, c, target);
        slow.Negate = (byte)negate;
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    static MemoryOperand ScratchOperand(int index) => new(Register.RBP, ThreadFields.Scratch + 16 * index);

    static ulong SignOf(bool wide) => wide ? 0x8000_0000_0000_0000 : 0x8000_0000_8000_0000;

    static ulong DefaultNaNOf(bool wide) => wide ? 0x7FF8_0000_0000_0000UL : 0x7FC0_0000_7FC0_0000UL;

    /// <summary>FPCR.DN: every NaN becomes the default one.</summary>
    void EmitDefaultNaNPath(ref SlowPath path)
    {
        bool wide = path.Size == 3;
        HostReg first = path.Form == (byte)NaNForm.Extreme ? path.A : path.Target, second = path.Form == (byte)NaNForm.Extreme ? path.B : path.Target;
        V3(Compare(wide), Sx, first, second, 3);
        Blend(wide, path.Target, path.Target, Pool(DefaultNaNOf(wide)), Sx);
    }

    void EmitNaNPath(ref SlowPath path)
    {
        bool wide = path.Size == 3;
        StoreOperand(0, path.A, (path.Negate & 1) != 0, wide);
        StoreOperand(1, path.B, false, wide);
        if (path.C != HostReg.None) StoreOperand(2, path.C, (path.Negate & 2) != 0, wide);
        StoreOperand(3, path.Target, false, wide);
        asm.Call(ref nanRoutines[2 * path.Form + (wide ? 1 : 0)]);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, path.Target.X(), ScratchOperand(3));
    }

    void StoreOperand(int index, HostReg reg, bool negate, bool wide)
    {
        if (negate)
        {
            V3(Code.VEX_Vxorps_xmm_xmm_xmmm128, Sx, reg, Pool(SignOf(wide)));
            reg = Sx;
        }
        asm.Emit(Code.VEX_Vmovups_xmmm128_xmm, ScratchOperand(index), reg.X());
    }

    void EmitNaNRoutines()
    {
        for (int k = 0; k < nanRoutines.Length; k++)
        {
            if (nanRoutines[k].Pending != 0) EmitNaNRoutine(ref nanRoutines[k], (NaNForm)(k >> 1), (k & 1) != 0);
        }
    }

    static Code Compare(bool wide) => wide ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8;

    void LoadOperand(HostReg target, int index) => asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, target.X(), ScratchOperand(index));

    void Blend(bool wide, HostReg target, HostReg otherwise, in MemoryOperand chosen, HostReg mask) =>
        asm.Emit(Instruction.Create(wide ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, target.X(), otherwise.X(), chosen, mask.X()));

    /// <summary>The quiet bit becomes the sign bit, which is what a blend looks at.</summary>
    void QuietToSign(bool wide, HostReg reg) => V2(wide ? Code.VEX_Vpsllq_xmm_xmm_imm8 : Code.VEX_Vpslld_xmm_xmm_imm8, reg, reg, wide ? 12 : 9);

    // Scratch space: a, b, c, result. Sx gathers the NaN to be given: candidates overwrite it in rising priority.
    void EmitNaNRoutine(ref Label entry, NaNForm form, bool wide)
    {
        ReadOnlySpan<byte> byPriority = form == NaNForm.MulAdd ? [1, 0, 2] : [1, 0];
        MemoryOperand red = new(Register.RSP, -32), defaultNaN = Pool(DefaultNaNOf(wide));
        Code compare = Compare(wide);
        asm.Bind(ref entry);
        asm.Emit(Code.VEX_Vmovups_xmmm128_xmm, red, Saved.X());
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, Sx.X(), defaultNaN);
        if (form != NaNForm.NumberDefault)
        {
            foreach (byte k in byPriority)
            {
                LoadOperand(Saved, k);
                V3(compare, Sx2, Saved, Saved, 3);
                Blend(wide, Sx, Sx, ScratchOperand(k), Sx2);
            }
            if (form == NaNForm.MulAdd)
            {
                // Infinity times zero is invalid even beside a quiet NaN.
                LoadOperand(Saved, 0);
                V3(wide ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, Saved, Saved, ScratchOperand(1));
                V3(compare, Saved, Saved, Saved, 3);
                LoadOperand(Sx2, 0);
                asm.Emit(compare, Sx2.X(), Sx2.X(), ScratchOperand(1), 7);
                V3(Code.VEX_Vandps_xmm_xmm_xmmm128, Sx2, Sx2, Saved);
                Blend(wide, Sx, Sx, defaultNaN, Sx2);
            }
            foreach (byte k in byPriority)
            {
                LoadOperand(Saved, k);
                V3(compare, Sx2, Saved, Saved, 3);
                QuietToSign(wide, Saved);
                V3(Code.VEX_Vandnps_xmm_xmm_xmmm128, Sx2, Saved, Sx2);
                Blend(wide, Sx, Sx, ScratchOperand(k), Sx2);
            }
            V3(Code.VEX_Vorps_xmm_xmm_xmmm128, Sx, Sx, Pool(wide ? 0x0008_0000_0000_0000UL : 0x0040_0000_0040_0000));
        }
        if (form is NaNForm.Binary or NaNForm.MulAdd)
        {
            LoadOperand(Sx2, 3);
            V3(compare, Sx2, Sx2, Sx2, 3);
        }
        else
        {
            LoadOperand(Sx2, 0);
            asm.Emit(compare, Sx2.X(), Sx2.X(), ScratchOperand(1), 3);
        }
        LoadOperand(Saved, 3);
        asm.Emit(wide ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, Saved.X(), Saved.X(), Sx.X(), Sx2.X());
        if (form is NaNForm.Number or NaNForm.NumberDefault)
        {
            TakeNumber(wide, quiet: 0, number: 1);
            TakeNumber(wide, quiet: 1, number: 0);
        }
        asm.Emit(Code.VEX_Vmovups_xmmm128_xmm, ScratchOperand(3), Saved.X());
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, Saved.X(), red);
        asm.Emit(Code.Retnq);
    }

    /// <summary>Where one operand is a quiet NaN and the other no NaN, the result is the other.</summary>
    void TakeNumber(bool wide, int quiet, int number)
    {
        LoadOperand(Sx, quiet);
        V3(Compare(wide), Sx2, Sx, Sx, 3);
        QuietToSign(wide, Sx);
        V3(Code.VEX_Vandps_xmm_xmm_xmmm128, Sx2, Sx2, Sx);
        LoadOperand(Sx, number);
        V3(Compare(wide), Sx, Sx, Sx, 7);
        V3(Code.VEX_Vandps_xmm_xmm_xmmm128, Sx2, Sx2, Sx);
        Blend(wide, Saved, Saved, ScratchOperand(number), Sx2);
    }
}
