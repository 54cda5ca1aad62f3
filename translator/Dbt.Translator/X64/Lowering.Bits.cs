using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Shifts, bit fields, bit counting and reversal, CRC.</summary>
public sealed unsafe partial class BlockEmitter
{
    void LowerBits(int i, ref IrOp op, int width)
    {
        switch (op.Opcode)
        {
            case Opcode.Shl or Opcode.Shr or Opcode.Sar or Opcode.Ror: LowerShift(i, ref op, width); break;
            case Opcode.ExtractPair: LowerExtractPair(i, ref op, width); break;
            case Opcode.CountLeadingZeros: LowerCountZeros(i, ref op, width, features.Lzcnt, Code.Lzcnt_r32_rm32, Code.Lzcnt_r64_rm64); break;
            case Opcode.CountTrailingZeros: LowerCountZeros(i, ref op, width, features.Bmi1, Code.Tzcnt_r32_rm32, Code.Tzcnt_r64_rm64); break;
            case Opcode.PopCount: Count(i, ref op, width, Code.Popcnt_r32_rm32, Code.Popcnt_r64_rm64); break;
            case Opcode.ReverseBytes: EmitBswap(alloc.DefineFrom(i, op.A), width); break;
            case Opcode.ReverseBytes32:
                ClobberFlags();
                HostReg words = alloc.DefineFrom(i, op.A);
                EmitBswap(words, 64);
                asm.Emit(Code.Rol_rm64_imm8, words.R64(), 32);
                break;
            case Opcode.ReverseBytes16:
                ClobberFlags();
                EmitSwapFields(alloc.DefineFrom(i, op.A), width, 8, 0x00FF_00FF_00FF_00FF);
                break;
            case Opcode.ReverseBits:
                ClobberFlags();
                HostReg bits = alloc.DefineFrom(i, op.A);
                EmitBswap(bits, width);
                EmitSwapFields(bits, width, 4, 0x0F0F_0F0F_0F0F_0F0F);
                EmitSwapFields(bits, width, 2, 0x3333_3333_3333_3333);
                EmitSwapFields(bits, width, 1, 0x5555_5555_5555_5555);
                break;
            case Opcode.ExtractUnsigned: LowerExtractUnsigned(i, ref op, width); break;
            case Opcode.ExtractSigned: LowerExtractSigned(i, ref op, width); break;
            case Opcode.InsertBits: LowerInsert(i, ref op, width); break;
            case Opcode.Crc32C: LowerCrc32C(i, ref op); break;
            case Opcode.Crc32: LowerCrc32(i, ref op); break;
            default: throw new InvalidOperationException($"no lowering for {op.Opcode}");
        }
    }

    void Count(int i, ref IrOp op, int width, Code code32, Code code64)
    {
        ClobberFlags();
        HostReg target = DefineAfterUse(i, op.A, out HostReg source);
        asm.Emit(width == 32 ? code32 : code64, target.Wide(width), source.Wide(width));
    }

    // BSF and BSR do not say what they leave for zero.
    void LowerCountZeros(int i, ref IrOp op, int width, bool present, Code code32, Code code64)
    {
        if (present)
        {
            Count(i, ref op, width, code32, code64);
            return;
        }
        ClobberFlags();
        bool leading = op.Opcode == Opcode.CountLeadingZeros;
        HostReg target = DefineAfterUse(i, op.A, out HostReg source);
        asm.Emit(leading ? (width == 32 ? Code.Bsr_r32_rm32 : Code.Bsr_r64_rm64) : width == 32 ? Code.Bsf_r32_rm32 : Code.Bsf_r64_rm64, HostReg.Rax.Wide(width), source.Wide(width));
        asm.Emit(Cmov32[(int)HostCondition.Equal], Register.EAX, Pool((ulong)(leading ? 2 * width - 1 : width)));
        if (leading) EmitAlu(Alu.Xor, 32, HostReg.Rax, width - 1);
        alloc.Move(target, HostReg.Rax, IrType.I32);
    }

    void EmitBswap(HostReg reg, int width) => asm.Emit(width == 32 ? Code.Bswap_r32 : Code.Bswap_r64, reg.Wide(width));

