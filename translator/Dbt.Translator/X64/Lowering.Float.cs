using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Scalar floating point: arithmetic, signs, extremes.</summary>
/// <remarks>
/// The hot path is the plain host instruction and a test for a NaN result; NaNs get Arm's payload and sign in cold code (<c>Lowering.FloatNaN</c>). What stands above a scalar
/// result in its register is described by BlockAnalysis.FindZeroAbove and must agree with the instructions chosen here.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    static bool WantsDefaultNaN(in IrOp op) => (op.Aux & IrBuilder.DefaultNaNBit) != 0;

    /// <summary>log2 of the bytes of a scalar float: 2 or 3.</summary>
    static int FloatSize(IrType type) => type == IrType.F64 ? 3 : 2;

    void LowerFloat(int i, ref IrOp op)
    {
        int size = FloatSize(op.Type);
        bool wide = size == 3;
        UseGroup(i);
        switch (op.Opcode)
        {
            case Opcode.FAdd: ScalarBinary(i, ref op, wide ? Code.VEX_Vaddsd_xmm_xmm_xmmm64 : Code.VEX_Vaddss_xmm_xmm_xmmm32); break;
            case Opcode.FSub: ScalarBinary(i, ref op, wide ? Code.VEX_Vsubsd_xmm_xmm_xmmm64 : Code.VEX_Vsubss_xmm_xmm_xmmm32); break;
            case Opcode.FMul: ScalarBinary(i, ref op, wide ? Code.VEX_Vmulsd_xmm_xmm_xmmm64 : Code.VEX_Vmulss_xmm_xmm_xmmm32); break;
            case Opcode.FDiv: ScalarBinary(i, ref op, wide ? Code.VEX_Vdivsd_xmm_xmm_xmmm64 : Code.VEX_Vdivss_xmm_xmm_xmmm32); break;
            case Opcode.FSqrt: ScalarSqrt(i, ref op, wide ? Code.VEX_Vsqrtsd_xmm_xmm_xmmm64 : Code.VEX_Vsqrtss_xmm_xmm_xmmm32); break;
            case Opcode.FMax or Opcode.FMin or Opcode.FMaxNumber or Opcode.FMinNumber: ScalarExtreme(i, ref op, wide); break;
            case Opcode.FNeg:
                HostReg negated = DefineAfterUse(i, op.A, out HostReg number);
                asm.Emit(Code.VEX_Vxorps_xmm_xmm_xmmm128, negated.X(), number.X(), SignBit(size));
                break;
            case Opcode.FAbs:
                HostReg magnitude = DefineAfterUse(i, op.A, out HostReg signed);
                asm.Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, magnitude.X(), signed.X(), AllButSign(size));
                break;
            case Opcode.FMulAdd: ScalarMulAdd(i, ref op, wide); break;
            case Opcode.FRound: ScalarRound(i, ref op, size); break;
            case Opcode.FConvert: ScalarConvert(i, ref op); break;
            case Opcode.FToInteger: LowerFToInteger(i, ref op); break;
            case Opcode.IntegerToF: LowerIntegerToF(i, ref op); break;
            default: throw new InvalidOperationException($"no lowering for {op.Opcode}");
        }
    }

    // ---- Constants: scalar ones have zeroes above, so that FNeg keeps and FAbs makes a zero upper part. ----

    MemoryOperand SignBit(int size) => Pool(size == 3 ? 1ul << 63 : 1ul << 31, 0);

    MemoryOperand AllButSign(int size) => Pool(size == 3 ? ~0ul >> 1 : 0x7FFF_FFFF, 0);

    MemoryOperand ScalarOf(double value, int size) => Pool(size == 3 ? BitConverter.DoubleToUInt64Bits(value) : BitConverter.SingleToUInt32Bits((float)value), 0);

    MemoryOperand VectorOf(double value, int size) =>
        Pool(size == 3 ? BitConverter.DoubleToUInt64Bits(value) : BitConverter.SingleToUInt32Bits((float)value) * 0x1_0000_0001ul);

    /// <summary>Arm's default NaN in every element (x86's has the sign set).</summary>
    MemoryOperand DefaultNaNs(int size) => Pool(size == 3 ? 0x7FF8_0000_0000_0000ul : 0x7FC0_0000_7FC0_0000ul);

    // ---- Operands ----

    /// <summary>A vector register or memory.</summary>
    struct VectorSource
    {
        public bool InMemory;
        public HostReg Reg;
        public MemoryOperand Memory;
    }

    /// <summary>An operand for the last place of a VEX instruction: memory if this is its last use and it has no register. Other operands of the operation must have been named.</summary>
    VectorSource PrepareVector(int value)
    {
        if (alloc.TryMemory(value, out MemoryOperand memory)) return new VectorSource { InMemory = true, Memory = memory };
        ref IrOp op = ref block[value];
        if (op.Opcode is Opcode.Const or Opcode.VConst && values[value].Reg == HostReg.None && Dies(value, CurrentOp))
        {
            return new VectorSource { InMemory = true, Memory = op.Opcode == Opcode.VConst ? Pool((ulong)op.Imm) : Pool((ulong)(op.Type == IrType.F32 ? (uint)op.Imm : op.Imm), 0) };
        }
        return new VectorSource { Reg = alloc.Use(value) };
    }

    void Emit(Code code, HostReg target, HostReg a, in VectorSource b)
    {
        MarkFloatTrap();
        if (b.InMemory) asm.Emit(code, target.X(), a.X(), b.Memory);
        else asm.Emit(code, target.X(), a.X(), b.Reg.X());
    }

    void Emit(Code code, HostReg target, HostReg a)
    {
        MarkFloatTrap();
        asm.Emit(code, target.X(), a.X());
    }

    void Emit(Code code, HostReg target, HostReg a, HostReg b)
    {
        MarkFloatTrap();
        asm.Emit(code, target.X(), a.X(), b.X());
    }

    void Emit(Code code, HostReg target, HostReg a, int immediate)
    {
        MarkFloatTrap();
        asm.Emit(code, target.X(), a.X(), immediate);
    }

    void Emit(Code code, HostReg target, HostReg a, HostReg b, int immediate)
    {
        MarkFloatTrap();
        asm.Emit(code, target.X(), a.X(), b.X(), immediate);
    }

    void Emit(Code code, HostReg target, HostReg a, in MemoryOperand b)
    {
        MarkFloatTrap();
        asm.Emit(code, target.X(), a.X(), b);
    }

    void EmitZero(HostReg target) => Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, target, target, target);

    // ---- Arithmetic ----

    void ScalarBinary(int i, ref IrOp op, Code code)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A);
        VectorSource b = PrepareVector(op.B);
        bool needsOperands = NeedsOperands(op) || op.Opcode is Opcode.FMul or Opcode.FDiv;
        HostReg result = needsOperands ? alloc.Define(i) : alloc.DefineOver(i);
        if (op.Opcode == Opcode.FDiv) TrapIfSubnormal(a, FloatSize(op.Type), isScalar: true);
        Emit(code, result, a, b);
        ref SlowPath slow = ref NewRepair(op, FloatSize(op.Type), isScalar: true, result, a, b.Reg);
        if (needsOperands) slow.Source = b;
        TestResult(i, ref slow);
    }

    void ScalarSqrt(int i, ref IrOp op, Code code)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A);
        HostReg result = DefineFloat(i, op);
        TrapIfSubnormal(a, FloatSize(op.Type), isScalar: true);
        Emit(code, result, a, a);
        TestResult(i, ref NewRepair(op, FloatSize(op.Type), isScalar: true, result, a));
    }

    // MAXSD and MINSD return the second operand for equal ones: both orders together, combined by AND or OR, give the zero with the right sign.
    void ScalarExtreme(int i, ref IrOp op, bool wide)
    {
        ClobberFlags();
        bool maximum = op.Opcode is Opcode.FMax or Opcode.FMaxNumber;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg result = alloc.Define(i);
        ref SlowPath slow = ref NewRepair(op, wide ? 3 : 2, isScalar: true, result, a, b);
        // Comparing first keeps quiet NaNs from MAXSD, which would raise Invalid for them.
        Emit(wide ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, a, b);
        asm.Jump(HostCondition.Parity, ref slow.Entry);
        Code code = (maximum, wide) switch
        {
            (true, true) => Code.VEX_Vmaxsd_xmm_xmm_xmmm64,
            (true, false) => Code.VEX_Vmaxss_xmm_xmm_xmmm32,
            (false, true) => Code.VEX_Vminsd_xmm_xmm_xmmm64,
            _ => Code.VEX_Vminss_xmm_xmm_xmmm32,
        };
        Emit(code, HostRegs.ScratchX, a, b);
        Emit(code, result, b, a);
        Emit(maximum ? Code.VEX_Vandps_xmm_xmm_xmmm128 : Code.VEX_Vorps_xmm_xmm_xmmm128, result, result, HostRegs.ScratchX);
        asm.Bind(ref slow.Return);
    }

    void ScalarMulAdd(int i, ref IrOp op, bool wide)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), c = alloc.Use(op.C);
        HostReg result = alloc.Define(i);
        alloc.Move(result, c, IrType.V128);
        Emit((op.Aux & 3, wide) switch
        {
            (0, true) => Code.VEX_Vfmadd231sd_xmm_xmm_xmmm64,
            (0, false) => Code.VEX_Vfmadd231ss_xmm_xmm_xmmm32,
            (1, true) => Code.VEX_Vfnmadd231sd_xmm_xmm_xmmm64,
            (1, false) => Code.VEX_Vfnmadd231ss_xmm_xmm_xmmm32,
            (2, true) => Code.VEX_Vfmsub231sd_xmm_xmm_xmmm64,
            (2, false) => Code.VEX_Vfmsub231ss_xmm_xmm_xmmm32,
            (_, true) => Code.VEX_Vfnmsub231sd_xmm_xmm_xmmm64,
            _ => Code.VEX_Vfnmsub231ss_xmm_xmm_xmmm32,
        }, result, a, b);
        ref SlowPath slow = ref NewRepair(op, wide ? 3 : 2, isScalar: true, result, a, b, c);
        slow.Negate = op.Aux & 3;
        TestResult(i, ref slow);
    }
}
