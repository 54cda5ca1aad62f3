using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Dot products of bytes.</summary>
public sealed unsafe partial class BlockEmitter
{
    void Dot(int i, ref IrOp op)
    {
        bool signedA = (op.Imm & 1) != 0, signedB = (op.Imm & 2) != 0;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), c = alloc.Use(op.C), result = alloc.Define(i);
        if (!features.Has(HostFeature.AvxVnni) && !features.Has(HostFeature.Vnni))
        {
            DotByWords(result, a, b, c, signedA, signedB);
            return;
        }
        // The host multiplies unsigned by signed bytes. Moved by 128, bytes change from one to the other; what that adds is taken off again.
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        alloc.Move(result, c, IrType.V128);
        if (signedA != signedB)
        {
            MultiplyBytes(result, signedA ? b : a, signedA ? a : b);
            return;
        }
        MemoryOperand moves = Pool(SignsOf(0));
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s1, signedA ? a : b, moves);
        if (signedA) MultiplyBytes(result, s1, b);
        else MultiplyBytes(result, a, s1);
        EmitZero(s2);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, s1.X(), moves);
        if (signedA) MultiplyBytes(s2, s1, b);
        else MultiplyBytes(s2, a, s1);
        Emit(Code.VEX_Vpsubd_xmm_xmm_xmmm128, result, result, s2);
    }

    /// <summary>sum += unsigned bytes times signed bytes.</summary>
    void MultiplyBytes(HostReg sum, HostReg unsigned, HostReg signed) =>
        Emit(features.Has(HostFeature.AvxVnni) ? Code.VEX_Vpdpbusd_xmm_xmm_xmmm128 : Code.EVEX_Vpdpbusd_xmm_k1z_xmm_xmmm128b32, sum, unsigned, signed);

    // Even and odd bytes as words: products of words add up to just the right doublewords.
    void DotByWords(HostReg result, HostReg a, HostReg b, HostReg c, bool signedA, bool signedB)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        EvenBytes(s1, a, signedA);
        EvenBytes(s2, b, signedB);
        Emit(Code.VEX_Vpmaddwd_xmm_xmm_xmmm128, s1, s1, s2);
        Emit(Code.VEX_Vpaddd_xmm_xmm_xmmm128, result, c, s1);
        Emit(signedA ? Code.VEX_Vpsraw_xmm_xmm_imm8 : Code.VEX_Vpsrlw_xmm_xmm_imm8, s1, a, 8);
        Emit(signedB ? Code.VEX_Vpsraw_xmm_xmm_imm8 : Code.VEX_Vpsrlw_xmm_xmm_imm8, s2, b, 8);
        Emit(Code.VEX_Vpmaddwd_xmm_xmm_xmmm128, s1, s1, s2);
        Emit(Code.VEX_Vpaddd_xmm_xmm_xmmm128, result, result, s1);
    }

    void EvenBytes(HostReg words, HostReg bytes, bool signed)
    {
        if (!signed)
        {
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, words, bytes, Pool(LowHalves(0)));
            return;
        }
        Emit(Code.VEX_Vpsllw_xmm_xmm_imm8, words, bytes, 8);
        Emit(Code.VEX_Vpsraw_xmm_xmm_imm8, words, words, 8);
    }
}