    /// <summary>Exchanges neighbouring fields: reg = ((reg &amp; mask) &lt;&lt; shift) | ((reg >> shift) &amp; mask). Uses rax.</summary>
    void EmitSwapFields(HostReg reg, int width, int shift, ulong mask)
    {
        alloc.Move(HostReg.Rax, reg, IrType.I64);
        EmitShift(Code.Shr_rm32_imm8, Code.Shr_rm64_imm8, width, HostReg.Rax, shift);
        EmitMask(HostReg.Rax, width, mask);
        EmitMask(reg, width, mask);
        EmitShift(Code.Shl_rm32_imm8, Code.Shl_rm64_imm8, width, reg, shift);
        EmitAlu(Alu.Or, width, reg, HostReg.Rax);
    }

    void EmitShift(Code code32, Code code64, int width, HostReg reg, int amount) => asm.Emit(width == 32 ? code32 : code64, reg.Wide(width), amount);

    void EmitMask(HostReg reg, int width, ulong mask)
    {
        if (width == 32) EmitAlu(Alu.And, 32, reg, (int)mask);
        else if ((long)mask == (int)mask) EmitAlu(Alu.And, 64, reg, (int)mask);
        else if (mask <= int.MaxValue) EmitAlu(Alu.And, 32, reg, (int)mask);
        else EmitAlu(Alu.And, 64, reg, Pool(mask));
    }

    void LowerShift(int i, ref IrOp op, int width)
    {
        if (IsConstant(op.B, out long amount))
        {
            LowerShiftByConstant(i, ref op, width, (int)amount & (width - 1));
            return;
        }
        if (features.Bmi2 && op.Opcode != Opcode.Ror)
        {
            HostReg value = alloc.Use(op.A), count = alloc.Use(op.B);
            asm.Emit(FlaglessShift(op.Opcode, width), alloc.DefineOver(i).Wide(width), value.Wide(width), count.Wide(width));
            return;
        }
        ClobberFlags();
        alloc.Reserve(HostReg.Rcx);
        alloc.CopyTo(HostReg.Rcx, op.B);
        HostReg target = alloc.DefineFrom(i, op.A);
        asm.Emit((op.Opcode, width) switch
        {
            (Opcode.Shl, 32) => Code.Shl_rm32_CL,
            (Opcode.Shl, _) => Code.Shl_rm64_CL,
            (Opcode.Shr, 32) => Code.Shr_rm32_CL,
            (Opcode.Shr, _) => Code.Shr_rm64_CL,
            (Opcode.Sar, 32) => Code.Sar_rm32_CL,
            (Opcode.Sar, _) => Code.Sar_rm64_CL,
            (_, 32) => Code.Ror_rm32_CL,
            _ => Code.Ror_rm64_CL,
        }, target.Wide(width), Register.CL);
    }

    static Code FlaglessShift(Opcode opcode, int width) => (opcode, width) switch
    {
        (Opcode.Shl, 32) => Code.VEX_Shlx_r32_rm32_r32,
        (Opcode.Shl, _) => Code.VEX_Shlx_r64_rm64_r64,
        (Opcode.Shr, 32) => Code.VEX_Shrx_r32_rm32_r32,
        (Opcode.Shr, _) => Code.VEX_Shrx_r64_rm64_r64,
        (_, 32) => Code.VEX_Sarx_r32_rm32_r32,
        _ => Code.VEX_Sarx_r64_rm64_r64,
    };

