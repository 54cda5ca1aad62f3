using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Two-operand arithmetic and logic, multiplication, division, carries and conditional values.</summary>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>The eight classic two-operand operations; the number is the opcode extension of their immediate forms.</summary>
    enum Alu { Add, Or, Adc, Sbb, And, Sub, Xor, Cmp }

    static readonly Code[] AluRegister32 = [Code.Add_r32_rm32, Code.Or_r32_rm32, Code.Adc_r32_rm32, Code.Sbb_r32_rm32, Code.And_r32_rm32, Code.Sub_r32_rm32, Code.Xor_r32_rm32, Code.Cmp_r32_rm32];
    static readonly Code[] AluRegister64 = [Code.Add_r64_rm64, Code.Or_r64_rm64, Code.Adc_r64_rm64, Code.Sbb_r64_rm64, Code.And_r64_rm64, Code.Sub_r64_rm64, Code.Xor_r64_rm64, Code.Cmp_r64_rm64];
    static readonly Code[] AluByte32 = [Code.Add_rm32_imm8, Code.Or_rm32_imm8, Code.Adc_rm32_imm8, Code.Sbb_rm32_imm8, Code.And_rm32_imm8, Code.Sub_rm32_imm8, Code.Xor_rm32_imm8, Code.Cmp_rm32_imm8];
    static readonly Code[] AluByte64 = [Code.Add_rm64_imm8, Code.Or_rm64_imm8, Code.Adc_rm64_imm8, Code.Sbb_rm64_imm8, Code.And_rm64_imm8, Code.Sub_rm64_imm8, Code.Xor_rm64_imm8, Code.Cmp_rm64_imm8];
    static readonly Code[] AluInt32 = [Code.Add_rm32_imm32, Code.Or_rm32_imm32, Code.Adc_rm32_imm32, Code.Sbb_rm32_imm32, Code.And_rm32_imm32, Code.Sub_rm32_imm32, Code.Xor_rm32_imm32, Code.Cmp_rm32_imm32];
    static readonly Code[] AluInt64 = [Code.Add_rm64_imm32, Code.Or_rm64_imm32, Code.Adc_rm64_imm32, Code.Sbb_rm64_imm32, Code.And_rm64_imm32, Code.Sub_rm64_imm32, Code.Xor_rm64_imm32, Code.Cmp_rm64_imm32];

    void EmitAlu(Alu operation, int width, HostReg target, HostReg source) =>
        asm.Emit((width == 32 ? AluRegister32 : AluRegister64)[(int)operation], target.Wide(width), source.Wide(width));

    void EmitAlu(Alu operation, int width, HostReg target, in MemoryOperand source) =>
        asm.Emit((width == 32 ? AluRegister32 : AluRegister64)[(int)operation], target.Wide(width), source);

    void EmitAlu(Alu operation, int width, HostReg target, int immediate)
    {
        bool isByte = immediate == (sbyte)immediate;
        Code code = (width == 32 ? (isByte ? AluByte32 : AluInt32) : (isByte ? AluByte64 : AluInt64))[(int)operation];
        asm.Emit(code, target.Wide(width), immediate);
    }

    /// <summary>A second operand, made ready before the result register is chosen: an immediate, memory, or a register.</summary>
    struct Source
    {
        public LocationKind Kind;
        public int Immediate;
        public HostReg Reg;
        public MemoryOperand Memory;
    }

    Source Prepare(int value, int width)
    {
        if (IsImmediate(value, width, out int immediate)) return new Source { Kind = LocationKind.Constant, Immediate = immediate };
        if (alloc.TryMemory(value, out MemoryOperand memory)) return new Source { Kind = LocationKind.Home, Memory = memory };
        return new Source { Kind = LocationKind.Register, Reg = alloc.Use(value) };
    }

    void EmitAlu(Alu operation, int width, HostReg target, in Source source)
    {
        if (source.Kind == LocationKind.Constant) EmitAlu(operation, width, target, source.Immediate);
        else if (source.Kind == LocationKind.Home) EmitAlu(operation, width, target, source.Memory);
        else EmitAlu(operation, width, target, source.Reg);
    }

    void LowerInteger(int i, ref IrOp op)
    {
        int width = WidthOf(op.Type);
        switch (op.Opcode)
        {
            case Opcode.Add: LowerAdd(i, ref op, width); break;
            case Opcode.Sub: LowerSub(i, ref op, width); break;
            case Opcode.And or Opcode.Or or Opcode.Xor: LowerLogic(i, ref op, width); break;
            case Opcode.AndNot: LowerAndNot(i, ref op, width); break;
            case Opcode.Not: Unary(i, ref op, width == 32 ? Code.Not_rm32 : Code.Not_rm64, changesFlags: false); break;
            case Opcode.Neg: Unary(i, ref op, width == 32 ? Code.Neg_rm32 : Code.Neg_rm64, changesFlags: true); break;
            case Opcode.Mul: LowerMul(i, ref op, width); break;
            case Opcode.MulHighUnsigned: LowerMulHigh(i, ref op, Code.Mul_rm64); break;
            case Opcode.MulHighSigned: LowerMulHigh(i, ref op, Code.Imul_rm64); break;
            case Opcode.DivUnsigned or Opcode.DivSigned: LowerDivide(i, ref op, width); break;
            case Opcode.ZeroExtend32: alloc.Move(DefineAfterUse(i, op.A, out HostReg from), from, IrType.I32); break;
            case Opcode.SignExtend32:
                HostReg extended = DefineAfterUse(i, op.A, out HostReg narrow);
                asm.Emit(Code.Movsxd_r64_rm32, extended.R64(), narrow.R32());
                break;
            case Opcode.Select: LowerSelect(i, ref op); break;
            case Opcode.SetCondition: LowerSetCondition(i, ref op); break;
            case Opcode.AddWithCarry: LowerCarry(i, ref op, width, Alu.Adc, HostForm.Add); break;
            case Opcode.SubWithCarry: LowerCarry(i, ref op, width, Alu.Sbb, HostForm.Sub); break;
            default: LowerBits(i, ref op, width); break;
        }
    }

    /// <summary>Names an operand and a result register that may coincide, for single instructions that read before they write.</summary>
    HostReg DefineAfterUse(int i, int operand, out HostReg source)
    {
        source = alloc.Use(operand);
        return alloc.DefineOver(i);
    }

    void Unary(int i, ref IrOp op, Code code, bool changesFlags)
    {
        HostReg target = alloc.DefineFrom(i, op.A);
        asm.Emit(code, code is Code.Not_rm32 or Code.Neg_rm32 ? target.R32() : target.R64());
        if (changesFlags) ClobberFlags();
    }

    void LowerAdd(int i, ref IrOp op, int width)
    {
        int a = op.A, b = op.B;
        int partner = values[i].Partner;
        bool wantsFlags = partner != 0 && values[partner].End > 0;
        bool isImmediate = IsImmediate(b, width, out int immediate);
        // LEA keeps the host's flags and saves the copy when the left operand lives on.
        if (!wantsFlags && (FlagsAreBusy || (!Dies(a, i) && values[a].Reg != HostReg.None)))
        {
            HostReg left = alloc.Use(a);
            if (isImmediate)
            {
                EmitLea(alloc.DefineOver(i), width, new MemoryOperand(left.R64(), immediate));
                return;
            }
            if (FlagsAreBusy || values[b].Reg != HostReg.None || !Dies(b, i))
            {
                HostReg right = alloc.Use(b);
                EmitLea(alloc.DefineOver(i), width, new MemoryOperand(left.R64(), right.R64(), 1));
                return;
            }
        }
        if (!isImmediate && !Dies(a, i) && Dies(b, i)) (a, b) = (b, a);
        Source source = Prepare(b, width);
        HostReg target = alloc.DefineFrom(i, a);
        EmitAlu(Alu.Add, width, target, source);
        SetHostFlags(wantsFlags ? partner : 0, HostForm.Add);
    }

    void EmitLea(HostReg target, int width, in MemoryOperand address) =>
        asm.Emit(width == 32 ? Code.Lea_r32_m : Code.Lea_r64_m, target.Wide(width), address);

    void LowerSub(int i, ref IrOp op, int width)
    {
        int partner = values[i].Partner;
        bool wantsFlags = partner != 0 && values[partner].End > 0;
        if (!wantsFlags && IsImmediate(op.B, width, out int immediate) && immediate != int.MinValue && (FlagsAreBusy || !Dies(op.A, i)))
        {
            HostReg left = alloc.Use(op.A);
            EmitLea(alloc.DefineOver(i), width, new MemoryOperand(left.R64(), -immediate));
            return;
        }
        if (IsConstant(op.A, out long minuend) && minuend == 0 && !wantsFlags)
        {
            HostReg negated = alloc.DefineFrom(i, op.B);
            asm.Emit(width == 32 ? Code.Neg_rm32 : Code.Neg_rm64, negated.Wide(width));
            ClobberFlags();
            return;
        }
        Source source = Prepare(op.B, width);
        HostReg target = alloc.DefineFrom(i, op.A);
        EmitAlu(Alu.Sub, width, target, source);
        SetHostFlags(wantsFlags ? partner : 0, HostForm.Sub);
    }

    void LowerLogic(int i, ref IrOp op, int width)
    {
        int a = op.A, b = op.B;
        if (block[b].Opcode != Opcode.Const && !Dies(a, i) && Dies(b, i)) (a, b) = (b, a);
        if (op.Opcode == Opcode.And && width == 64 && IsConstant(b, out long mask) && mask == uint.MaxValue && !FlagsAreBusy)
        {
            HostReg low = DefineAfterUse(i, a, out HostReg whole);
            asm.Emit(Code.Mov_r32_rm32, low.R32(), whole.R32());
            return;
        }
        Alu operation = op.Opcode switch { Opcode.And => Alu.And, Opcode.Or => Alu.Or, _ => Alu.Xor };
        Source source = Prepare(b, width);
        HostReg target = alloc.DefineFrom(i, a);
        EmitAlu(operation, width, target, source);
        SetHostFlags(FlagsOfLogicAfter(i), HostForm.Logic);
    }

    // The FlagsLogic of this result, if it follows immediately: AND, OR and XOR leave exactly those flags.
    int FlagsOfLogicAfter(int i)
    {
        int next = i + 1;
        while (next < block.Count && block[next].Opcode is Opcode.Nop or Opcode.SetSlot) next++;
        return next < block.Count && block[next].Opcode == Opcode.FlagsLogic && block[next].A == i && block[next].Imm == WidthOf(block[i].Type) ? next : 0;
    }

    void LowerAndNot(int i, ref IrOp op, int width)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.DefineOver(i);
        if (!features.Bmi1)
        {
            alloc.Move(HostReg.Rax, b, op.Type);
            asm.Emit(width == 32 ? Code.Not_rm32 : Code.Not_rm64, HostReg.Rax.Wide(width));
            EmitAlu(Alu.And, width, HostReg.Rax, a);
            alloc.Move(target, HostReg.Rax, op.Type);
            SetHostFlags(FlagsOfLogicAfter(i), HostForm.Logic);
            return;
        }
        asm.Emit(width == 32 ? Code.VEX_Andn_r32_r32_rm32 : Code.VEX_Andn_r64_r64_rm64, target.Wide(width), b.Wide(width), a.Wide(width));
        SetHostFlags(FlagsOfLogicAfter(i), HostForm.Logic);
    }

    void LowerMul(int i, ref IrOp op, int width)
    {
        ClobberFlags();
        if (IsImmediate(op.B, width, out int immediate))
        {
            HostReg product = DefineAfterUse(i, op.A, out HostReg factor);
            asm.Emit(width == 32 ? Code.Imul_r32_rm32_imm32 : Code.Imul_r64_rm64_imm32, product.Wide(width), factor.Wide(width), immediate);
            return;
        }
        int a = op.A, b = op.B;
        if (!Dies(a, i) && Dies(b, i)) (a, b) = (b, a);
        HostReg right = alloc.Use(b);
        HostReg target = alloc.DefineFrom(i, a);
        asm.Emit(width == 32 ? Code.Imul_r32_rm32 : Code.Imul_r64_rm64, target.Wide(width), right.Wide(width));
    }

    void LowerMulHigh(int i, ref IrOp op, Code code)
    {
        ClobberFlags();
        alloc.Reserve(HostReg.Rdx);
        HostReg right = alloc.Use(op.B);
        alloc.CopyTo(HostReg.Rax, op.A);
        asm.Emit(code, right.R64());
        alloc.DefineIn(i, HostReg.Rdx);
    }

    // x / 0 = 0 and most negative / -1 = most negative, where the host would trap; both leave the hot path.
    void LowerDivide(int i, ref IrOp op, int width)
    {
        bool signed = op.Opcode == Opcode.DivSigned;
        ClobberFlags();
        alloc.Reserve(HostReg.Rdx);
        HostReg divisor = alloc.Use(op.B);
        alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        alloc.CopyTo(HostReg.Rax, op.A);
        bool known = IsConstant(op.B, out long constant) && (width == 32 ? (int)constant is not (0 or -1) : constant is not (0 or -1));
        ref SlowPath slow = ref NewSlowPath();
        if (!known)
        {
            slow.Kind = signed ? SlowPathKind.DivideSigned : SlowPathKind.DivideUnsigned;
            slow.Width = width;
            slow.A = divisor;
            if (signed)
            {
                // divisor + 1 is 0 or 1 (unsigned) exactly for -1 and 0.
                asm.Emit(width == 32 ? Code.Lea_r32_m : Code.Lea_r64_m, HostReg.Rdx.Wide(width), new MemoryOperand(divisor.R64(), 1));
                EmitAlu(Alu.Cmp, width, HostReg.Rdx, 1);
                asm.Jump(HostCondition.BelowOrEqual, ref slow.Entry);
            }
            else
            {
                asm.Emit(width == 32 ? Code.Test_rm32_r32 : Code.Test_rm64_r64, divisor.Wide(width), divisor.Wide(width));
                asm.Jump(HostCondition.Equal, ref slow.Entry);
            }
        }
        if (signed) asm.Emit(width == 32 ? Code.Cdq : Code.Cqo);
        else asm.Emit(Code.Xor_r32_rm32, Register.EDX, Register.EDX);
        asm.Emit((signed, width) switch
        {
            (false, 32) => Code.Div_rm32,
            (false, _) => Code.Div_rm64,
            (true, 32) => Code.Idiv_rm32,
            _ => Code.Idiv_rm64,
        }, divisor.Wide(width));
        asm.Bind(ref slow.Return);
        alloc.Move(target, HostReg.Rax, op.Type);
    }

    void LowerCarry(int i, ref IrOp op, int width, Alu operation, HostForm form)
    {
        int partner = values[i].Partner;
        Source source = Prepare(op.B, width);
        LoadCarry(op.C, form);
        HostReg target = alloc.DefineFrom(i, op.A);
        EmitAlu(operation, width, target, source);
        SetHostFlags(partner != 0 && values[partner].End > 0 ? partner : 0, form);
    }

    void LowerSelect(int i, ref IrOp op)
    {
        if (op.Aux >= (int)Condition.Always)
        {
            alloc.DefineFrom(i, op.B);
            return;
        }
        if (op.Type is IrType.F32 or IrType.F64 or IrType.V128)
        {
            LowerVectorSelect(i, ref op);
            return;
        }
        // Operands are in registers before the condition is made: loading them leaves the host's flags alone, making the condition may use rax.
        HostReg whenTrue = alloc.Use(op.B), whenFalse = alloc.Use(op.C);
        HostTest test = PrepareCondition((Condition)op.Aux, op.A);
        int width = WidthOf(op.Type);
        if (test.Kind == TestKind.Single && Dies(op.B, i) && !Dies(op.C, i) && op.B != op.C)
        {
            HostReg taken = alloc.DefineFrom(i, op.B);
            EmitCmov(test.First ^ (HostCondition)1, width, taken, whenFalse);
            return;
        }
        if (test.Kind == TestKind.BothHold)
        {
            // b only if both hold: start from b, and let either failing choose c.
            HostReg chosen = alloc.DefineFrom(i, op.B);
            EmitCmov(test.First ^ (HostCondition)1, width, chosen, whenFalse);
            EmitCmov(test.Second ^ (HostCondition)1, width, chosen, whenFalse);
            return;
        }
        HostReg target = alloc.DefineFrom(i, op.C);
        EmitCmov(test.First, width, target, whenTrue);
        if (test.Kind == TestKind.EitherHolds) EmitCmov(test.Second, width, target, whenTrue);
    }

    static readonly Code[] Cmov32 =
    [
        Code.Cmovo_r32_rm32, Code.Cmovno_r32_rm32, Code.Cmovb_r32_rm32, Code.Cmovae_r32_rm32, Code.Cmove_r32_rm32, Code.Cmovne_r32_rm32, Code.Cmovbe_r32_rm32, Code.Cmova_r32_rm32,
        Code.Cmovs_r32_rm32, Code.Cmovns_r32_rm32, Code.Cmovp_r32_rm32, Code.Cmovnp_r32_rm32, Code.Cmovl_r32_rm32, Code.Cmovge_r32_rm32, Code.Cmovle_r32_rm32, Code.Cmovg_r32_rm32,
    ];

    static readonly Code[] Cmov64 =
    [
        Code.Cmovo_r64_rm64, Code.Cmovno_r64_rm64, Code.Cmovb_r64_rm64, Code.Cmovae_r64_rm64, Code.Cmove_r64_rm64, Code.Cmovne_r64_rm64, Code.Cmovbe_r64_rm64, Code.Cmova_r64_rm64,
        Code.Cmovs_r64_rm64, Code.Cmovns_r64_rm64, Code.Cmovp_r64_rm64, Code.Cmovnp_r64_rm64, Code.Cmovl_r64_rm64, Code.Cmovge_r64_rm64, Code.Cmovle_r64_rm64, Code.Cmovg_r64_rm64,
    ];

    static readonly Code[] Setcc =
    [
        Code.Seto_rm8, Code.Setno_rm8, Code.Setb_rm8, Code.Setae_rm8, Code.Sete_rm8, Code.Setne_rm8, Code.Setbe_rm8, Code.Seta_rm8,
        Code.Sets_rm8, Code.Setns_rm8, Code.Setp_rm8, Code.Setnp_rm8, Code.Setl_rm8, Code.Setge_rm8, Code.Setle_rm8, Code.Setg_rm8,
    ];

    void EmitCmov(HostCondition condition, int width, HostReg target, HostReg source) =>
        asm.Emit((width == 32 ? Cmov32 : Cmov64)[(int)condition], target.Wide(width), source.Wide(width));

    void LowerSetCondition(int i, ref IrOp op)
    {
        HostTest test = PrepareCondition((Condition)op.Aux, op.A);
        HostReg target = alloc.Define(i);
        if (test.Kind == TestKind.Always)
        {
            alloc.LoadConstant(target, IrType.I32, 1);
            return;
        }
        asm.Emit(Setcc[(int)test.First], target.R8());
        asm.Emit(Code.Movzx_r32_rm8, target.R32(), target.R8());
        if (test.Kind == TestKind.Single) return;
        // Both: 0 if the second fails. Either: 1 if the second holds.
        alloc.LoadConstant(HostReg.Rax, IrType.I32, test.Kind == TestKind.EitherHolds ? 1 : 0);
        EmitCmov(test.Kind == TestKind.EitherHolds ? test.Second : test.Second ^ (HostCondition)1, 32, target, HostReg.Rax);
    }
}
