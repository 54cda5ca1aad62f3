using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Vector shifts by immediates and by elements.</summary>
public sealed unsafe partial class BlockEmitter
{
    static readonly Code[] ShlImmediate = [Code.INVALID, Code.VEX_Vpsllw_xmm_xmm_imm8, Code.VEX_Vpslld_xmm_xmm_imm8, Code.VEX_Vpsllq_xmm_xmm_imm8];
    static readonly Code[] ShrImmediate = [Code.INVALID, Code.VEX_Vpsrlw_xmm_xmm_imm8, Code.VEX_Vpsrld_xmm_xmm_imm8, Code.VEX_Vpsrlq_xmm_xmm_imm8];
    static readonly Code[] SarImmediate = [Code.INVALID, Code.VEX_Vpsraw_xmm_xmm_imm8, Code.VEX_Vpsrad_xmm_xmm_imm8, Code.EVEX_Vpsraq_xmm_k1z_xmmm128b64_imm8];
    static readonly Code[] ShlVariable = [Code.INVALID, Code.EVEX_Vpsllvw_xmm_k1z_xmm_xmmm128, Code.VEX_Vpsllvd_xmm_xmm_xmmm128, Code.VEX_Vpsllvq_xmm_xmm_xmmm128];
    static readonly Code[] ShrVariable = [Code.INVALID, Code.EVEX_Vpsrlvw_xmm_k1z_xmm_xmmm128, Code.VEX_Vpsrlvd_xmm_xmm_xmmm128, Code.VEX_Vpsrlvq_xmm_xmm_xmmm128];
    static readonly Code[] SarVariable = [Code.INVALID, Code.EVEX_Vpsravw_xmm_k1z_xmm_xmmm128, Code.VEX_Vpsravd_xmm_xmm_xmmm128, Code.EVEX_Vpsravq_xmm_k1z_xmm_xmmm128b64];

