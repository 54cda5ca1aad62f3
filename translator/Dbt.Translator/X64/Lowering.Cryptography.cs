using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Rotation, choice and cryptography. None of these changes the host's flags.</summary>
/// <remarks>
/// SHA-NI has only encodings without VEX. They are the exception to the rule that everything emitted is VEX code: no upper half of a ymm register is ever dirty
/// in translated code, so nothing has to be saved or merged when the two kinds meet.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    void LowerCryptography(int i, ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.VRotateRight: LowerRotate(i, ref op); break;
            case Opcode.VShuffleWords: LowerShuffleWords(i, ref op); break;
            case Opcode.VLogic3: LowerLogic3(i, ref op); break;
            case Opcode.VPolyMul: LowerPolyMul(i, ref op, wide: false); break;
            case Opcode.VPolyMulWide: LowerPolyMul(i, ref op, wide: true); break;
            case Opcode.VPolyMul64:
                HostReg factor = alloc.Use(op.A), other = alloc.Use(op.B);
                Emit(Code.VEX_Vpclmulqdq_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), factor, other, (int)((op.Imm & 1) | (op.Imm & 2) << 3));
                break;
            case Opcode.VAesEncrypt: VectorBinary(i, ref op, Code.VEX_Vaesenc_xmm_xmm_xmmm128); break;
            case Opcode.VAesEncryptLast: VectorBinary(i, ref op, Code.VEX_Vaesenclast_xmm_xmm_xmmm128); break;
            case Opcode.VAesDecrypt: VectorBinary(i, ref op, Code.VEX_Vaesdec_xmm_xmm_xmmm128); break;
            case Opcode.VAesDecryptLast: VectorBinary(i, ref op, Code.VEX_Vaesdeclast_xmm_xmm_xmmm128); break;
            case Opcode.VAesInverseMixColumns: VectorUnary(i, ref op, Code.VEX_Vaesimc_xmm_xmmm128); break;
            case Opcode.VAesMixColumns: LowerAesMixColumns(i, ref op); break;
            case Opcode.VSha1Rounds: LowerSha1Rounds(i, ref op); break;
            case Opcode.VSha1Schedule: LowerDestructive(i, ref op, Code.Sha1msg2_xmm_xmmm128); break;
            case Opcode.VSha256Rounds: LowerSha256Rounds(i, ref op); break;
            case Opcode.VSha256Schedule0: LowerDestructive(i, ref op, Code.Sha256msg1_xmm_xmmm128); break;
            case Opcode.VSha256Schedule1: LowerDestructive(i, ref op, Code.Sha256msg2_xmm_xmmm128); break;
            default: LowerSm4Substitute(i, ref op); break;
        }
    }

    // ---- Rotation and choice ----

    void LowerRotate(int i, ref IrOp op)
    {
        bool words = op.Aux == 2;
        int amount = (int)op.Imm;
        if (features.Avx512)
        {
            VectorUnary(i, ref op, words ? Code.EVEX_Vprord_xmm_k1z_xmmm128b32_imm8 : Code.EVEX_Vprorq_xmm_k1z_xmmm128b64_imm8, amount);
            return;
        }
        HostReg a = alloc.Use(op.A);
        Emit(words ? Code.VEX_Vpsrld_xmm_xmm_imm8 : Code.VEX_Vpsrlq_xmm_xmm_imm8, HostRegs.ScratchX, a, amount);
        Emit(words ? Code.VEX_Vpslld_xmm_xmm_imm8 : Code.VEX_Vpsllq_xmm_xmm_imm8, HostRegs.ScratchX2, a, (words ? 32 : 64) - amount);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, alloc.DefineOver(i), HostRegs.ScratchX, HostRegs.ScratchX2);
    }

    void LowerShuffleWords(int i, ref IrOp op)
    {
        if (op.A == op.B)
        {
            VectorUnary(i, ref op, Code.VEX_Vpshufd_xmm_xmmm128_imm8, (int)op.Imm);
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        Emit(Code.VEX_Vshufps_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), a, b, (int)op.Imm);
    }

    void LowerLogic3(int i, ref IrOp op)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        if (features.Avx512 && op.C == op.A)
        {
            // Of two inputs: the register that is overwritten need not be one of them.
            int table = 0;
            for (int row = 0; row < 4; row++) table |= (int)(op.Imm >> (4 * (row >> 1) + 2 * (row & 1) + (row >> 1)) & 1) * 0x11 << row;
            asm.Emit(Code.EVEX_Vpternlogd_xmm_k1z_xmm_xmmm128b32_imm8, alloc.DefineOver(i).X(), a.X(), b.X(), table);
            return;
        }
        if (features.Avx512)
        {
            VectorSource third = PrepareVector(op.C);
            HostReg chosen = alloc.DefineFrom(i, op.A);
            if (third.InMemory) asm.Emit(Code.EVEX_Vpternlogd_xmm_k1z_xmm_xmmm128b32_imm8, chosen.X(), b.X(), third.Memory, (int)op.Imm);
            else asm.Emit(Code.EVEX_Vpternlogd_xmm_k1z_xmm_xmmm128b32_imm8, chosen.X(), b.X(), third.Reg.X(), (int)op.Imm);
            return;
        }
        HostReg c = alloc.Use(op.C);
        // The sum of the table's rows that hold a one.
        HostReg result = alloc.Define(i);
        EmitZero(result);
        Emit(Code.VEX_Vpcmpeqd_xmm_xmm_xmmm128, s2, s2, s2);
        for (int row = 0; row < 8; row++)
        {
            if ((op.Imm >> row & 1) == 0) continue;
            Emit((row & 4) != 0 ? Code.VEX_Vpand_xmm_xmm_xmmm128 : Code.VEX_Vpandn_xmm_xmm_xmmm128, s1, a, s2);
            Emit((row & 2) != 0 ? Code.VEX_Vpand_xmm_xmm_xmmm128 : Code.VEX_Vpandn_xmm_xmm_xmmm128, s1, b, s1);
            Emit((row & 1) != 0 ? Code.VEX_Vpand_xmm_xmm_xmmm128 : Code.VEX_Vpandn_xmm_xmm_xmmm128, s1, c, s1);
            Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, s1);
        }
    }

    // ---- Polynomials ----

    // From b's highest bit down: the product so far doubles, and takes a where the bit is set.
    void LowerPolyMul(int i, ref IrOp op, bool wide)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), bits = HostRegs.ScratchX, mask = HostRegs.ScratchX2;
        HostReg product = alloc.Define(i), helper = alloc.Temporary(vector: true);
        Code add = AddLanes[wide ? 1 : 0];
        if (wide)
        {
            Emit(WidenUnsigned[0], helper, a);
            Emit(WidenUnsigned[0], bits, b);
            Emit(Code.VEX_Vpsllw_xmm_xmm_imm8, bits, bits, 8);
        }
        else
        {
            EmitZero(helper);
            alloc.Move(bits, b, IrType.V128);
        }
        HostReg taken = wide ? helper : a;
        EmitZero(product);
        for (int bit = 7; bit >= 0; bit--)
        {
            if (bit != 7) Emit(add, product, product, product);
            if (wide) Emit(Code.VEX_Vpsraw_xmm_xmm_imm8, mask, bits, 15);
            else Emit(Code.VEX_Vpcmpgtb_xmm_xmm_xmmm128, mask, helper, bits);
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, mask, mask, taken);
            Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, product, product, mask);
            if (bit != 0) Emit(add, bits, bits, bits);
        }
    }

    // ---- AES ----

    // The substitution of a last round of decryption is undone by the next round of encryption, and so are the shifted rows.
    void LowerAesMixColumns(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A), zero = HostRegs.ScratchX2;
        EmitZero(zero);
        Emit(Code.VEX_Vaesdeclast_xmm_xmm_xmmm128, HostRegs.ScratchX, a, zero);
        Emit(Code.VEX_Vaesenc_xmm_xmm_xmmm128, alloc.DefineOver(i), HostRegs.ScratchX, zero);
    }

    // ---- SHA ----

    /// <summary>An instruction that overwrites its first operand, which is a.</summary>
    void LowerDestructive(int i, ref IrOp op, Code code)
    {
        HostReg b = alloc.Use(op.B);
        HostReg result = alloc.DefineFrom(i, op.A);
        asm.Emit(code, result.X(), b.X());
    }

    void LowerSha1Rounds(int i, ref IrOp op)
    {
        HostReg words = alloc.Use(op.B);
        HostReg state = alloc.DefineFrom(i, op.A);
        asm.Emit(Code.Sha1rnds4_xmm_xmmm128_imm8, state.X(), words.X(), (int)op.Imm);
    }

    // SHA256RNDS2 takes its words from xmm0.
    void LowerSha256Rounds(int i, ref IrOp op)
    {
        alloc.Reserve(HostReg.Xmm0);
        HostReg words = alloc.Use(op.C), feba = alloc.Use(op.B);
        if (op.Imm == 0) alloc.Move(HostReg.Xmm0, words, IrType.V128);
        else Emit(Code.VEX_Vpshufd_xmm_xmmm128_imm8, HostReg.Xmm0, words, 0b11_10_11_10);
        HostReg state = alloc.DefineFrom(i, op.A);
        asm.Emit(Code.Sha256rnds2_xmm_xmmm128, state.X(), feba.X());
    }

    // ---- SM4 ----

    void LowerSm4Substitute(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        if (features.Gfni)
        {
            // SM4's field is isomorphic to that of AES, whose inverse the host has: both affine maps of the S-box with the isomorphism put into them.
            HostReg inverse = alloc.DefineOver(i);
            asm.Emit(Code.VEX_Vgf2p8affineqb_xmm_xmm_xmmm128_imm8, s1.X(), a.X(), Pool(0x4C28_7DB9_1A22_505D), 0x3E);
            asm.Emit(Code.VEX_Vgf2p8affineinvqb_xmm_xmm_xmmm128_imm8, inverse.X(), s1.X(), Pool(0xF3AB_34A9_74A6_B589), 0xD3);
            return;
        }
        // Row by row: an index outside the row gets its highest bit, for which PSHUFB gives 0.
        HostReg result = alloc.Define(i);
        EmitZero(result);
        ReadOnlySpan<byte> table = Sm4Cipher.Substitution;
        for (int row = 0; row < 16; row++)
        {
            ReadOnlySpan<ulong> halves = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(table.Slice(16 * row, 16));
            Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s1, a, Pool((ulong)row * 0x1010_1010_1010_1010));
            Emit(Code.VEX_Vpaddusb_xmm_xmm_xmmm128, s1, s1, Pool(0x7070_7070_7070_7070));
            asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, s2.X(), Pool(halves[0], halves[1]));
            Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, s1, s2, s1);
            Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, s1);
        }
    }
}
