using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Operations that move elements about, and pairwise ones, which do so first.</summary>
public sealed unsafe partial class BlockEmitter
{
    static readonly Code[] VZipLowCodes = [Code.VEX_Vpunpcklbw_xmm_xmm_xmmm128, Code.VEX_Vpunpcklwd_xmm_xmm_xmmm128, Code.VEX_Vpunpckldq_xmm_xmm_xmmm128, Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128];
    static readonly Code[] VZipHighCodes = [Code.VEX_Vpunpckhbw_xmm_xmm_xmmm128, Code.VEX_Vpunpckhwd_xmm_xmm_xmmm128, Code.VEX_Vpunpckhdq_xmm_xmm_xmmm128, Code.VEX_Vpunpckhqdq_xmm_xmm_xmmm128];
    static readonly Code[] VBroadcastCodes = [Code.VEX_Vpbroadcastb_xmm_xmmm8, Code.VEX_Vpbroadcastw_xmm_xmmm16, Code.VEX_Vpbroadcastd_xmm_xmmm32, Code.VEX_Vpbroadcastq_xmm_xmmm64];

    void LowerVectorPermute(int i, ref IrOp op)
    {
        int size = op.Aux, imm = (int)op.Imm;
        switch (op.Opcode)
        {
            case Opcode.VZipLow: VectorBinary(i, ref op, VZipLowCodes[size]); break;
            case Opcode.VZipHigh: VectorBinary(i, ref op, VZipHighCodes[size]); break;
            case Opcode.VUnzipEven or Opcode.VUnzipOdd:
                HostReg low = alloc.Use(op.A), high = alloc.Use(op.B);
                EmitUnzip(alloc.Define(i), low, high, size, op.Opcode == Opcode.VUnzipOdd);
                break;
            case Opcode.VTransposeEven or Opcode.VTransposeOdd: LowerVTranspose(i, ref op, size, op.Opcode == Opcode.VTransposeOdd); break;
            case Opcode.VExtractBytes:
                HostReg lower = alloc.Use(op.A), upper = alloc.Use(op.B);
                V3(Code.VEX_Vpalignr_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), upper, lower, imm);
                break;
            case Opcode.VReverse: LowerVReverse(i, ref op, size, imm); break;
            case Opcode.VBroadcast: LowerVBroadcast(i, ref op, size); break;
            case Opcode.VBroadcastLane: LowerVBroadcastLane(i, ref op, size, imm); break;
            case Opcode.VInsert:
                HostReg into = alloc.Use(op.A), element = alloc.Use(op.B);
                HostReg inserted = alloc.DefineOver(i);
                asm.Emit(size switch
                {
                    0 => Code.VEX_Vpinsrb_xmm_xmm_r32m8_imm8,
                    1 => Code.VEX_Vpinsrw_xmm_xmm_r32m16_imm8,
                    2 => Code.VEX_Vpinsrd_xmm_xmm_rm32_imm8,
                    _ => Code.VEX_Vpinsrq_xmm_xmm_rm64_imm8,
                }, inserted.X(), into.X(), element.Wide(size == 3 ? 64 : 32), imm);
                break;
            case Opcode.VInsertLane: LowerVInsertLane(i, ref op, size, imm & 15, imm >> 4); break;
            case Opcode.VExtract:
                HostReg from = alloc.Use(op.A);
                EmitExtract(alloc.Define(i), from, ref op, size, imm);
                break;
            case Opcode.VExtractSigned: LowerVExtractSigned(i, ref op, size, imm); break;
            case Opcode.VTable: LowerVTable(i, ref op); break;
            case Opcode.VNarrow: LowerVNarrow(i, ref op, size); break;
            case Opcode.VWidenUnsigned: VectorUnary(i, ref op, VWidenUCodes[size]); break;
            case Opcode.VWidenSigned: VectorUnary(i, ref op, VWidenSCodes[size]); break;
            case Opcode.VHighHalf:
                HostReg whole = alloc.Use(op.A);
                V2(Code.VEX_Vpsrldq_xmm_xmm_imm8, alloc.DefineOver(i), whole, 8);
                break;
            case Opcode.VCombineLow: VectorBinary(i, ref op, Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128); break;
            case Opcode.VPairAdd when size is 1 or 2: VectorBinary(i, ref op, size == 1 ? Code.VEX_Vphaddw_xmm_xmm_xmmm128 : Code.VEX_Vphaddd_xmm_xmm_xmmm128); break;
            default: LowerPairwise(i, ref op, size); break;
        }
    }

    /// <summary>Even or odd elements of low, then of high. target differs from both; Sx is overwritten.</summary>
    void EmitUnzip(HostReg target, HostReg low, HostReg high, int size, bool odd)
    {
        switch (size)
        {
            case 0 or 1:
                // As numbers of double size below 2^width the saturating packs only narrow.
                if (odd)
                {
                    Code shift = size == 0 ? Code.VEX_Vpsrlw_xmm_xmm_imm8 : Code.VEX_Vpsrld_xmm_xmm_imm8;
                    V2(shift, target, low, 8 << size);
                    if (low != high) V2(shift, Sx, high, 8 << size);
                }
                else
                {
                    MemoryOperand mask = Pool(size == 0 ? 0x00FF_00FF_00FF_00FFUL : 0x0000_FFFF_0000_FFFF);
                    V3(Code.VEX_Vpand_xmm_xmm_xmmm128, target, low, mask);
                    if (low != high) V3(Code.VEX_Vpand_xmm_xmm_xmmm128, Sx, high, mask);
                }
                V3(size == 0 ? Code.VEX_Vpackuswb_xmm_xmm_xmmm128 : Code.VEX_Vpackusdw_xmm_xmm_xmmm128, target, target, low != high ? Sx : target);
                break;
            case 2: V3(Code.VEX_Vshufps_xmm_xmm_xmmm128_imm8, target, low, high, odd ? 0xDD : 0x88); break;
            default: V3((odd ? VZipHighCodes : VZipLowCodes)[3], target, low, high); break;
        }
    }

    void LowerVTranspose(int i, ref IrOp op, int size, bool odd)
    {
        if (size == 3)
        {
            VectorBinary(i, ref op, (odd ? VZipHighCodes : VZipLowCodes)[3]);
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.DefineOver(i);
        int width = 8 << size;
        if (odd) EmitShiftRight(Sx, a, size + 1, width);
        else EmitShiftLeft(Sx, b, size + 1, width);
        HostReg evens = odd ? Sx : a, odds = odd ? b : Sx;
        if (size == 0)
        {
            asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, Sx2.X(), Pool(0xFF00_FF00_FF00_FF00));
            asm.Emit(Code.VEX_Vpblendvb_xmm_xmm_xmmm128_xmm, target.X(), evens.X(), odds.X(), Sx2.X());
        }
        else
        {
            V3(Code.VEX_Vpblendw_xmm_xmm_xmmm128_imm8, target, evens, odds, size == 1 ? 0xAA : 0xCC);
        }
    }

    void LowerVReverse(int i, ref IrOp op, int size, int container)
    {
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.DefineOver(i);
        if (size == 2)
        {
            V2(Code.VEX_Vpshufd_xmm_xmmm128_imm8, target, a, 0xB1);
            return;
        }
        int flip = ((1 << container) - 1) & ~((1 << size) - 1);
        V3(Code.VEX_Vpshufb_xmm_xmm_xmmm128, target, a, FlippedTable(flip));
    }

    /// <summary>The byte table that takes byte k from k ^ flip.</summary>
    MemoryOperand FlippedTable(int flip)
    {
        const ulong identity = 0x0706_0504_0302_0100, upper = 0x0808_0808_0808_0808;
        ulong low = identity ^ ((ulong)flip * 0x0101_0101_0101_0101);
        return Pool(low, low ^ upper);
    }

    void LowerVBroadcast(int i, ref IrOp op, int size)
    {
        HostReg source = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        if (features.Avx512)
        {
            asm.Emit(size switch
            {
                0 => Code.EVEX_Vpbroadcastb_xmm_k1z_r32,
                1 => Code.EVEX_Vpbroadcastw_xmm_k1z_r32,
                2 => Code.EVEX_Vpbroadcastd_xmm_k1z_r32,
                _ => Code.EVEX_Vpbroadcastq_xmm_k1z_r64,
            }, target.X(), source.Wide(size == 3 ? 64 : 32));
            return;
        }
        asm.Emit(size == 3 ? Code.VEX_Vmovq_xmm_rm64 : Code.VEX_Vmovd_xmm_rm32, target.X(), source.Wide(size == 3 ? 64 : 32));
        V2(VBroadcastCodes[size], target, target);
    }

    void LowerVBroadcastLane(int i, ref IrOp op, int size, int lane)
    {
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.DefineOver(i);
        if (lane == 0) V2(VBroadcastCodes[size], target, a);
        else if (size >= 2) V2(Code.VEX_Vpshufd_xmm_xmmm128_imm8, target, a, size == 3 ? 0xEE : lane * 0x55);
        else V3(Code.VEX_Vpshufb_xmm_xmm_xmmm128, target, a, Pool(size == 0 ? (ulong)lane * 0x0101_0101_0101_0101 : (ulong)(2 * lane | (2 * lane + 1) << 8) * 0x0001_0001_0001_0001));
    }

    void LowerVInsertLane(int i, ref IrOp op, int size, int to, int from)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.DefineOver(i);
        switch (size)
        {
            case 0:
                asm.Emit(Code.VEX_Vpextrb_r32m8_xmm_imm8, Register.EAX, b.X(), from);
                asm.Emit(Code.VEX_Vpinsrb_xmm_xmm_r32m8_imm8, target.X(), a.X(), Register.EAX, to);
                break;
            case 1:
                asm.Emit(Code.VEX_Vpextrw_r32_xmm_imm8, Register.EAX, b.X(), from);
                asm.Emit(Code.VEX_Vpinsrw_xmm_xmm_r32m16_imm8, target.X(), a.X(), Register.EAX, to);
                break;
            case 2:
                V3(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, target, a, b, from << 6 | to << 4);
                break;
            default:
                // SHUFPD takes one element of each source: of b for the replaced place, of a for the other.
                if (to == 0) V3(Code.VEX_Vshufpd_xmm_xmm_xmmm128_imm8, target, b, a, from | 2);
                else V3(Code.VEX_Vshufpd_xmm_xmm_xmmm128_imm8, target, a, b, from << 1);
                break;
        }
    }

    /// <summary>An I32 of a 64-bit element is the lower half of it: a 32-bit result has a zero upper half.</summary>
    void EmitExtract(HostReg target, HostReg a, ref IrOp op, int size, int lane)
    {
        if (size == 3 && op.Type == IrType.I32) EmitExtract(target, a, 2, 2 * lane);
        else EmitExtract(target, a, size, lane);
    }

    void EmitExtract(HostReg target, HostReg a, int size, int lane)
    {
        switch (size)
        {
            case 0: asm.Emit(Code.VEX_Vpextrb_r32m8_xmm_imm8, target.R32(), a.X(), lane); break;
            case 1: asm.Emit(Code.VEX_Vpextrw_r32_xmm_imm8, target.R32(), a.X(), lane); break;
            case 2 when lane == 0: asm.Emit(Code.VEX_Vmovd_rm32_xmm, target.R32(), a.X()); break;
            case 2: asm.Emit(Code.VEX_Vpextrd_rm32_xmm_imm8, target.R32(), a.X(), lane); break;
            case 3 when lane == 0: asm.Emit(Code.VEX_Vmovq_rm64_xmm, target.R64(), a.X()); break;
            default: asm.Emit(Code.VEX_Vpextrq_rm64_xmm_imm8, target.R64(), a.X(), lane); break;
        }
    }

    void LowerVExtractSigned(int i, ref IrOp op, int size, int lane)
    {
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        bool wide = op.Type == IrType.I64;
        EmitExtract(target, a, ref op, size, lane);
        switch (size)
        {
            case 0: asm.Emit(wide ? Code.Movsx_r64_rm8 : Code.Movsx_r32_rm8, target.Wide(wide ? 64 : 32), target.R8()); break;
            case 1: asm.Emit(wide ? Code.Movsx_r64_rm16 : Code.Movsx_r32_rm16, target.Wide(wide ? 64 : 32), target.R16()); break;
            case 2 when wide: asm.Emit(Code.Movsxd_r64_rm32, target.R64(), target.R32()); break;
        }
    }

    void LowerVTable(int i, ref IrOp op)
    {
        ref IrOp index = ref block[op.B];
        bool known = index.Opcode == Opcode.VFromPair && IsConstant(index.A, out _) && IsConstant(index.B, out _);
        HostReg table = alloc.Use(op.A), indices = alloc.Use(op.B);
        if (known && IsHostTable((ulong)block[index.A].Imm) && IsHostTable((ulong)block[index.B].Imm))
        {
            V3(Code.VEX_Vpshufb_xmm_xmm_xmmm128, alloc.DefineOver(i), table, indices);
            return;
        }
        // PSHUFB gives zero where bit 7 is set: a saturating addition sets it for everything from 16 on and leaves the low four bits of the others.
        V3(Code.VEX_Vpaddusb_xmm_xmm_xmmm128, Sx, indices, Pool(0x7070_7070_7070_7070));
        V3(Code.VEX_Vpshufb_xmm_xmm_xmmm128, alloc.DefineOver(i), table, Sx);
    }

    /// <summary>Every index is below 16 or has bit 7 set.</summary>
    static bool IsHostTable(ulong half)
    {
        for (int k = 0; k < 8; k++, half >>= 8)
        {
            if ((byte)half is >= 16 and < 128) return false;
        }
        return true;
    }

    void LowerVNarrow(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A);
        MemoryOperand table = Pool(size switch { 0 => 0x0E0C_0A08_0604_0200, 1 => 0x0D0C_0908_0504_0100, _ => 0x0B0A_0908_0302_0100 }, 0x8080_8080_8080_8080);
        V3(Code.VEX_Vpshufb_xmm_xmm_xmmm128, alloc.DefineOver(i), a, table);
    }

    void LowerPairwise(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        EmitUnzip(target, a, b, size, odd: false);
        EmitUnzip(Sx2, a, b, size, odd: true);
        V3(op.Opcode switch
        {
            Opcode.VPairAdd => VAddCodes[size],
            Opcode.VPairMaxUnsigned => VMaxUCodes[size],
            Opcode.VPairMinUnsigned => VMinUCodes[size],
            Opcode.VPairMaxSigned => VMaxSCodes[size],
            _ => VMinSCodes[size],
        }, target, target, Sx2);
    }
}
