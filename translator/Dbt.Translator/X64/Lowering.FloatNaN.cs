using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Where results may be NaNs: cold code that has <see cref="Execution.FloatStubs"/> give them the bits that Arm gives them, and steps on lanes.</summary>
public sealed unsafe partial class BlockEmitter
{
    const int Unordered = 3, Ordered = 7, EqualOrUnordered = 8, LessOrEqual = 18;

    /// <summary>A slow path that repairs an operation's result, for the caller to jump to.</summary>
    ref SlowPath NewRepair(in IrOp op, int size, bool isScalar, HostReg result, HostReg a = HostReg.None, HostReg b = HostReg.None, HostReg c = HostReg.None)
    {
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.FloatRepair;
        slow.Repair = FloatRepairRequest.Of(op.Opcode);
        slow.Size = size;
        slow.IsScalar = isScalar;
        slow.ToDefault = WantsDefaultNaN(op);
        // The default NaN does not depend on the operands; exceptions and extremes do.
        if (!NeedsOperands(op) && slow.Repair < FloatRepair.Multiply) slow.Repair = FloatRepair.DefaultNaN;
        slow.Result = result;
        slow.A = a;
        slow.B = b;
        slow.C = c;
        return ref slow;
    }

    /// <summary>Whether cold code needs the operands of an operation that makes a NaN: for the NaN's bits, and to tell of a subnormal operand beside it.</summary>
    bool NeedsOperands(in IrOp op) => !WantsDefaultNaN(op) || block.FloatTraps;

    /// <summary>A slow path that makes NaNs of the result the default NaN.</summary>
    ref SlowPath NewDefaultNaN(int size, bool isScalar, HostReg result)
    {
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.FloatRepair;
        slow.Repair = FloatRepair.DefaultNaN;
        slow.Size = size;
        slow.IsScalar = isScalar;
        slow.Result = result;
        return ref slow;
    }

    void EmitFloatRepair(ref SlowPath path)
    {
        HostReg b = path.B;
        if (path.Source.InMemory)
        {
            b = HostRegs.ScratchX2;
            LoadLane(b, path.Source.Memory, path.Size);
        }
        Label done = default;
        EmitQuickNaN(path, b, ref done);
        int routine = FloatRepairRequest.RoutineNumber(path.Repair, path.Size, path.ToDefault, path.Negate);
        int request = FloatRepairRequest.Encode(routine, path.Repair == FloatRepair.Narrow ? 3 : path.Size, path.IsScalar, path.Result, path.A, b, path.C);
        asm.LoadConstant32(Register.EAX, (uint)request);
        asm.Emit(Code.Call_rm64, Field(ThreadFields.StubFloat));
        asm.Bind(ref done);
    }

    /// <summary>Leaves for the slow path if its scalar result is a NaN, and binds the return here.</summary>
    void JumpIfNaN(ref SlowPath slow)
    {
        Emit(slow.Size == 3 ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, slow.Result, slow.Result);
        asm.Jump(HostCondition.Parity, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    /// <summary>The same for an operation that may round a tiny result to the least normal number, and also if it seems to have done so.</summary>
    void JumpIfNaNOrLeast(ref SlowPath slow)
    {
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, HostRegs.ScratchX, slow.Result, AllButSigns(slow.Size));
        asm.Emit(slow.Size == 3 ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, HostRegs.ScratchX.X(), LeastNormals(slow.Size));
        asm.Jump(HostCondition.Equal, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    /// <summary>The same for lanes.</summary>
    void JumpIfNaNOrLeastLane(ref SlowPath slow)
    {
        ClobberFlags();
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, HostRegs.ScratchX, slow.Result, AllButSigns(slow.Size));
        asm.Emit(CompareLanes(slow.Size), HostRegs.ScratchX.X(), HostRegs.ScratchX.X(), LeastNormals(slow.Size), EqualOrUnordered);
        Emit(Code.VEX_Vptest_xmm_xmmm128, HostRegs.ScratchX, HostRegs.ScratchX);
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    /// <summary>Leaves for the slow path if a lane of its result is a NaN, and binds the return here.</summary>
    void JumpIfNaNLane(ref SlowPath slow)
    {
        ClobberFlags();
        Emit(CompareLanes(slow.Size), HostRegs.ScratchX, slow.Result, slow.Result, Unordered);
        Emit(Code.VEX_Vptest_xmm_xmmm128, HostRegs.ScratchX, HostRegs.ScratchX);
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    void LoadLane(HostReg target, in MemoryOperand memory, int size) => asm.Emit(size == 3 ? Code.VEX_Vmovsd_xmm_m64 : Code.VEX_Vmovss_xmm_m32, target.X(), memory);

    // ---- Steps on all lanes; they change the scratch registers ----

    Code CompareLanes(int size) => size == 3 ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8;

    /// <summary>target = mask lane negative ? b : target.</summary>
    void EmitBlend(int size, HostReg target, HostReg b, HostReg mask) =>
        asm.Emit(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, target.X(), target.X(), b.X(), mask.X());

    /// <summary>target = mask lane negative ? memory : target.</summary>
    void EmitBlend(int size, HostReg target, in MemoryOperand b, HostReg mask) =>
        asm.Emit(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, target.X(), target.X(), b, mask.X());

    /// <summary>Lanes of result that are NaNs become the default NaN.</summary>
    void TakeDefault(int size, HostReg result)
    {
        Emit(CompareLanes(size), HostRegs.ScratchX, result, result, Unordered);
        EmitBlend(size, result, DefaultNaNs(size), HostRegs.ScratchX);
    }

    MemoryOperand SignBits(int size) => Pool(size == 3 ? 1ul << 63 : 0x8000_0000_8000_0000);

    MemoryOperand LeastNormals(int size) => Pool(size == 3 ? 1ul << 52 : 0x0080_0000_0080_0000);

    MemoryOperand AllButSigns(int size) => Pool(size == 3 ? ~0ul >> 1 : 0x7FFF_FFFF_7FFF_FFFF);

    /// <summary>Element-wise extremes of numbers into result; see <see cref="ScalarExtreme"/>. Changes the first scratch register.</summary>
    void EmitExtremeLanes(bool maximum, int size, HostReg result, HostReg a, HostReg b)
    {
        Code code = (maximum, size) switch
        {
            (true, 3) => Code.VEX_Vmaxpd_xmm_xmm_xmmm128,
            (true, _) => Code.VEX_Vmaxps_xmm_xmm_xmmm128,
            (false, 3) => Code.VEX_Vminpd_xmm_xmm_xmmm128,
            _ => Code.VEX_Vminps_xmm_xmm_xmmm128,
        };
        Emit(code, HostRegs.ScratchX, a, b);
        Emit(code, result, b, a);
        Emit(maximum ? Code.VEX_Vandps_xmm_xmm_xmmm128 : Code.VEX_Vorps_xmm_xmm_xmmm128, result, result, HostRegs.ScratchX);
    }
}