    void LowerVectorShiftImmediate(int i, ref IrOp op, int size)
    {
        int amount = (int)op.Imm;
        if (amount == 0)
        {
            alloc.DefineFrom(i, op.A);
            return;
        }
        HostReg result = DefineAfterUse(i, op.A, out HostReg a);
        if (size == 0)
        {
            EmitByteShift(result, a, op.Opcode, amount);
        }
        else if (op.Opcode == Opcode.VSarImmediate && size == 3 && !features.Avx512)
        {
            // The sign, shifted to the bits that come free.
            HostReg sign = HostRegs.ScratchX;
            EmitZero(sign);
            Emit(Code.VEX_Vpcmpgtq_xmm_xmm_xmmm128, sign, sign, a);
            Emit(Code.VEX_Vpsllq_xmm_xmm_imm8, sign, sign, 64 - amount);
            Emit(Code.VEX_Vpsrlq_xmm_xmm_imm8, result, a, amount);
            Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, sign);
        }
        else
        {
            Code[] codes = op.Opcode switch { Opcode.VShlImmediate => ShlImmediate, Opcode.VShrImmediate => ShrImmediate, _ => SarImmediate };
            Emit(codes[size], result, a, amount);
        }
    }

    void EmitByteShift(HostReg result, HostReg a, Opcode opcode, int amount)
    {
        if (opcode == Opcode.VSarImmediate) amount = Math.Min(amount, 7);
        if (features.Gfni)
        {
            asm.Emit(Code.VEX_Vgf2p8affineqb_xmm_xmm_xmmm128_imm8, result.X(), a.X(), Pool(ShiftMatrix(opcode, amount)), 0);
            return;
        }
        ulong kept = (opcode == Opcode.VShlImmediate ? (0xFFu << amount) & 0xFF : 0xFFu >> amount) * 0x0101_0101_0101_0101ul;
        Emit(opcode == Opcode.VShlImmediate ? Code.VEX_Vpsllw_xmm_xmm_imm8 : Code.VEX_Vpsrlw_xmm_xmm_imm8, result, a, amount);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, result, result, Pool(kept));
        if (opcode != Opcode.VSarImmediate) return;
        MemoryOperand sign = Pool((0x80u >> amount) * 0x0101_0101_0101_0101ul);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, result, result, sign);
        Emit(Code.VEX_Vpsubb_xmm_xmm_xmmm128, result, result, sign);
    }

    /// <summary>The GF(2) matrix that shifts a byte: byte 7 - i selects the source bits of result bit i.</summary>
    static ulong ShiftMatrix(Opcode opcode, int amount)
    {
        ulong matrix = 0;
        for (int bit = 0; bit < 8; bit++)
        {
            int from = opcode == Opcode.VShlImmediate ? bit - amount : bit + amount;
            if (opcode == Opcode.VSarImmediate) from = Math.Min(from, 7);
            if (from is >= 0 and < 8) matrix |= 1ul << (8 * (7 - bit) + from);
        }
        return matrix;
    }

    // USHL and SSHL. The host's variable shifts give zeroes (or signs) for counts from the width on, taken as unsigned. A negative amount's byte is such a count for the left
    // shift, and a positive one's negation for the right shift, so both results are combined by OR; only arithmetic right shifts need a choice.
    // Elements that the host cannot shift go through wider ones, one of each group at a time, at their top.
    void LowerVectorShift(int i, ref IrOp op, int size)
    {
        bool signed = op.Opcode == Opcode.VShiftSigned;
        int container = size >= 2 ? size : features.Avx512 ? 1 : 2;
        int groups = 1 << (container - size), width = 8 << size, containerWidth = 8 << container;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), left = HostRegs.ScratchX, right = HostRegs.ScratchX2;
        HostReg count = alloc.Temporary(vector: true), value = groups > 1 ? alloc.Temporary(vector: true) : a;
        HostReg result = alloc.Define(i);
        ulong lanes = container switch { 1 => 0x0001_0001_0001_0001, 2 => 0x0000_0001_0000_0001, _ => 1 };
        MemoryOperand lowByte = Pool(0xFF * lanes), top = Pool((ulong.MaxValue >> (64 - width) << (containerWidth - width)) * lanes);
        for (int group = 0; group < groups; group++)
        {
            int up = containerWidth - width * (group + 1);
            if (groups > 1)
            {
                Emit(ShlImmediate[container], value, a, up);
                Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, value, value, top);
            }
            Emit(ShrImmediate[container], count, b, width * group);
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, count, count, lowByte);
            EmitZero(right);
            Emit(SubLanes[container], right, right, count);
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, right, right, lowByte);
            if (signed) EmitShiftRightArithmetic(right, value, container, scratch: left);
            else Emit(ShrVariable[container], right, value, right);
            Emit(ShlVariable[container], left, value, count);
            if (groups > 1) Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, right, right, top);
            if (signed)
            {
                Emit(GreaterLanes[container], count, count, Pool(127 * lanes));
                asm.Emit(Code.VEX_Vpblendvb_xmm_xmm_xmmm128_xmm, left.X(), left.X(), right.X(), count.X());
            }
            else
            {
                Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, left, left, right);
            }
            if (groups > 1) Emit(ShrImmediate[container], left, left, up);
            if (group == 0) Emit(Code.VEX_Vmovaps_xmm_xmmm128, result, left);
            else Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, left);
        }
    }

    /// <summary>count = value >> count, arithmetic.</summary>
    void EmitShiftRightArithmetic(HostReg count, HostReg value, int size, HostReg scratch)
    {
        if (size < 3 || features.Avx512)
        {
            Emit(SarVariable[size], count, value, count);
            return;
        }
        // Complemented where negative, so that zeroes come in as ones.
        HostReg magnitude = alloc.Temporary(vector: true);
        EmitZero(scratch);
        Emit(Code.VEX_Vpcmpgtq_xmm_xmm_xmmm128, scratch, scratch, value);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, magnitude, value, scratch);
        Emit(Code.VEX_Vpsrlvq_xmm_xmm_xmmm128, count, magnitude, count);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, count, count, scratch);
    }
}