    void LowerShiftByConstant(int i, ref IrOp op, int width, int amount)
    {
        if (amount == 0)
        {
            // A plain copy that still leaves a zero upper half for I32.
            HostReg copy = DefineAfterUse(i, op.A, out HostReg source);
            alloc.Move(copy, source, op.Type);
            return;
        }
        if (FlagsAreBusy && op.Opcode != Opcode.Ror)
        {
            HostReg value = alloc.Use(op.A);
            HostReg result = alloc.DefineOver(i);
            alloc.LoadConstant(HostReg.Rax, IrType.I32, amount);
            asm.Emit(FlaglessShift(op.Opcode, width), result.Wide(width), value.Wide(width), HostReg.Rax.Wide(width));
            return;
        }
        if (op.Opcode == Opcode.Ror && features.Bmi2)
        {
            HostReg rotated = DefineAfterUse(i, op.A, out HostReg value);
            asm.Emit(width == 32 ? Code.VEX_Rorx_r32_rm32_imm8 : Code.VEX_Rorx_r64_rm64_imm8, rotated.Wide(width), value.Wide(width), amount);
            return;
        }
        if (op.Opcode == Opcode.Shl && amount <= 3 && !Dies(op.A, i))
        {
            HostReg scaled = DefineAfterUse(i, op.A, out HostReg value);
            if (amount == 1) EmitLea(scaled, width, new MemoryOperand(value.R64(), value.R64(), 1));
            else EmitLea(scaled, width, new MemoryOperand(Register.None, value.R64(), 1 << amount, 0, 4));
            return;
        }
        ClobberFlags();
        HostReg target = alloc.DefineFrom(i, op.A);
        (Code code32, Code code64) = op.Opcode switch
        {
            Opcode.Shl => (Code.Shl_rm32_imm8, Code.Shl_rm64_imm8),
            Opcode.Shr => (Code.Shr_rm32_imm8, Code.Shr_rm64_imm8),
            Opcode.Sar => (Code.Sar_rm32_imm8, Code.Sar_rm64_imm8),
            _ => (Code.Ror_rm32_imm8, Code.Ror_rm64_imm8),
        };
        EmitShift(code32, code64, width, target, amount);
    }

    void LowerExtractPair(int i, ref IrOp op, int width)
    {
        ClobberFlags();
        HostReg high = alloc.Use(op.A);
        HostReg target = alloc.DefineFrom(i, op.B);
        asm.Emit(width == 32 ? Code.Shrd_rm32_r32_imm8 : Code.Shrd_rm64_r64_imm8, target.Wide(width), high.Wide(width), (int)op.Imm);
    }

    void LowerExtractUnsigned(int i, ref IrOp op, int width)
    {
        int lsb = op.Aux, size = (int)op.Imm;
        if (lsb == 0 && size is 8 or 16 or 32)
        {
            HostReg extended = DefineAfterUse(i, op.A, out HostReg source);
            if (size == 8) asm.Emit(Code.Movzx_r32_rm8, extended.R32(), source.R8());
            else if (size == 16) asm.Emit(Code.Movzx_r32_rm16, extended.R32(), source.R16());
            else asm.Emit(Code.Mov_r32_rm32, extended.R32(), source.R32());
            return;
        }
        ClobberFlags();
        HostReg target = alloc.DefineFrom(i, op.A);
        if (lsb + size == width)
        {
            EmitShift(Code.Shr_rm32_imm8, Code.Shr_rm64_imm8, width, target, lsb);
        }
        else if (size < 32)
        {
            if (lsb != 0) EmitShift(Code.Shr_rm32_imm8, Code.Shr_rm64_imm8, width, target, lsb);
            EmitAlu(Alu.And, 32, target, (1 << size) - 1);
        }
        else
        {
            EmitShift(Code.Shl_rm32_imm8, Code.Shl_rm64_imm8, width, target, width - lsb - size);
            EmitShift(Code.Shr_rm32_imm8, Code.Shr_rm64_imm8, width, target, width - size);
        }
    }

    void LowerExtractSigned(int i, ref IrOp op, int width)
    {
        int lsb = op.Aux, size = (int)op.Imm;
        if (lsb == 0 && size is 8 or 16 or 32)
        {
            HostReg extended = DefineAfterUse(i, op.A, out HostReg source);
            if (size == 8) asm.Emit(width == 32 ? Code.Movsx_r32_rm8 : Code.Movsx_r64_rm8, extended.Wide(width), source.R8());
            else if (size == 16) asm.Emit(width == 32 ? Code.Movsx_r32_rm16 : Code.Movsx_r64_rm16, extended.Wide(width), source.R16());
            else if (width == 32) asm.Emit(Code.Mov_r32_rm32, extended.R32(), source.R32());
            else asm.Emit(Code.Movsxd_r64_rm32, extended.R64(), source.R32());
            return;
        }
        ClobberFlags();
        HostReg target = alloc.DefineFrom(i, op.A);
        int up = width - lsb - size;
        if (up != 0) EmitShift(Code.Shl_rm32_imm8, Code.Shl_rm64_imm8, width, target, up);
        EmitShift(Code.Sar_rm32_imm8, Code.Sar_rm64_imm8, width, target, width - size);
    }

