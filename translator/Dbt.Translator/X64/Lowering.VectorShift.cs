using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Vector shifts and operations on the bits of elements.</summary>
public sealed unsafe partial class BlockEmitter
{
    void LowerVectorShift(int i, ref IrOp op)
    {
        if (op.Opcode is Opcode.VShiftSigned or Opcode.VShiftUnsigned)
        {
            LowerShiftByVector(i, ref op);
            return;
        }
        int size = op.Aux, amount = (int)op.Imm, width = 8 << size;
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.DefineOver(i);
        switch (op.Opcode)
        {
            case Opcode.VShlImmediate: EmitShiftLeft(target, a, size, amount); break;
            case Opcode.VShrImmediate when amount >= width: VZero(target); break;
            case Opcode.VShrImmediate: EmitShiftRight(target, a, size, amount); break;
            default: EmitShiftArithmetic(target, a, size, Math.Min(amount, width - 1)); break;
        }
    }

    void EmitShiftLeft(HostReg target, HostReg a, int size, int amount)
    {
        switch (size)
        {
            case 0:
                V2(Code.VEX_Vpsllw_xmm_xmm_imm8, target, a, amount);
                V3(Code.VEX_Vpand_xmm_xmm_xmmm128, target, target, Pool((ulong)(byte)(0xFF << amount) * 0x0101_0101_0101_0101));
                break;
            case 1: V2(Code.VEX_Vpsllw_xmm_xmm_imm8, target, a, amount); break;
            case 2: V2(Code.VEX_Vpslld_xmm_xmm_imm8, target, a, amount); break;
            default: V2(Code.VEX_Vpsllq_xmm_xmm_imm8, target, a, amount); break;
        }
    }

    void EmitShiftRight(HostReg target, HostReg a, int size, int amount)
    {
        switch (size)
        {
            case 0:
                V2(Code.VEX_Vpsrlw_xmm_xmm_imm8, target, a, amount);
                V3(Code.VEX_Vpand_xmm_xmm_xmmm128, target, target, Pool((ulong)(0xFF >> amount) * 0x0101_0101_0101_0101));
                break;
            case 1: V2(Code.VEX_Vpsrlw_xmm_xmm_imm8, target, a, amount); break;
            case 2: V2(Code.VEX_Vpsrld_xmm_xmm_imm8, target, a, amount); break;
            default: V2(Code.VEX_Vpsrlq_xmm_xmm_imm8, target, a, amount); break;
        }
    }

