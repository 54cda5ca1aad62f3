using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Condition flags: keeping them in the host's flags, repeating comparisons, packing, and testing conditions.</summary>
/// <remarks>
/// The host's carry after a subtraction is the borrow, the opposite of Arm's C; after an addition it is C. A logical operation clears it, as Arm does. Which of these
/// holds is the <see cref="HostForm"/>. The packed word (see <see cref="StateLayout"/>) stores the borrow, so LAHF and SETO after a comparison make it without conversion.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>What the host's flags mean.</summary>
    enum HostForm : byte
    {
        /// <summary>Carry is the borrow (not C).</summary>
        Sub,
        /// <summary>Carry is C.</summary>
        Add,
        /// <summary>C and V are zero, and so are the host's.</summary>
        Logic,
        /// <summary>Carry is a tested bit; only Equal (bit clear) and NotEqual make sense.</summary>
        Bit,
        /// <summary>UCOMIS a, b.</summary>
        Float,
        /// <summary>UCOMIS b, a.</summary>
        FloatSwapped,
    }

    enum TestKind : byte { Single, BothHold, EitherHolds, Always }

    /// <summary>A guest condition as one or two host conditions.</summary>
    readonly record struct HostTest(TestKind Kind, HostCondition First, HostCondition Second = default);

    /// <summary>The Flags value that the host's flags hold here, or 0.</summary>
    int hostFlags;
    HostForm hostForm;

    /// <summary>True while a value that lives only in the host's flags is still needed after this operation.</summary>
    bool FlagsAreBusy => hostFlags != 0 && values[hostFlags].Mode == FlagsMode.Host && values[hostFlags].End > CurrentOp;

    int CurrentOp => alloc.Current;

    void SetHostFlags(int value, HostForm form)
    {
        hostFlags = value;
        hostForm = form;
    }

    /// <summary>Host flags change here.</summary>
    void ClobberFlags() => hostFlags = 0;

    void LowerFlags(int i, ref IrOp op)
    {
        ref ValueInfo value = ref values[i];
        switch (op.Opcode)
        {
            case Opcode.FlagsFromNzcv:
                LowerFlagsFromNzcv(i, ref op);
                return;
            case Opcode.NzcvFromFlags:
                LowerNzcvFromFlags(i, ref op);
                return;
        }
        if (op.Opcode == Opcode.FlagsFloatCompare)
        {
            RaiseComparison(i, ref op);
            if (value.Mode != FlagsMode.Packed) return;
            ClobberFlags();
        }
        bool comesWithPartner = value.Partner > i && block[value.Partner].Opcode != Opcode.Nop;
        if (value.Mode == FlagsMode.Recompute || comesWithPartner) return;
        if (hostFlags != i) ComputeFlags(i);
        if (value.Mode == FlagsMode.Packed) PackInto(i);
    }

    /// <summary>Makes the host's flags hold a Flags value, by repeating its operation.</summary>
    void ComputeFlags(int flags)
    {
        ref IrOp op = ref block[flags];
        int width = (int)op.Imm & 0xFF;
        switch (op.Opcode)
        {
            case Opcode.FlagsSub:
                EmitCompare(op.A, op.B, width);
                SetHostFlags(flags, HostForm.Sub);
                break;
            case Opcode.FlagsAdd:
                Source addend = Prepare(op.B, width);
                alloc.CopyTo(HostReg.Rax, op.A);
                EmitAlu(Alu.Add, width, HostReg.Rax, addend);
                SetHostFlags(flags, HostForm.Add);
                break;
            case Opcode.FlagsLogic:
                SetHostFlags(flags, EmitTest(op.A, width));
                break;
            case Opcode.FlagsAddWithCarry or Opcode.FlagsSubWithCarry:
                bool add = op.Opcode == Opcode.FlagsAddWithCarry;
                Source second = Prepare(op.B, width);
                HostReg first = alloc.Use(op.A);
                LoadCarry(op.C, add ? HostForm.Add : HostForm.Sub);
                alloc.Move(HostReg.Rax, first, IrType.I64);
                EmitAlu(add ? Alu.Adc : Alu.Sbb, width, HostReg.Rax, second);
                SetHostFlags(flags, add ? HostForm.Add : HostForm.Sub);
                break;
            case Opcode.FlagsSubIf or Opcode.FlagsAddIf:
                ComputeConditional(flags, ref op, width);
                break;
            case Opcode.FlagsFloatCompareIf:
                ComputeFloatConditional(flags, ref op);
                break;
            case Opcode.FlagsFloatCompare:
                PackFloat(flags);
                RestorePacked(HostReg.Rax);
                SetHostFlags(flags, HostForm.Sub);
                break;
            default:
                // Already packed: a slot's word, or an earlier packing.
                alloc.CopyTo(HostReg.Rax, flags);
                RestorePacked(HostReg.Rax);
                SetHostFlags(flags, HostForm.Sub);
                break;
        }
    }

    void EmitCompare(int a, int b, int width)
    {
        if (IsImmediate(b, width, out int immediate))
        {
            if (immediate == 0 && block[a].Opcode != Opcode.Const && values[a].Reg == HostReg.None && alloc.TryMemory(a, out MemoryOperand memory))
            {
                asm.Emit(width == 32 ? Code.Cmp_rm32_imm8 : Code.Cmp_rm64_imm8, memory, 0);
                return;
            }
            EmitAlu(Alu.Cmp, width, alloc.Use(a), immediate);
            return;
        }
        HostReg left = alloc.Use(a);
        EmitAlu(Alu.Cmp, width, left, Prepare(b, width));
    }

    HostForm EmitTest(int a, int width)
    {
        if (!values[a].Folded)
        {
            HostReg reg = alloc.Use(a);
            asm.Emit(width == 32 ? Code.Test_rm32_r32 : Code.Test_rm64_r64, reg.Wide(width), reg.Wide(width));
            return HostForm.Logic;
        }
        ref IrOp op = ref block[a];
        if (op.Opcode == Opcode.ExtractUnsigned)
        {
            HostReg tested = alloc.Use(op.A);
            asm.Emit(op.Type == IrType.I32 ? Code.Bt_rm32_imm8 : Code.Bt_rm64_imm8, tested.Wide(WidthOf(op.Type)), op.Aux);
            return HostForm.Bit;
        }
        HostReg left = alloc.Use(op.A);
        if (IsImmediate(op.B, width, out int immediate))
        {
            asm.Emit(width == 32 ? Code.Test_rm32_imm32 : Code.Test_rm64_imm32, left.Wide(width), immediate);
        }
        else
        {
            HostReg right = alloc.Use(op.B);
            asm.Emit(width == 32 ? Code.Test_rm32_r32 : Code.Test_rm64_r64, left.Wide(width), right.Wide(width));
        }
        return HostForm.Logic;
    }

    /// <summary>Makes the host's carry what ADC (form Add) or SBB (form Sub) needs for the C of a Flags value.</summary>
    void LoadCarry(int flags, HostForm wanted)
    {
        EnsureFlags(flags);
        switch (hostForm)
        {
            case HostForm.Logic when wanted == HostForm.Sub:
                asm.Emit(Code.Stc);
                break;
            case HostForm.Add when wanted == HostForm.Sub:
            case HostForm.Sub when wanted == HostForm.Add:
                asm.Emit(Code.Cmc);
                break;
        }
        hostForm = wanted;
    }

    /// <summary>Makes the host's flags hold a Flags value of any mode.</summary>
    void EnsureFlags(int flags)
    {
        if (hostFlags == flags && hostForm is not (HostForm.Float or HostForm.FloatSwapped)) return;
        if (values[flags].Mode == FlagsMode.Host) throw new InvalidOperationException($"host flags of %{flags} were lost before %{CurrentOp}; they hold %{hostFlags}");
        if (values[flags].Mode == FlagsMode.Packed)
        {
            alloc.CopyTo(HostReg.Rax, flags);
            RestorePacked(HostReg.Rax);
            SetHostFlags(flags, HostForm.Sub);
        }
        else
        {
            ComputeFlags(flags);
        }
    }

    /// <summary>Host flags from the packed word in rax, in form Sub: al = V becomes the overflow flag by adding 127, ah holds the rest as SAHF wants it.</summary>
    void RestorePacked(HostReg word)
    {
        asm.Emit(Code.Add_AL_imm8, word.R8(), 0x7F);
        asm.Emit(Code.Sahf);
    }

    /// <summary>The packed word of the current host flags in eax; they are lost only where the form needs a conversion.</summary>
    void PackHostFlags(HostForm form)
    {
        if (form == HostForm.Add) asm.Emit(Code.Cmc);
        if (form == HostForm.Logic) asm.Emit(Code.Stc);
        asm.Emit(Code.Lahf);
        asm.Emit(Code.Seto_rm8, Register.AL);
    }

    void PackInto(int flags)
    {
        HostReg target = alloc.Define(flags);
        PackHostFlags(hostForm);
        if (hostForm != HostForm.Sub) hostForm = HostForm.Sub;
        asm.Emit(Code.Mov_r32_rm32, target.R32(), Register.EAX);
    }

    // CCMP: either the comparison or fixed flags; both ways meet with the result in the host's flags.
    void ComputeConditional(int flags, ref IrOp op, int width)
    {
        bool isSub = op.Opcode == Opcode.FlagsSubIf;
        int nzcv = (int)(op.Imm >> 8) & 15;
        HostReg left = alloc.Use(op.B);
        Source right = Prepare(op.C, width);
        HostTest test = PrepareCondition((Condition)op.Aux, op.A);
        Label otherwise = default, done = default;
        JumpIfNot(test, ref otherwise);
        if (isSub)
        {
            EmitAlu(Alu.Cmp, width, left, right);
        }
        else
        {
            alloc.Move(HostReg.Rax, left, IrType.I64);
            EmitAlu(Alu.Add, width, HostReg.Rax, right);
            asm.Emit(Code.Cmc);
        }
        asm.Jump(ref done);
        asm.Bind(ref otherwise);
        EmitFixedFlags(nzcv);
        asm.Bind(ref done);
        SetHostFlags(flags, HostForm.Sub);
    }

    void EmitFixedFlags(int nzcv)
    {
        alloc.LoadConstant(HostReg.Rax, IrType.I32, StateLayout.PackFlags(nzcv));
        RestorePacked(HostReg.Rax);
    }

    void JumpIfNot(in HostTest test, ref Label target)
    {
        switch (test.Kind)
        {
            case TestKind.Always:
                break;
            case TestKind.Single:
                asm.Jump(test.First ^ (HostCondition)1, ref target);
                break;
            case TestKind.BothHold:
                asm.Jump(test.First ^ (HostCondition)1, ref target);
                asm.Jump(test.Second ^ (HostCondition)1, ref target);
                break;
            default:
                Label holds = default;
                asm.Jump(test.First, ref holds);
                asm.Jump(test.Second ^ (HostCondition)1, ref target);
                asm.Bind(ref holds);
                break;
        }
    }

    void JumpIf(in HostTest test, ref Label target)
    {
        switch (test.Kind)
        {
            case TestKind.Always:
                asm.Jump(ref target);
                break;
            case TestKind.Single:
                asm.Jump(test.First, ref target);
                break;
            case TestKind.EitherHolds:
                asm.Jump(test.First, ref target);
                asm.Jump(test.Second, ref target);
                break;
            default:
                Label fails = default;
                asm.Jump(test.First ^ (HostCondition)1, ref fails);
                asm.Jump(test.Second, ref target);
                asm.Bind(ref fails);
                break;
        }
    }

    /// <summary>Makes the host's flags such that the returned test tells whether the condition holds for the Flags value.</summary>
    HostTest PrepareCondition(Condition condition, int flags)
    {
        if (condition >= Condition.Always) return new(TestKind.Always, default);
        if (block[flags].Opcode == Opcode.FlagsFloatCompare && values[flags].Mode != FlagsMode.Packed) return PrepareFloatCondition(condition, flags);
        EnsureFlags(flags);
        if (hostForm == HostForm.Bit) return new(TestKind.Single, condition == Condition.Equal ? HostCondition.AboveOrEqual : HostCondition.Below);
        if (hostForm == HostForm.Add)
        {
            if (condition == Condition.CarrySet) return new(TestKind.Single, HostCondition.Below);
            if (condition == Condition.CarryClear) return new(TestKind.Single, HostCondition.AboveOrEqual);
            if (condition is Condition.Higher or Condition.LowerOrSame)
            {
                asm.Emit(Code.Cmc);
                hostForm = HostForm.Sub;
            }
        }
        if (hostForm == HostForm.Logic)
        {
            // C is zero, and so is the host's carry: "below" never holds, "above or equal" always does.
            if (condition is Condition.CarrySet or Condition.Higher) return new(TestKind.Single, HostCondition.Below);
            if (condition is Condition.CarryClear or Condition.LowerOrSame) return new(TestKind.Single, HostCondition.AboveOrEqual);
        }
        return new(TestKind.Single, condition switch
        {
            Condition.Equal => HostCondition.Equal,
            Condition.NotEqual => HostCondition.NotEqual,
            Condition.CarrySet => HostCondition.AboveOrEqual,
            Condition.CarryClear => HostCondition.Below,
            Condition.Negative => HostCondition.Sign,
            Condition.Positive => HostCondition.NoSign,
            Condition.Overflow => HostCondition.Overflow,
            Condition.NoOverflow => HostCondition.NoOverflow,
            Condition.Higher => HostCondition.Above,
            Condition.LowerOrSame => HostCondition.BelowOrEqual,
            Condition.GreaterOrEqual => HostCondition.GreaterOrEqual,
            Condition.Less => HostCondition.Less,
            Condition.Greater => HostCondition.Greater,
            _ => HostCondition.LessOrEqual,
        });
    }

    // UCOMIS a, b: unordered sets ZF, PF and CF; less sets CF; equal sets ZF. Conditions that must be false for unordered operands although they look at CF or ZF
    // being set are asked of the swapped comparison, or together with parity.
    HostTest PrepareFloatCondition(Condition condition, int flags)
    {
        bool swapped = condition is Condition.Negative or Condition.Positive or Condition.CarrySet or Condition.CarryClear or Condition.LowerOrSame or Condition.Higher;
        HostForm form = swapped ? HostForm.FloatSwapped : HostForm.Float;
        if (hostFlags != flags || hostForm != form)
        {
            ref IrOp op = ref block[flags];
            HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
            EmitFloatCompare(ComparedType(op), (op.Aux & 1) != 0, swapped ? b : a, swapped ? a : b);
            SetHostFlags(flags, form);
        }
        return condition switch
        {
            Condition.Equal => new(TestKind.BothHold, HostCondition.Equal, HostCondition.NoParity),
            Condition.NotEqual => new(TestKind.EitherHolds, HostCondition.NotEqual, HostCondition.Parity),
            Condition.Overflow => new(TestKind.Single, HostCondition.Parity),
            Condition.NoOverflow => new(TestKind.Single, HostCondition.NoParity),
            Condition.GreaterOrEqual => new(TestKind.Single, HostCondition.AboveOrEqual),
            Condition.Less => new(TestKind.Single, HostCondition.Below),
            Condition.Greater => new(TestKind.Single, HostCondition.Above),
            Condition.LessOrEqual => new(TestKind.Single, HostCondition.BelowOrEqual),
            Condition.Negative or Condition.CarryClear => new(TestKind.Single, HostCondition.Above),
            Condition.Positive or Condition.CarrySet => new(TestKind.Single, HostCondition.BelowOrEqual),
            Condition.LowerOrSame => new(TestKind.Single, HostCondition.AboveOrEqual),
            _ => new(TestKind.Single, HostCondition.Below),
        };
    }

    // The operands' representatives may be vectors: BlockAnalysis has noted the width.
    static IrType ComparedType(in IrOp op)
    {
        bool wide = op.Opcode == Opcode.FlagsFloatCompare ? (op.Aux & BlockAnalysis.DoubleComparison) != 0 : (op.Imm & BlockAnalysis.DoubleConditionalComparison) != 0;
        return wide ? IrType.F64 : IrType.F32;
    }

    void EmitFloatCompare(IrType type, bool signalling, HostReg a, HostReg b) => Emit((type, signalling) switch
    {
        (IrType.F32, false) => Code.VEX_Vucomiss_xmm_xmmm32,
        (IrType.F32, true) => Code.VEX_Vcomiss_xmm_xmmm32,
        (_, false) => Code.VEX_Vucomisd_xmm_xmmm64,
        _ => Code.VEX_Vcomisd_xmm_xmmm64,
    }, a, b);

    // A comparison is repeated wherever its flags are asked for; this is for its exceptions, unless the next operation asks anyway.
    void RaiseComparison(int i, ref IrOp op)
    {
        if (!floatMayTrap && IsAskedNext(i)) return;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        int size = ComparedType(op) == IrType.F64 ? 3 : 2;
        if (floatMayTrap)
        {
            // Each by itself: beside a quiet NaN, the host does not tell of a subnormal number.
            TrapIfSubnormal(a, size, isScalar: true);
            if (op.B != op.A && block[op.B].Opcode != Opcode.Const) TrapIfSubnormal(b, size, isScalar: true);
            if (IsAskedNext(i)) return;
        }
        ClobberFlags();
        EmitFloatCompare(ComparedType(op), (op.Aux & 1) != 0, a, b);
        if (values[i].End > i) SetHostFlags(i, HostForm.Float);
    }

    bool IsAskedNext(int flags)
    {
        for (int i = flags + 1; i < block.Count; i++)
        {
            ref IrOp op = ref block[i];
            if (op.Opcode is Opcode.Nop or Opcode.SetSlot) continue;
            return op.Opcode is Opcode.ExitIf or Opcode.Select or Opcode.SetCondition && op.A == flags && !values[i].Folded && (Condition)(op.Aux & 15) < Condition.Always;
        }
        return false;
    }

    /// <summary>The packed word of a float comparison in eax.</summary>
    void PackFloat(int flags)
    {
        ref IrOp op = ref block[flags];
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg word = alloc.Temporary();
        EmitFloatCompare(ComparedType(op), (op.Aux & 1) != 0, a, b);
        PackUcomis(word);
    }

    /// <summary>eax = packed word for the host's flags after UCOMIS; needs one more register.</summary>
    void PackUcomis(HostReg other)
    {
        alloc.LoadConstant(HostReg.Rax, IrType.I32, StateLayout.PackFlags(0b0010));
        alloc.LoadConstant(other, IrType.I32, StateLayout.PackFlags(0b1000));
        EmitCmov(HostCondition.Below, 32, HostReg.Rax, other);
        alloc.LoadConstant(other, IrType.I32, StateLayout.PackFlags(0b0110));
        EmitCmov(HostCondition.Equal, 32, HostReg.Rax, other);
        alloc.LoadConstant(other, IrType.I32, StateLayout.PackFlags(0b0011));
        EmitCmov(HostCondition.Parity, 32, HostReg.Rax, other);
    }

    void ComputeFloatConditional(int flags, ref IrOp op)
    {
        HostReg a = alloc.Use(op.B), b = alloc.Use(op.C);
        HostReg word = alloc.Temporary();
        HostTest test = PrepareCondition((Condition)op.Aux, op.A);
        Label otherwise = default, done = default;
        JumpIfNot(test, ref otherwise);
        int size = ComparedType(op) == IrType.F64 ? 3 : 2;
        TrapIfSubnormal(a, size, isScalar: true);
        TrapIfSubnormal(b, size, isScalar: true);
        EmitFloatCompare(ComparedType(op), (op.Imm & 0x100) != 0, a, b);
        PackUcomis(word);
        asm.Jump(ref done);
        asm.Bind(ref otherwise);
        alloc.LoadConstant(HostReg.Rax, IrType.I32, StateLayout.PackFlags((int)op.Imm & 15));
        asm.Bind(ref done);
        RestorePacked(HostReg.Rax);
        SetHostFlags(flags, HostForm.Sub);
    }

    // Bits 31..28 = N Z C V of the source go to bits 15, 14, 8 (inverted) and 0.
    void LowerFlagsFromNzcv(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg source = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        asm.Emit(Code.Mov_r32_rm32, target.R32(), source.R32());
        asm.Emit(Code.Mov_r32_rm32, Register.EAX, source.R32());
        asm.Emit(Code.Shr_rm32_imm8, target.R32(), 16);
        asm.Emit(Code.Shr_rm32_imm8, Register.EAX, 28);
        EmitAlu(Alu.And, 32, target, 0xC000);
        EmitAlu(Alu.Xor, 32, HostReg.Rax, 2);
        // eax = C' V: C' moves from bit 1 to bit 8.
        asm.Emit(Code.Imul_r32_rm32_imm32, Register.EAX, Register.EAX, 0x81);
        EmitAlu(Alu.And, 32, HostReg.Rax, 0x101);
        EmitAlu(Alu.Or, 32, target, HostReg.Rax);
    }

    void LowerNzcvFromFlags(int i, ref IrOp op)
    {
        HostReg target = alloc.Define(i);
        LoadPackedWord(op.A);
        ClobberFlags();
        asm.Emit(Code.Mov_r32_rm32, target.R32(), Register.EAX);
        EmitAlu(Alu.And, 32, target, 0xC000);
        asm.Emit(Code.Shl_rm32_imm8, target.R32(), 16);
        EmitAlu(Alu.Xor, 32, HostReg.Rax, 0x100);
        EmitAlu(Alu.And, 32, HostReg.Rax, 0x101);
        // Bits 8 and 0 become 29 and 28: multiplication by 2^28 + 2^21 puts bit 0 at 28 and bit 8 at 29 (its other copy overflows).
        asm.Emit(Code.Imul_r32_rm32_imm32, Register.EAX, Register.EAX, (1 << 28) | (1 << 21));
        EmitAlu(Alu.And, 32, HostReg.Rax, 0x3000_0000);
        EmitAlu(Alu.Or, 32, target, HostReg.Rax);
    }

    /// <summary>eax = packed word of a Flags value of any mode. Changes host flags at most as <see cref="PackHostFlags"/> does.</summary>
    void LoadPackedWord(int flags)
    {
        if (values[flags].Mode == FlagsMode.Packed)
        {
            alloc.CopyTo(HostReg.Rax, flags);
        }
        else if (block[flags].Opcode == Opcode.FlagsFloatCompare)
        {
            PackFloat(flags);
            ClobberFlags();
        }
        else
        {
            EnsureFlags(flags);
            PackHostFlags(hostForm);
            if (hostForm is HostForm.Add or HostForm.Logic) hostForm = HostForm.Sub;
        }
    }
}