    // BFI: the field comes through rax, which never holds a value.
    void LowerInsert(int i, ref IrOp op, int width)
    {
        int lsb = op.Aux, size = (int)op.Imm;
        ClobberFlags();
        if (size == width)
        {
            HostReg all = DefineAfterUse(i, op.B, out HostReg source);
            alloc.Move(all, source, op.Type);
            return;
        }
        ulong mask = (1ul << size) - 1;
        HostReg field = alloc.Use(op.B);
        HostReg target = alloc.DefineFrom(i, op.A);
        alloc.Move(HostReg.Rax, field, op.Type);
        if (lsb + size < width) EmitMask(HostReg.Rax, width, mask);
        if (lsb != 0) EmitShift(Code.Shl_rm32_imm8, Code.Shl_rm64_imm8, width, HostReg.Rax, lsb);
        EmitMask(target, width, ~(mask << lsb));
        EmitAlu(Alu.Or, width, target, HostReg.Rax);
    }

    void LowerCrc32C(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg bytes = alloc.Use(op.B);
        HostReg target = alloc.DefineFrom(i, op.A);
        switch (op.Aux)
        {
            case 0: asm.Emit(Code.Crc32_r32_rm8, target.R32(), bytes.R8()); break;
            case 1: asm.Emit(Code.Crc32_r32_rm16, target.R32(), bytes.R16()); break;
            case 2: asm.Emit(Code.Crc32_r32_rm32, target.R32(), bytes.R32()); break;
            default: asm.Emit(Code.Crc32_r64_rm64, target.R64(), bytes.R64()); break;
        }
    }

    /// <summary>Barrett constants of the reflected polynomial 0xEDB88320: floor(x^64 / P) and P, both bit-reversed with their top term.</summary>
    const ulong CrcReciprocal = 0x1_F701_1641, CrcPolynomial = 0x1_DB71_0641;

    // n data bits advance the register by n zero bits of (crc ^ data): carry-less multiplication by the reciprocal and the polynomial, 32 bits at a time.
    void LowerCrc32(int i, ref IrOp op)
    {
        ClobberFlags();
        int bits = 8 << op.Aux;
        HostReg bytes = alloc.Use(op.B);
        HostReg accumulator = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        MemoryOperand reciprocal = Pool(CrcReciprocal), polynomial = Pool(CrcPolynomial);
        asm.Emit(Code.Mov_r32_rm32, Register.EAX, accumulator.R32());
        EmitAlu(Alu.Xor, 32, HostReg.Rax, bytes);
        if (bits < 32) asm.Emit(Code.Shl_rm32_imm8, Register.EAX, 32 - bits);
        EmitCrcReduce(reciprocal, polynomial);
        if (bits < 32)
        {
            asm.Emit(Code.Mov_r32_rm32, target.R32(), accumulator.R32());
            asm.Emit(Code.Shr_rm32_imm8, target.R32(), bits);
            EmitAlu(Alu.Xor, 32, target, HostReg.Rax);
            return;
        }
        if (bits == 64)
        {
            asm.Emit(Code.Mov_r64_rm64, target.R64(), bytes.R64());
            asm.Emit(Code.Shr_rm64_imm8, target.R64(), 32);
            EmitAlu(Alu.Xor, 32, HostReg.Rax, target);
            EmitCrcReduce(reciprocal, polynomial);
        }
        asm.Emit(Code.Mov_r32_rm32, target.R32(), Register.EAX);
    }

    /// <summary>eax advanced by 32 zero bits.</summary>
    void EmitCrcReduce(in MemoryOperand reciprocal, in MemoryOperand polynomial)
    {
        Register x = HostRegs.ScratchX.X();
        asm.Emit(Code.VEX_Vmovd_xmm_rm32, x, Register.EAX);
        asm.Emit(Code.VEX_Vpclmulqdq_xmm_xmm_xmmm128_imm8, x, x, reciprocal, 0);
        asm.Emit(Code.VEX_Vmovd_rm32_xmm, Register.EAX, x);
        asm.Emit(Code.VEX_Vmovd_xmm_rm32, x, Register.EAX);
        asm.Emit(Code.VEX_Vpclmulqdq_xmm_xmm_xmmm128_imm8, x, x, polynomial, 0);
        asm.Emit(Code.VEX_Vpextrd_rm32_xmm_imm8, Register.EAX, x, 1);
    }
}