    void EmitShiftArithmetic(HostReg target, HostReg a, int size, int amount)
    {
        switch (size)
        {
            case 1: V2(Code.VEX_Vpsraw_xmm_xmm_imm8, target, a, amount); break;
            case 2: V2(Code.VEX_Vpsrad_xmm_xmm_imm8, target, a, amount); break;
            case 3 when features.Avx512: V2(Code.EVEX_Vpsraq_xmm_k1z_xmmm128b64_imm8, target, a, amount); break;
            default:
                // The shifted sign bit m: (x ^ m) - m extends it upwards.
                EmitShiftRight(target, a, size, amount);
                MemoryOperand sign = Pool(SignBitOfElements[size] >> amount);
                V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, target, target, sign);
                V3(VSubCodes[size], target, target, sign);
                break;
        }
    }

    /// <summary>Shifts by the signed low byte of each element of b. Host shifts by too much give 0 (or the sign), and a negative amount counts as too much.</summary>
    void LowerShiftByVector(int i, ref IrOp op)
    {
        bool signed = op.Opcode == Opcode.VShiftSigned;
        int size = op.Aux;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        switch (size)
        {
            case 0 when features.Avx512:
                ShiftBytesByVector(target, a, b, signed);
                break;
            case 0:
                ShiftParts(target, a, b, alloc.Temporary(vector: true), alloc.Temporary(vector: true), 4, 8, signed);
                break;
            case 1 when features.Avx512:
                V2(Code.VEX_Vpsllw_xmm_xmm_imm8, Sx, b, 8);
                V2(Code.VEX_Vpsraw_xmm_xmm_imm8, Sx, Sx, 8);
                VZero(Sx2);
                V3(Code.VEX_Vpsubw_xmm_xmm_xmmm128, Sx2, Sx2, Sx);
                V3(signed ? Code.EVEX_Vpsravw_xmm_k1z_xmm_xmmm128 : Code.EVEX_Vpsrlvw_xmm_k1z_xmm_xmmm128, target, a, Sx2);
                V3(Code.EVEX_Vpsllvw_xmm_k1z_xmm_xmmm128, Sx2, a, Sx);
                ChooseBySign(target, Sx2, target, Sx, size, signed);
                break;
            case 1:
                ShiftParts(target, a, b, alloc.Temporary(vector: true), alloc.Temporary(vector: true), 2, 16, signed);
                break;
            case 2:
                ShiftDoublewordsOf(target, a, b, signed);
                break;
            default:
                ShiftQuadwordsOf(target, a, b, signed);
                break;
        }
    }

    /// <summary>target = amounts negative ? right : left. Logical shifts need no choice: the wrong one is zero.</summary>
    void ChooseBySign(HostReg target, HostReg left, HostReg right, HostReg amounts, int size, bool signed)
    {
        if (!signed)
        {
            V3(Code.VEX_Vpor_xmm_xmm_xmmm128, target, left, right);
            return;
        }
        if (size == 1) V2(Code.VEX_Vpsraw_xmm_xmm_imm8, amounts, amounts, 15);
        asm.Emit(size switch
        {
            2 => Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm,
            3 => Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm,
            _ => Code.VEX_Vpblendvb_xmm_xmm_xmmm128_xmm,
        }, target.X(), left.X(), right.X(), amounts.X());
    }

    void ShiftBytesByVector(HostReg target, HostReg a, HostReg b, bool signed)
    {
        // As sixteen words: a left shift beyond the byte leaves nothing in its low half.
        Register wideA = Ymm(Sx), wideB = Ymm(Sx2), wide = Ymm(target);
        asm.Emit(signed ? Code.VEX_Vpmovsxbw_ymm_xmmm128 : Code.VEX_Vpmovzxbw_ymm_xmmm128, wideA, a.X());
        asm.Emit(Code.VEX_Vpmovsxbw_ymm_xmmm128, wideB, b.X());
        asm.Emit(Code.EVEX_Vpsllvw_ymm_k1z_ymm_ymmm256, wide, wideA, wideB);
        asm.Emit(Code.EVEX_Vpmovw2m_kr_ymm, Register.K1, wideB);
        asm.Emit(Code.VEX_Vpabsw_ymm_ymmm256, wideB, wideB);
        Instruction right = Instruction.Create(signed ? Code.EVEX_Vpsravw_ymm_k1z_ymm_ymmm256 : Code.EVEX_Vpsrlvw_ymm_k1z_ymm_ymmm256, wide, wideA, wideB);
        right.OpMask = Register.K1;
        asm.Emit(right);
        asm.Emit(Code.EVEX_Vpmovwb_xmmm128_k1z_ymm, target.X(), wide);
    }

    static Register Ymm(HostReg reg) => Register.YMM0 + (reg - HostReg.Xmm0);

    void ShiftDoublewordsOf(HostReg target, HostReg a, HostReg b, bool signed)
    {
        V2(Code.VEX_Vpslld_xmm_xmm_imm8, Sx, b, 24);
        V2(Code.VEX_Vpsrad_xmm_xmm_imm8, Sx, Sx, 24);
        VZero(Sx2);
        V3(Code.VEX_Vpsubd_xmm_xmm_xmmm128, Sx2, Sx2, Sx);
        V3(signed ? Code.VEX_Vpsravd_xmm_xmm_xmmm128 : Code.VEX_Vpsrlvd_xmm_xmm_xmmm128, target, a, Sx2);
        V3(Code.VEX_Vpsllvd_xmm_xmm_xmmm128, Sx2, a, Sx);
        ChooseBySign(target, Sx2, target, Sx, 2, signed);
    }

    void ShiftQuadwordsOf(HostReg target, HostReg a, HostReg b, bool signed)
    {
        // The byte's sign extended to 64 bits, and its negative.
        V2(Code.VEX_Vpsllq_xmm_xmm_imm8, Sx, b, 56);
        EmitShiftArithmetic(Sx, Sx, 3, 56);
        VZero(Sx2);
        V3(Code.VEX_Vpsubq_xmm_xmm_xmmm128, Sx2, Sx2, Sx);
        if (!signed)
        {
            V3(Code.VEX_Vpsrlvq_xmm_xmm_xmmm128, target, a, Sx2);
        }
        else
        {
            // An arithmetic right shift of a negative number is the complement of the logical one of its complement.
            HostReg sign = alloc.Temporary(vector: true);
            VZero(sign);
            V3(Code.VEX_Vpcmpgtq_xmm_xmm_xmmm128, sign, sign, a);
            V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, target, a, sign);
            V3(Code.VEX_Vpsrlvq_xmm_xmm_xmmm128, target, target, Sx2);
            V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, target, target, sign);
        }
        V3(Code.VEX_Vpsllvq_xmm_xmm_xmmm128, Sx2, a, Sx);
        ChooseBySign(target, Sx2, target, Sx, 3, signed);
    }

    /// <summary>Shifts elements narrower than a doubleword as doublewords, one part of each at a time. The part stands at the top, so that left shifts drop what they should.</summary>
    void ShiftParts(HostReg target, HostReg a, HostReg b, HostReg part, HostReg result, int parts, int width, bool signed)
    {
        for (int k = 0; k < parts; k++)
        {
            // The value at the top of the doubleword; the amount in the lowest byte (the rest is ignored).
            V2(Code.VEX_Vpslld_xmm_xmm_imm8, part, a, 32 - width - width * k);
            V3(Code.VEX_Vpand_xmm_xmm_xmmm128, part, part, Pool(TopOfDoublewords(width)));
            V2(Code.VEX_Vpsrld_xmm_xmm_imm8, result, b, width * k);
            ShiftDoublewordsOf(result, part, result, signed);
            V3(Code.VEX_Vpand_xmm_xmm_xmmm128, part, result, Pool(TopOfDoublewords(width)));
            V2(Code.VEX_Vpsrld_xmm_xmm_imm8, part, part, 32 - width - width * k);
            if (k == 0) V3(Code.VEX_Vpor_xmm_xmm_xmmm128, target, part, part);
            else V3(Code.VEX_Vpor_xmm_xmm_xmmm128, target, target, part);
        }
    }

    static ulong TopOfDoublewords(int width) => (uint.MaxValue << (32 - width)) * 0x0000_0001_0000_0001UL;

    void LowerVectorBits(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A);
        if (op.Opcode == Opcode.VReverseBits && features.Gfni)
        {
            // Row r of the matrix picks bit 7 - r.
            HostReg reversed = alloc.DefineOver(i);
            asm.Emit(Code.VEX_Vgf2p8affineqb_xmm_xmm_xmmm128_imm8, reversed.X(), a.X(), Pool(0x8040_2010_0804_0201), 0);
            return;
        }
        HostReg target = alloc.Define(i);
        switch (op.Opcode)
        {
            case Opcode.VReverseBits:
                // Each nibble reversed by a table, and the two exchanged.
                Nibbles(target, a, 0xE060_A020_C040_8000, 0xF070_B030_D050_9010, 0x0E06_0A02_0C04_0800, 0x0F07_0B03_0D05_0901);
                V3(Code.VEX_Vpor_xmm_xmm_xmmm128, target, target, Sx);
                break;
            case Opcode.VPopCount:
                Nibbles(target, a, 0x0302_0201_0201_0100, 0x0403_0302_0302_0201, 0x0302_0201_0201_0100, 0x0403_0302_0302_0201);
                V3(Code.VEX_Vpaddb_xmm_xmm_xmmm128, target, target, Sx);
                break;
            default:
                EmitLeadingZeros(target, a, op.Aux);
                break;
        }
    }

    /// <summary>target = table of the low nibbles, Sx = table of the high nibbles.</summary>
    void Nibbles(HostReg target, HostReg a, ulong low0, ulong low1, ulong high0, ulong high1)
    {
        MemoryOperand mask = Pool(0x0F0F_0F0F_0F0F_0F0F);
        V2(Code.VEX_Vpsrlw_xmm_xmm_imm8, Sx, a, 4);
        V3(Code.VEX_Vpand_xmm_xmm_xmmm128, Sx, Sx, mask);
        V3(Code.VEX_Vpand_xmm_xmm_xmmm128, target, a, mask);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, Sx2.X(), Pool(high0, high1));
        V3(Code.VEX_Vpshufb_xmm_xmm_xmmm128, Sx, Sx2, Sx);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, Sx2.X(), Pool(low0, low1));
        V3(Code.VEX_Vpshufb_xmm_xmm_xmmm128, target, Sx2, target);
    }

    void EmitLeadingZeros(HostReg target, HostReg a, int size)
    {
        // Bytes: the smaller of what the high nibble and the low nibble say (8 for an empty one).
        Nibbles(target, a, 0x0505_0505_0606_0708, 0x0404_0404_0404_0404, 0x0101_0101_0202_0308, 0);
        V3(Code.VEX_Vpminub_xmm_xmm_xmmm128, target, target, Sx);
        // Pairs: the upper part's count, and the lower part's as well if the upper one is empty.
        for (int part = 0; part < size; part++)
        {
            int width = 8 << part;
            ulong lowMask = part == 0 ? 0x00FF_00FF_00FF_00FFUL : 0x0000_FFFF_0000_FFFF, empty = part == 0 ? 0x0008_0008_0008_0008UL : 0x0000_0010_0000_0010;
            EmitShiftRight(Sx, target, part + 1, width);
            V3(Code.VEX_Vpand_xmm_xmm_xmmm128, target, target, Pool(lowMask));
            V3(VEqualCodes[part + 1], Sx2, Sx, Pool(empty));
            V3(Code.VEX_Vpand_xmm_xmm_xmmm128, target, target, Sx2);
            V3(VAddCodes[part + 1], target, target, Sx);
        }
    }
}
