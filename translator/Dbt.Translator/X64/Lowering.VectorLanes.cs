using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Vector operations that move elements about: unzip, transpose, reverse, broadcast, insert, extract, tables. None of these changes the host's flags.</summary>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>Ones in the low half of every element of double the size.</summary>
    static ulong LowHalves(int size) => size switch { 0 => 0x00FF_00FF_00FF_00FF, 1 => 0x0000_FFFF_0000_FFFF, _ => 0x0000_0000_FFFF_FFFF };

    void LowerVectorLanes(int i, ref IrOp op, int size)
    {
        switch (op.Opcode)
        {
            case Opcode.VUnzipEven or Opcode.VUnzipOdd: LowerUnzip(i, ref op, size, op.Opcode == Opcode.VUnzipOdd); break;
            case Opcode.VTransposeEven: LowerTransposeEven(i, ref op, size); break;
            case Opcode.VTransposeOdd: LowerTransposeOdd(i, ref op, size); break;
            case Opcode.VExtractBytes: LowerExtractBytes(i, ref op); break;
            case Opcode.VReverse: LowerVReverse(i, ref op, size); break;
            case Opcode.VReverseBits: LowerVReverseBits(i, ref op); break;
            case Opcode.VBroadcast: LowerBroadcast(i, ref op, size); break;
            case Opcode.VBroadcastLane: LowerBroadcastLane(i, ref op, size); break;
            case Opcode.VInsert: LowerVInsert(i, ref op, size); break;
            case Opcode.VInsertLane: LowerInsertLane(i, ref op, size); break;
            case Opcode.VExtract: LowerVExtract(i, ref op, size); break;
            case Opcode.VExtractSigned: LowerVExtractSigned(i, ref op, size); break;
            case Opcode.VTable:
                // An index above 15 gets its bit 7, for which PSHUFB gives 0; one below keeps its low four bits.
                HostReg table = alloc.Use(op.A), indices = alloc.Use(op.B);
                asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, HostRegs.ScratchX.X(), Pool(0x7070_7070_7070_7070));
                Emit(Code.VEX_Vpaddusb_xmm_xmm_xmmm128, HostRegs.ScratchX, indices, HostRegs.ScratchX);
                Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, alloc.DefineOver(i), table, HostRegs.ScratchX);
                break;
            case Opcode.VNarrow:
                Shuffle(i, ref op, size switch { 0 => 0x0E0C_0A08_0604_0200, 1 => 0x0D0C_0908_0504_0100, _ => 0x0B0A_0908_0302_0100 }, 0x8080_8080_8080_8080);
                break;
            default: LowerVectorInteger(i, ref op, size); break;
        }
    }

    void Shuffle(int i, ref IrOp op, ulong low, ulong high)
    {
        HostReg result = DefineAfterUse(i, op.A, out HostReg a);
        Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, result, a, Pool(low, high));
    }

    void LowerUnzip(int i, ref IrOp op, int size, bool odd)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        switch (size)
        {
            case 3: Emit(odd ? Code.VEX_Vpunpckhqdq_xmm_xmm_xmmm128 : Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128, alloc.DefineOver(i), a, b); break;
            case 2: Emit(Code.VEX_Vshufps_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), a, b, odd ? 0xDD : 0x88); break;
            default: EmitUnzipNarrow(alloc.Define(i), a, b, size, odd, HostRegs.ScratchX); break;
        }
    }

    // Bytes and halfwords: the wanted part of every double element, packed. target differs from b; scratch from both.
    void EmitUnzipNarrow(HostReg target, HostReg a, HostReg b, int size, bool odd, HostReg scratch)
    {
        if (odd)
        {
            Code shift = size == 0 ? Code.VEX_Vpsrlw_xmm_xmm_imm8 : Code.VEX_Vpsrld_xmm_xmm_imm8;
            Emit(shift, target, a, 8 << size);
            Emit(shift, scratch, b, 8 << size);
        }
        else
        {
            MemoryOperand mask = Pool(LowHalves(size));
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, target, a, mask);
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, scratch, b, mask);
        }
        Emit(size == 0 ? Code.VEX_Vpackuswb_xmm_xmm_xmmm128 : Code.VEX_Vpackusdw_xmm_xmm_xmmm128, target, target, scratch);
    }

    /// <summary>Even or odd elements of a and b of any size; target differs from b, scratch from both.</summary>
    void EmitUnzip(HostReg target, HostReg a, HostReg b, int size, bool odd, HostReg scratch)
    {
        if (size == 3) Emit(odd ? Code.VEX_Vpunpckhqdq_xmm_xmm_xmmm128 : Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128, target, a, b);
        else if (size == 2) Emit(Code.VEX_Vshufps_xmm_xmm_xmmm128_imm8, target, a, b, odd ? 0xDD : 0x88);
        else EmitUnzipNarrow(target, a, b, size, odd, scratch);
    }

    void LowerTransposeEven(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        switch (size)
        {
            case 0:
                Emit(Code.VEX_Vpsllw_xmm_xmm_imm8, s1, b, 8);
                Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, a, Pool(LowHalves(0)));
                Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, alloc.DefineOver(i), s1, s2);
                break;
            case 1:
                Emit(Code.VEX_Vpslld_xmm_xmm_imm8, s1, b, 16);
                Emit(Code.VEX_Vpblendw_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), a, s1, 0xAA);
                break;
            case 2:
                Emit(Code.VEX_Vpsllq_xmm_xmm_imm8, s1, b, 32);
                Emit(Code.VEX_Vpblendw_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), a, s1, 0b1100_1100);
                break;
            default:
                Emit(Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128, alloc.DefineOver(i), a, b);
                break;
        }
    }

    void LowerTransposeOdd(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        switch (size)
        {
            case 0:
                Emit(Code.VEX_Vpsrlw_xmm_xmm_imm8, s1, a, 8);
                Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, b, Pool(~LowHalves(0)));
                Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, alloc.DefineOver(i), s1, s2);
                break;
            case 1:
                Emit(Code.VEX_Vpsrld_xmm_xmm_imm8, s1, a, 16);
                Emit(Code.VEX_Vpblendw_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), s1, b, 0xAA);
                break;
            case 2:
                Emit(Code.VEX_Vpsrlq_xmm_xmm_imm8, s1, a, 32);
                Emit(Code.VEX_Vpblendw_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), s1, b, 0b1100_1100);
                break;
            default:
                Emit(Code.VEX_Vpunpckhqdq_xmm_xmm_xmmm128, alloc.DefineOver(i), a, b);
                break;
        }
    }

    void LowerExtractBytes(int i, ref IrOp op)
    {
        if (op.Imm == 0)
        {
            alloc.DefineFrom(i, op.A);
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        Emit(Code.VEX_Vpalignr_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), b, a, (int)op.Imm);
    }

    void LowerVReverse(int i, ref IrOp op, int size)
    {
        int container = (int)op.Imm;
        if (size == 2 && container == 3)
        {
            VectorUnary(i, ref op, Code.VEX_Vpshufd_xmm_xmmm128_imm8, 0xB1);
            return;
        }
        // Byte k of the result comes from the byte at the same place of the mirrored element.
        int flip = ((1 << container) - 1) & ~((1 << size) - 1);
        ulong low = 0;
        for (int k = 0; k < 8; k++) low |= (ulong)(k ^ flip) << (8 * k);
        Shuffle(i, ref op, low, low + 0x0808_0808_0808_0808);
    }

    void LowerVReverseBits(int i, ref IrOp op)
    {
        if (features.Gfni)
        {
            HostReg reversed = DefineAfterUse(i, op.A, out HostReg bytes);
            asm.Emit(Code.VEX_Vgf2p8affineqb_xmm_xmm_xmmm128_imm8, reversed.X(), bytes.X(), Pool(0x8040_2010_0804_0201), 0);
            return;
        }
        HostReg a = alloc.Use(op.A), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg result = alloc.Define(i);
        SplitNibbles(a, low: s1, high: s2);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, result.X(), Pool(0xE060_A020_C040_8000, 0xF070_B030_D050_9010));
        Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, s1, result, s1);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, result.X(), Pool(0x0E06_0A02_0C04_0800, 0x0F07_0B03_0D05_0901));
        Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, s2, result, s2);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, s1, s2);
    }

    /// <summary>The low and the high four bits of every byte.</summary>
    void SplitNibbles(HostReg a, HostReg low, HostReg high)
    {
        MemoryOperand mask = Pool(0x0F0F_0F0F_0F0F_0F0F);
        Emit(Code.VEX_Vpsrlw_xmm_xmm_imm8, high, a, 4);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, low, a, mask);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, high, high, mask);
    }

    void LowerBroadcast(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A);
        HostReg result = alloc.Define(i);
        if (size == 3) asm.Emit(Code.VEX_Vmovq_xmm_rm64, result.X(), a.R64());
        else asm.Emit(Code.VEX_Vmovd_xmm_rm32, result.X(), a.R32());
        EmitBroadcast(result, result, size);
    }

    /// <summary>The lowest element in every element.</summary>
    void EmitBroadcast(HostReg target, HostReg source, int size)
    {
        if (features.Avx2) Emit(BroadcastLanes[size], target, source);
        else if (size == 3) Emit(Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128, target, source, source);
        else if (size == 2) Emit(Code.VEX_Vpshufd_xmm_xmmm128_imm8, target, source, 0);
        else Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, target, source, Pool(size == 1 ? 0x0100_0100_0100_0100ul : 0));
    }

    void LowerBroadcastLane(int i, ref IrOp op, int size)
    {
        int lane = (int)op.Imm;
        if (lane == 0 && features.Avx2)
        {
            VectorUnary(i, ref op, BroadcastLanes[size]);
            return;
        }
        HostReg result = DefineAfterUse(i, op.A, out HostReg a);
        switch (size)
        {
            case 3 when lane == 1: Emit(Code.VEX_Vpunpckhqdq_xmm_xmm_xmmm128, result, a, a); break;
            case 2: Emit(Code.VEX_Vpshufd_xmm_xmmm128_imm8, result, a, lane * 0x55); break;
            default:
                if (lane != 0)
                {
                    Emit(Code.VEX_Vpsrldq_xmm_xmm_imm8, result, a, lane << size);
                    a = result;
                }
                EmitBroadcast(result, a, size);
                break;
        }
    }

    void LowerVInsert(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg result = alloc.DefineOver(i);
        EmitInsert(result, a, size, (int)op.Imm, b);
    }

    void EmitInsert(HostReg result, HostReg a, int size, int lane, HostReg integer) => asm.Emit(size switch
    {
        0 => Code.VEX_Vpinsrb_xmm_xmm_r32m8_imm8,
        1 => Code.VEX_Vpinsrw_xmm_xmm_r32m16_imm8,
        2 => Code.VEX_Vpinsrd_xmm_xmm_rm32_imm8,
        _ => Code.VEX_Vpinsrq_xmm_xmm_rm64_imm8,
    }, result.X(), a.X(), integer.Wide(size == 3 ? 64 : 32), lane);

    void LowerInsertLane(int i, ref IrOp op, int size)
    {
        int lane = (int)op.Imm & 15, from = (int)(op.Imm >> 4);
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        if (size < 2)
        {
            EmitExtract(HostReg.Rax, b, size, from);
            EmitInsert(alloc.DefineOver(i), a, size, lane, HostReg.Rax);
            return;
        }
        HostReg result = alloc.DefineOver(i);
        switch (size, lane, from)
        {
            case (2, _, _): Emit(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, result, a, b, (from << 6) | (lane << 4)); break;
            case (_, 0, 0): Emit(Code.VEX_Vblendpd_xmm_xmm_xmmm128_imm8, result, a, b, 0b01); break;
            case (_, 0, _): Emit(Code.VEX_Vshufpd_xmm_xmm_xmmm128_imm8, result, b, a, 0b11); break;
            case (_, _, 0): Emit(Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128, result, a, b); break;
            default: Emit(Code.VEX_Vblendpd_xmm_xmm_xmmm128_imm8, result, a, b, 0b10); break;
        }
    }

    /// <summary>An element, zero-extended to 64 bits.</summary>
    void EmitExtract(HostReg target, HostReg vector, int size, int lane)
    {
        switch (size)
        {
            case 0: asm.Emit(Code.VEX_Vpextrb_r32m8_xmm_imm8, target.R32(), vector.X(), lane); break;
            case 1: asm.Emit(Code.VEX_Vpextrw_r32_xmm_imm8, target.R32(), vector.X(), lane); break;
            case 2 when lane == 0: asm.Emit(Code.VEX_Vmovd_rm32_xmm, target.R32(), vector.X()); break;
            case 2: asm.Emit(Code.VEX_Vpextrd_rm32_xmm_imm8, target.R32(), vector.X(), lane); break;
            case 3 when lane == 0: asm.Emit(Code.VEX_Vmovq_rm64_xmm, target.R64(), vector.X()); break;
            default: asm.Emit(Code.VEX_Vpextrq_rm64_xmm_imm8, target.R64(), vector.X(), lane); break;
        }
    }

    void LowerVExtract(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        // An I32 of a 64-bit element is its low half; its register must have a zero upper half.
        if (size == 3 && op.Type == IrType.I32) EmitExtract(target, a, 2, (int)op.Imm * 2);
        else EmitExtract(target, a, size, (int)op.Imm);
    }

    void LowerVExtractSigned(int i, ref IrOp op, int size)
    {
        LowerVExtract(i, ref op, size);
        HostReg target = values[i].Reg;
        bool wide = op.Type == IrType.I64;
        switch (size)
        {
            case 0: asm.Emit(wide ? Code.Movsx_r64_rm8 : Code.Movsx_r32_rm8, target.Wide(wide ? 64 : 32), target.R8()); break;
            case 1: asm.Emit(wide ? Code.Movsx_r64_rm16 : Code.Movsx_r32_rm16, target.Wide(wide ? 64 : 32), target.R16()); break;
            case 2 when wide: asm.Emit(Code.Movsxd_r64_rm32, target.R64(), target.R32()); break;
        }
    }
}
