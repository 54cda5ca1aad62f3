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

    /// <summary>Where MXCSR is kept while cold code computes with lanes that have raised what they raise already.</summary>
    static MemoryOperand SavedMxcsr => Field(ThreadFields.Scratch);

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

    // Two operands: the host's result is right unless no NaN went in, or a is quiet and b is signalling.
    void EmitScalarNaN(ref SlowPath path)
    {
        bool wide = path.Size == 3;
        Code compare = wide ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32;
        HostReg b = path.Source.Reg;
        if (path.Source.InMemory)
        {
            b = HostRegs.ScratchX;
            LoadLane(b, path.Source.Memory, path.Size);
        }
        Label hasNaN = default;
        Emit(compare, path.A, b);
        asm.Jump(HostCondition.Parity, ref hasNaN);
        EmitDefaultNaN(ref path);
        asm.Jump(ref path.Return);
        asm.Bind(ref hasNaN);
        Emit(compare, b, b);
        asm.Jump(HostCondition.NoParity, ref path.Return);
        MoveToRax(path.A, path.Size);
        asm.Emit(wide ? Code.Bt_rm64_imm8 : Code.Bt_rm32_imm8, HostReg.Rax.Wide(wide ? 64 : 32), wide ? 51 : 22);
        asm.Jump(HostCondition.AboveOrEqual, ref path.Return);
        MoveToRax(b, path.Size);
        asm.Emit(wide ? Code.Bts_rm64_imm8 : Code.Bts_rm32_imm8, HostReg.Rax.Wide(wide ? 64 : 32), wide ? 51 : 22);
        asm.Jump(HostCondition.Below, ref path.Return);
        if (wide) asm.Emit(Code.VEX_Vmovq_xmm_rm64, path.Result.X(), Register.RAX);
        else asm.Emit(Code.VEX_Vmovd_xmm_rm32, path.Result.X(), Register.EAX);
    }

    // ---- All lanes at once, also for the scalar operations that are rarer or have three operands ----

    Code CompareLanes(int size) => size == 3 ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8;

    /// <summary>target = mask lane negative ? b : target.</summary>
    void EmitBlend(int size, HostReg target, HostReg b, HostReg mask) =>
        asm.Emit(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, target.X(), target.X(), b.X(), mask.X());

    /// <summary>target = mask lane negative ? memory : target.</summary>
    void EmitBlend(int size, HostReg target, in MemoryOperand b, HostReg mask) =>
        asm.Emit(Instruction.Create(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, target.X(), target.X(), b, mask.X()));

    void EmitVectorNaN(ref SlowPath path)
    {
        HostReg s1 = HostRegs.ScratchX, result = path.Result;
        int size = path.Size;
        if (path.ToDefault && !IsExtreme(path.Opcode))
        {
            TakeDefault(size, result);
            return;
        }
        asm.Emit(Code.VEX_Vstmxcsr_m32, SavedMxcsr);
        switch (path.Opcode)
        {
            case Opcode.FMax or Opcode.FMin or Opcode.VFMax or Opcode.VFMin:
                if (!path.IsScalar) EmitExtremeLanes(path.Opcode == Opcode.VFMax, size, result, path.A, path.B);
                TakeNaN(size, result, path.B);
                TakeNaN(size, result, path.A);
                TakeSignalling(size, result, path.B);
                TakeSignalling(size, result, path.A);
                break;
            case Opcode.FMaxNumber or Opcode.FMinNumber or Opcode.VFMaxNumber or Opcode.VFMinNumber:
                if (!path.IsScalar) EmitExtremeLanes(path.Opcode == Opcode.VFMaxNumber, size, result, path.A, path.B);
                TakeNumber(ref path);
                TakeSignalling(size, result, path.B);
                TakeSignalling(size, result, path.A);
                break;
            case Opcode.FMulAdd or Opcode.VFMulAdd:
                TakeDefault(size, result);
                PropagateOfMulAdd(ref path);
                break;
            case Opcode.VFSqrt:
                TakeDefault(size, result);
                TakeNaN(size, result, path.A);
                break;
            default:
                TakeDefault(size, result);
                TakeNaN(size, result, path.B);
                TakeNaN(size, result, path.A);
                TakeSignalling(size, result, path.B);
                TakeSignalling(size, result, path.A);
                break;
        }
        if (path.ToDefault)
        {
            TakeDefault(size, result);
        }
        else
        {
            Emit(CompareLanes(size), s1, result, result, Unordered);
            Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s1, s1, QuietBits(size));
            Emit(Code.VEX_Vorps_xmm_xmm_xmmm128, result, result, s1);
        }
        asm.Emit(Code.VEX_Vldmxcsr_m32, SavedMxcsr);
        if (!path.IsScalar) return;
        if (size == 3) Emit(Code.VEX_Vmovq_xmm_xmmm64, result, result);
        else Emit(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, result, result, result, 0x0E);
    }

    static bool IsExtreme(Opcode opcode) => opcode is >= Opcode.FMax and <= Opcode.FMinNumber or >= Opcode.VFMax and <= Opcode.VFMinNumber;

    MemoryOperand QuietBits(int size) => Pool(size == 3 ? 1ul << 51 : 0x0040_0000_0040_0000ul);

    /// <summary>Lanes of result that are NaNs become the default NaN.</summary>
    void TakeDefault(int size, HostReg result)
    {
        Emit(CompareLanes(size), HostRegs.ScratchX, result, result, Unordered);
        EmitBlend(size, result, DefaultNaNs(size), HostRegs.ScratchX);
    }

    /// <summary>Lanes of result where the operand is a NaN become the operand.</summary>
    void TakeNaN(int size, HostReg result, HostReg operand)
    {
        Emit(CompareLanes(size), HostRegs.ScratchX, operand, operand, Unordered);
        EmitBlend(size, result, operand, HostRegs.ScratchX);
    }

    /// <summary>Lanes of result where the operand is a signalling NaN become the operand.</summary>
    void TakeSignalling(int size, HostReg result, HostReg operand)
    {
        MarkSignalling(size, operand);
        EmitBlend(size, result, operand, HostRegs.ScratchX);
    }

    /// <summary>Sign bits of the first scratch register: the operand's lane is a signalling NaN. Changes the second.</summary>
    void MarkSignalling(int size, HostReg operand)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        // The quiet bit goes to the sign, which is all that a blend looks at.
        Emit(CompareLanes(size), s1, operand, operand, Unordered);
        Emit(size == 3 ? Code.VEX_Vpsllq_xmm_xmm_imm8 : Code.VEX_Vpslld_xmm_xmm_imm8, s2, operand, size == 3 ? 12 : 9);
        Emit(Code.VEX_Vandnps_xmm_xmm_xmmm128, s1, s2, s1);
    }

    /// <summary>Beside a NaN, the other operand; of two NaNs the first.</summary>
    void TakeNumber(ref SlowPath path)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        Emit(CompareLanes(path.Size), s1, path.B, path.B, Unordered);
        EmitBlend(path.Size, path.Result, path.A, s1);
        Emit(CompareLanes(path.Size), s1, path.A, path.A, Unordered);
        Emit(CompareLanes(path.Size), s2, path.B, path.B, Ordered);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s1, s1, s2);
        EmitBlend(path.Size, path.Result, path.B, s1);
    }

    // Priority: signalling addend, a, b; quiet addend (unless the product is invalid), a, b. A negated operand's NaN has the opposite sign.
    void PropagateOfMulAdd(ref SlowPath path)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2, result = path.Result;
        int size = path.Size;
        TakeNaN(size, result, path.B);
        TakeNegatable(ref path, path.A, (path.Negate & 1) != 0, signalling: false);
        TakeNegatable(ref path, path.C, (path.Negate & 2) != 0, signalling: false);
        Emit(size == 3 ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, s1, path.A, path.B);
        Emit(CompareLanes(size), s1, s1, s1, Unordered);
        Emit(CompareLanes(size), s2, path.A, path.B, Ordered);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s1, s1, s2);
        EmitBlend(size, result, DefaultNaNs(size), s1);
        TakeSignalling(size, result, path.B);
        TakeNegatable(ref path, path.A, (path.Negate & 1) != 0, signalling: true);
        TakeNegatable(ref path, path.C, (path.Negate & 2) != 0, signalling: true);
    }

    void TakeNegatable(ref SlowPath path, HostReg operand, bool negate, bool signalling)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        int size = path.Size;
        if (signalling) MarkSignalling(size, operand);
        else Emit(CompareLanes(size), s1, operand, operand, Unordered);
        if (negate)
        {
            Emit(Code.VEX_Vxorps_xmm_xmm_xmmm128, s2, operand, SignBits(size));
            operand = s2;
        }
        EmitBlend(size, path.Result, operand, s1);
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
