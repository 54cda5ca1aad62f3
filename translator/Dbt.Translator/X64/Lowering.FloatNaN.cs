using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Cold code that gives NaN results the bits that Arm gives them.</summary>
/// <remarks>
/// x86 returns the first operand if it is a NaN (made quiet), else the second, else a negative default NaN. Arm returns the first signalling NaN, else the first quiet one (made
/// quiet), else a positive default NaN; FPMulAdd looks at the addend first, and an infinity times zero gives the default NaN even beside a quiet NaN addend.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    const int Unordered = 3, Ordered = 7, LessOrEqual = 18;

    void EmitDefaultNaN(ref SlowPath path) => LoadLane(path.Result, DefaultNaNs(path.Size), path.Size);

    void LoadLane(HostReg target, in MemoryOperand memory, int size) => asm.Emit(size == 3 ? Code.VEX_Vmovsd_xmm_m64 : Code.VEX_Vmovss_xmm_m32, target.X(), memory);

    void MoveToRax(HostReg source, int size)
    {
        if (size == 3) asm.Emit(Code.VEX_Vmovq_rm64_xmm, Register.RAX, source.X());
        else asm.Emit(Code.VEX_Vmovd_rm32_xmm, Register.EAX, source.X());
    }

    // Square root: the host's result is right unless no NaN went in.
    void EmitScalarNaNOfOne(ref SlowPath path)
    {
        Emit(path.Size == 3 ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, path.A, path.A);
        asm.Jump(HostCondition.Parity, ref path.Return);
        EmitDefaultNaN(ref path);
    }

    // ---- Routines that a block's slow paths share ----

    /// <summary>What a shared routine does; the operations that it serves differ in their hot code only.</summary>
    enum NaNRoutine { ScalarBinary, Binary, Sqrt, MulAdd, Max, Min, MaxNumber, MinNumber, Count }

    // By routine, element size and whether NaNs become the default NaN.
    readonly Label[] nanRoutines = new Label[(int)NaNRoutine.Count * 4];

    ref Label RoutineLabel(NaNRoutine routine, int size, bool toDefault) => ref nanRoutines[((int)routine * 4) + (size == 3 ? 2 : 0) + (toDefault ? 1 : 0)];

    static NaNRoutine RoutineOf(Opcode opcode) => opcode switch
    {
        Opcode.FMulAdd or Opcode.VFMulAdd => NaNRoutine.MulAdd,
        Opcode.FMax or Opcode.VFMax => NaNRoutine.Max,
        Opcode.FMin or Opcode.VFMin => NaNRoutine.Min,
        Opcode.FMaxNumber or Opcode.VFMaxNumber => NaNRoutine.MaxNumber,
        Opcode.FMinNumber or Opcode.VFMinNumber => NaNRoutine.MinNumber,
        Opcode.VFSqrt => NaNRoutine.Sqrt,
        _ => NaNRoutine.Binary,
    };

    // Operands in the scratch registers, the result's bits in rax.
    void EmitScalarNaN(ref SlowPath path)
    {
        alloc.Move(HostRegs.ScratchX, path.A, IrType.V128);
        if (path.Source.InMemory) LoadLane(HostRegs.ScratchX2, path.Source.Memory, path.Size);
        else alloc.Move(HostRegs.ScratchX2, path.Source.Reg, IrType.V128);
        asm.Call(ref RoutineLabel(NaNRoutine.ScalarBinary, path.Size, toDefault: false));
        if (path.Size == 3) asm.Emit(Code.VEX_Vmovq_xmm_rm64, path.Result.X(), Register.RAX);
        else asm.Emit(Code.VEX_Vmovd_xmm_rm32, path.Result.X(), Register.EAX);
    }

    // Operands in the thread's scratch space, negated as they are to be used; the result in the first scratch register, before and after.
    void EmitVectorNaN(ref SlowPath path)
    {
        HostReg s1 = HostRegs.ScratchX, result = path.Result;
        int size = path.Size;
        NaNRoutine routine = RoutineOf(path.Opcode);
        if (path.ToDefault && routine < NaNRoutine.Max)
        {
            TakeDefault(size, result);
            return;
        }
        PassOperand(0, path.A, (path.Negate & 1) != 0, size);
        PassOperand(1, path.B, false, size);
        PassOperand(2, path.C, (path.Negate & 2) != 0, size);
        alloc.Move(s1, result, IrType.V128);
        asm.Call(ref RoutineLabel(routine, size, path.ToDefault));
        if (!path.IsScalar) alloc.Move(result, s1, IrType.V128);
        else if (size == 3) Emit(Code.VEX_Vmovq_xmm_xmmm64, result, s1);
        else Emit(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, result, s1, s1, 0x0E);
    }

    static MemoryOperand PassedOperand(int number) => Field(ThreadFields.Scratch + (16 * number));

    void PassOperand(int number, HostReg operand, bool negate, int size)
    {
        if (operand == HostReg.None) return;
        if (negate)
        {
            Emit(Code.VEX_Vxorps_xmm_xmm_xmmm128, HostRegs.ScratchX, operand, SignBits(size));
            operand = HostRegs.ScratchX;
        }
        alloc.StoreTo(PassedOperand(number), operand, IrType.V128);
    }

    void EmitNaNRoutines()
    {
        for (int k = 0; k < nanRoutines.Length; k++)
        {
            if (nanRoutines[k].Pending == 0) continue;
            asm.Bind(ref nanRoutines[k]);
            int size = (k & 2) != 0 ? 3 : 2;
            var routine = (NaNRoutine)(k >> 2);
            if (routine == NaNRoutine.ScalarBinary) EmitScalarBinaryRoutine(size);
            else EmitLanesRoutine(routine, size, toDefault: (k & 1) != 0);
            asm.Emit(Code.Retnq);
        }
    }

    // rax = the NaN that Arm makes of a and b.
    void EmitScalarBinaryRoutine(int size)
    {
        bool wide = size == 3;
        int width = wide ? 64 : 32, quietBit = wide ? 51 : 22;
        HostReg a = HostRegs.ScratchX, b = HostRegs.ScratchX2;
        Code compare = wide ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, setBit = wide ? Code.Bts_rm64_imm8 : Code.Bts_rm32_imm8;
        Label hasNaN = default, takeA = default, quietB = default, done = default;
        Emit(compare, a, b);
        asm.Jump(HostCondition.Parity, ref hasNaN);
        alloc.LoadConstant(HostReg.Rax, wide ? IrType.I64 : IrType.I32, wide ? 0x7FF8_0000_0000_0000 : 0x7FC0_0000);
        asm.Jump(ref done);
        asm.Bind(ref hasNaN);
        Emit(compare, b, b);
        asm.Jump(HostCondition.NoParity, ref takeA);
        MoveToRax(b, size);
        asm.Emit(setBit, HostReg.Rax.Wide(width), quietBit);
        asm.Jump(HostCondition.Below, ref quietB);
        // b is signalling: taken unless a is so, too.
        Emit(compare, a, a);
        asm.Jump(HostCondition.NoParity, ref done);
        MoveToRax(a, size);
        asm.Emit(setBit, HostReg.Rax.Wide(width), quietBit);
        asm.Jump(HostCondition.AboveOrEqual, ref done);
        MoveToRax(b, size);
        asm.Emit(setBit, HostReg.Rax.Wide(width), quietBit);
        asm.Jump(ref done);
        asm.Bind(ref quietB);
        Emit(compare, a, a);
        asm.Jump(HostCondition.NoParity, ref done);
        asm.Bind(ref takeA);
        MoveToRax(a, size);
        asm.Emit(setBit, HostReg.Rax.Wide(width), quietBit);
        asm.Bind(ref done);
    }

    // Registers of the routines for lanes, besides the scratch ones. They and MXCSR (the lanes have raised what they raise already) are kept in the red zone.
    const HostReg LanesResult = HostReg.Xmm13, LanesA = HostReg.Xmm12, LanesB = HostReg.Xmm11, LanesC = HostReg.Xmm10;

    static MemoryOperand Kept(HostReg reg) => new(Register.RSP, -16 * (1 + (LanesResult - reg)));

    static MemoryOperand KeptMxcsr => new(Register.RSP, -72);

    void EmitLanesRoutine(NaNRoutine routine, int size, bool toDefault)
    {
        for (HostReg reg = LanesC; reg <= LanesResult; reg++) alloc.StoreTo(Kept(reg), reg, IrType.V128);
        asm.Emit(Code.VEX_Vstmxcsr_m32, KeptMxcsr);
        alloc.Move(LanesResult, HostRegs.ScratchX, IrType.V128);
        alloc.LoadFrom(LanesA, PassedOperand(0), IrType.V128);
        if (routine != NaNRoutine.Sqrt) alloc.LoadFrom(LanesB, PassedOperand(1), IrType.V128);
        if (routine == NaNRoutine.MulAdd) alloc.LoadFrom(LanesC, PassedOperand(2), IrType.V128);

        if (routine >= NaNRoutine.Max) EmitExtremeLanes(routine is NaNRoutine.Max or NaNRoutine.MaxNumber, size, LanesResult, LanesA, LanesB);
        else TakeDefault(size, LanesResult);
        switch (routine)
        {
            case NaNRoutine.Sqrt:
                TakeNaN(size, LanesA);
                break;
            case NaNRoutine.MulAdd:
                TakeNaN(size, LanesB);
                TakeNaN(size, LanesA);
                TakeNaN(size, LanesC);
                TakeInvalidProduct(size);
                TakeSignalling(size, LanesB);
                TakeSignalling(size, LanesA);
                TakeSignalling(size, LanesC);
                break;
            default:
                if (routine is NaNRoutine.MaxNumber or NaNRoutine.MinNumber)
                {
                    TakeNumber(size);
                }
                else
                {
                    TakeNaN(size, LanesB);
                    TakeNaN(size, LanesA);
                }
                TakeSignalling(size, LanesB);
                TakeSignalling(size, LanesA);
                break;
        }
        if (toDefault) TakeDefault(size, LanesResult);
        else MakeQuiet(size, LanesResult);

        alloc.Move(HostRegs.ScratchX, LanesResult, IrType.V128);
        asm.Emit(Code.VEX_Vldmxcsr_m32, KeptMxcsr);
        for (HostReg reg = LanesC; reg <= LanesResult; reg++) alloc.LoadFrom(reg, Kept(reg), IrType.V128);
    }

    // ---- Steps on all lanes; they change the scratch registers ----

    Code CompareLanes(int size) => size == 3 ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8;

    /// <summary>target = mask lane negative ? b : target.</summary>
    void EmitBlend(int size, HostReg target, HostReg b, HostReg mask) =>
        asm.Emit(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, target.X(), target.X(), b.X(), mask.X());

    /// <summary>target = mask lane negative ? memory : target.</summary>
    void EmitBlend(int size, HostReg target, in MemoryOperand b, HostReg mask) =>
        asm.Emit(Instruction.Create(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, target.X(), target.X(), b, mask.X()));

    MemoryOperand QuietBits(int size) => Pool(size == 3 ? 1ul << 51 : 0x0040_0000_0040_0000ul);

    /// <summary>Lanes of result that are NaNs become the default NaN.</summary>
    void TakeDefault(int size, HostReg result)
    {
        Emit(CompareLanes(size), HostRegs.ScratchX, result, result, Unordered);
        EmitBlend(size, result, DefaultNaNs(size), HostRegs.ScratchX);
    }

    /// <summary>NaN lanes of result become quiet.</summary>
    void MakeQuiet(int size, HostReg result)
    {
        HostReg s1 = HostRegs.ScratchX;
        Emit(CompareLanes(size), s1, result, result, Unordered);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s1, s1, QuietBits(size));
        Emit(Code.VEX_Vorps_xmm_xmm_xmmm128, result, result, s1);
    }

    /// <summary>Lanes of the result where the operand is a NaN become the operand.</summary>
    void TakeNaN(int size, HostReg operand)
    {
        Emit(CompareLanes(size), HostRegs.ScratchX, operand, operand, Unordered);
        EmitBlend(size, LanesResult, operand, HostRegs.ScratchX);
    }

    /// <summary>Lanes of the result where the operand is a signalling NaN become the operand.</summary>
    void TakeSignalling(int size, HostReg operand)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        // The quiet bit goes to the sign, which is all that a blend looks at.
        Emit(CompareLanes(size), s1, operand, operand, Unordered);
        Emit(size == 3 ? Code.VEX_Vpsllq_xmm_xmm_imm8 : Code.VEX_Vpslld_xmm_xmm_imm8, s2, operand, size == 3 ? 12 : 9);
        Emit(Code.VEX_Vandnps_xmm_xmm_xmmm128, s1, s2, s1);
        EmitBlend(size, LanesResult, operand, s1);
    }

    /// <summary>Beside a NaN, the other operand; of two NaNs the first.</summary>
    void TakeNumber(int size)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        Emit(CompareLanes(size), s1, LanesB, LanesB, Unordered);
        EmitBlend(size, LanesResult, LanesA, s1);
        Emit(CompareLanes(size), s1, LanesA, LanesA, Unordered);
        Emit(CompareLanes(size), s2, LanesB, LanesB, Ordered);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s1, s1, s2);
        EmitBlend(size, LanesResult, LanesB, s1);
        // Times one: a subnormal number is flushed if the mode says so.
        Emit(size == 3 ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, LanesResult, LanesResult, Pool(size == 3 ? 0x3FF0_0000_0000_0000UL : 0x3F80_0000_3F80_0000));
    }

    /// <summary>Lanes where a times b is infinity times zero become the default NaN.</summary>
    void TakeInvalidProduct(int size)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        Emit(size == 3 ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, s1, LanesA, LanesB);
        Emit(CompareLanes(size), s1, s1, s1, Unordered);
        Emit(CompareLanes(size), s2, LanesA, LanesB, Ordered);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s1, s1, s2);
        EmitBlend(size, LanesResult, DefaultNaNs(size), s1);
    }

    MemoryOperand SignBits(int size) => Pool(size == 3 ? 1ul << 63 : 0x8000_0000_8000_0000);

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
