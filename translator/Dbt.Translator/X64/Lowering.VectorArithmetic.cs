using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Element-wise integer arithmetic and comparisons.</summary>
public sealed unsafe partial class BlockEmitter
{
    static readonly Code[] VAddCodes = [Code.VEX_Vpaddb_xmm_xmm_xmmm128, Code.VEX_Vpaddw_xmm_xmm_xmmm128, Code.VEX_Vpaddd_xmm_xmm_xmmm128, Code.VEX_Vpaddq_xmm_xmm_xmmm128];
    static readonly Code[] VSubCodes = [Code.VEX_Vpsubb_xmm_xmm_xmmm128, Code.VEX_Vpsubw_xmm_xmm_xmmm128, Code.VEX_Vpsubd_xmm_xmm_xmmm128, Code.VEX_Vpsubq_xmm_xmm_xmmm128];
    static readonly Code[] VEqualCodes = [Code.VEX_Vpcmpeqb_xmm_xmm_xmmm128, Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, Code.VEX_Vpcmpeqd_xmm_xmm_xmmm128, Code.VEX_Vpcmpeqq_xmm_xmm_xmmm128];
    static readonly Code[] VGreaterCodes = [Code.VEX_Vpcmpgtb_xmm_xmm_xmmm128, Code.VEX_Vpcmpgtw_xmm_xmm_xmmm128, Code.VEX_Vpcmpgtd_xmm_xmm_xmmm128, Code.VEX_Vpcmpgtq_xmm_xmm_xmmm128];
    static readonly Code[] VMaxSCodes = [Code.VEX_Vpmaxsb_xmm_xmm_xmmm128, Code.VEX_Vpmaxsw_xmm_xmm_xmmm128, Code.VEX_Vpmaxsd_xmm_xmm_xmmm128, Code.EVEX_Vpmaxsq_xmm_k1z_xmm_xmmm128b64];
    static readonly Code[] VMaxUCodes = [Code.VEX_Vpmaxub_xmm_xmm_xmmm128, Code.VEX_Vpmaxuw_xmm_xmm_xmmm128, Code.VEX_Vpmaxud_xmm_xmm_xmmm128, Code.EVEX_Vpmaxuq_xmm_k1z_xmm_xmmm128b64];
    static readonly Code[] VMinSCodes = [Code.VEX_Vpminsb_xmm_xmm_xmmm128, Code.VEX_Vpminsw_xmm_xmm_xmmm128, Code.VEX_Vpminsd_xmm_xmm_xmmm128, Code.EVEX_Vpminsq_xmm_k1z_xmm_xmmm128b64];
    static readonly Code[] VMinUCodes = [Code.VEX_Vpminub_xmm_xmm_xmmm128, Code.VEX_Vpminuw_xmm_xmm_xmmm128, Code.VEX_Vpminud_xmm_xmm_xmmm128, Code.EVEX_Vpminuq_xmm_k1z_xmm_xmmm128b64];
    static readonly Code[] VAbsCodes = [Code.VEX_Vpabsb_xmm_xmmm128, Code.VEX_Vpabsw_xmm_xmmm128, Code.VEX_Vpabsd_xmm_xmmm128, Code.EVEX_Vpabsq_xmm_k1z_xmmm128b64];
    static readonly Code[] VWidenUCodes = [Code.VEX_Vpmovzxbw_xmm_xmmm64, Code.VEX_Vpmovzxwd_xmm_xmmm64, Code.VEX_Vpmovzxdq_xmm_xmmm64];
    static readonly Code[] VWidenSCodes = [Code.VEX_Vpmovsxbw_xmm_xmmm64, Code.VEX_Vpmovsxwd_xmm_xmmm64, Code.VEX_Vpmovsxdq_xmm_xmmm64];

    static readonly ulong[] SignBitOfElements = [0x8080_8080_8080_8080, 0x8000_8000_8000_8000, 0x8000_0000_8000_0000, 0x8000_0000_0000_0000];

    void LowerVectorArithmetic(int i, ref IrOp op)
    {
        int size = op.Aux;
        switch (op.Opcode)
        {
            case Opcode.VAdd: VectorBinary(i, ref op, VAddCodes[size]); break;
            case Opcode.VSub: VectorBinary(i, ref op, VSubCodes[size]); break;
            case Opcode.VMul: LowerVMul(i, ref op, size); break;
            case Opcode.VNeg:
                HostReg negated = alloc.Use(op.A);
                VZero(Sx);
                V3(VSubCodes[size], alloc.DefineOver(i), Sx, negated);
                break;
            case Opcode.VAbs: LowerVAbs(i, ref op, size); break;
            case Opcode.VMaxSigned: LowerExtreme(i, ref op, VMaxSCodes[size], VGreaterCodes[size], unsigned: false, maximum: true); break;
            case Opcode.VMaxUnsigned: LowerExtreme(i, ref op, VMaxUCodes[size], VGreaterCodes[size], unsigned: true, maximum: true); break;
            case Opcode.VMinSigned: LowerExtreme(i, ref op, VMinSCodes[size], VGreaterCodes[size], unsigned: false, maximum: false); break;
            case Opcode.VMinUnsigned: LowerExtreme(i, ref op, VMinUCodes[size], VGreaterCodes[size], unsigned: true, maximum: false); break;
            case Opcode.VCompareEqual: VectorBinary(i, ref op, VEqualCodes[size]); break;
            case Opcode.VCompareGreaterSigned: VectorBinary(i, ref op, VGreaterCodes[size]); break;
            case Opcode.VCompareGreaterUnsigned:
                HostReg above = alloc.Use(op.A), below = alloc.Use(op.B);
                EmitGreaterUnsigned(alloc.Define(i), above, below, size);
                break;
            case Opcode.VMulWideUnsigned or Opcode.VMulWideSigned: LowerVMulWide(i, ref op, size); break;
            default: LowerSaturating(i, ref op, size); break;
        }
    }

    void LowerVMul(int i, ref IrOp op, int size)
    {
        if (size != 0)
        {
            VectorBinary(i, ref op, size == 1 ? Code.VEX_Vpmullw_xmm_xmm_xmmm128 : Code.VEX_Vpmulld_xmm_xmm_xmmm128);
            return;
        }
        // Even bytes as words; odd bytes by multiplying a's odd byte with b's, which stands 8 bits up.
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        V3(Code.VEX_Vpmullw_xmm_xmm_xmmm128, Sx, a, b);
        V3(Code.VEX_Vpand_xmm_xmm_xmmm128, Sx, Sx, Pool(0x00FF_00FF_00FF_00FF));
        V2(Code.VEX_Vpsrlw_xmm_xmm_imm8, Sx2, a, 8);
        V3(Code.VEX_Vpand_xmm_xmm_xmmm128, target, b, Pool(0xFF00_FF00_FF00_FF00));
        V3(Code.VEX_Vpmullw_xmm_xmm_xmmm128, target, target, Sx2);
        V3(Code.VEX_Vpor_xmm_xmm_xmmm128, target, target, Sx);
    }

    void LowerVAbs(int i, ref IrOp op, int size)
    {
        if (size != 3 || features.Avx512)
        {
            VectorUnary(i, ref op, VAbsCodes[size]);
            return;
        }
        HostReg a = alloc.Use(op.A);
        VZero(Sx);
        V3(Code.VEX_Vpcmpgtq_xmm_xmm_xmmm128, Sx, Sx, a);
        HostReg target = alloc.DefineOver(i);
        V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, target, a, Sx);
        V3(Code.VEX_Vpsubq_xmm_xmm_xmmm128, target, target, Sx);
    }

    void LowerExtreme(int i, ref IrOp op, Code code, Code greater, bool unsigned, bool maximum)
    {
        if (op.Aux != 3 || features.Avx512)
        {
            VectorBinary(i, ref op, code);
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        if (unsigned) EmitGreaterUnsigned(Sx, a, b, 3);
        else V3(greater, Sx, a, b);
        HostReg target = alloc.Define(i);
        asm.Emit(Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm, target.X(), (maximum ? b : a).X(), (maximum ? a : b).X(), Sx.X());
    }

    /// <summary>a > b, unsigned. target may be <see cref="Sx"/>; the other scratch register is overwritten.</summary>
    void EmitGreaterUnsigned(HostReg target, HostReg a, HostReg b, int size)
    {
        if (features.Avx512)
        {
            asm.Emit(size switch
            {
                0 => Code.EVEX_Vpcmpub_kr_k1_xmm_xmmm128_imm8,
                1 => Code.EVEX_Vpcmpuw_kr_k1_xmm_xmmm128_imm8,
                2 => Code.EVEX_Vpcmpud_kr_k1_xmm_xmmm128b32_imm8,
                _ => Code.EVEX_Vpcmpuq_kr_k1_xmm_xmmm128b64_imm8,
            }, Register.K1, a.X(), b.X(), 6);
            asm.Emit(size switch
            {
                0 => Code.EVEX_Vpmovm2b_xmm_kr,
                1 => Code.EVEX_Vpmovm2w_xmm_kr,
                2 => Code.EVEX_Vpmovm2d_xmm_kr,
                _ => Code.EVEX_Vpmovm2q_xmm_kr,
            }, target.X(), Register.K1);
            return;
        }
        // Signed comparison after moving both by half the range.
        MemoryOperand signs = Pool(SignBitOfElements[size]);
        V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, Sx2, b, signs);
        V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, Sx, a, signs);
        V3(VGreaterCodes[size], target, Sx, Sx2);
    }

    void LowerVMulWide(int i, ref IrOp op, int size)
    {
        bool unsigned = op.Opcode == Opcode.VMulWideUnsigned;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.DefineOver(i);
        Code widen = (unsigned ? VWidenUCodes : VWidenSCodes)[size];
        V2(widen, Sx, a);
        V2(widen, Sx2, b);
        V3(size switch
        {
            0 => Code.VEX_Vpmullw_xmm_xmm_xmmm128,
            1 => Code.VEX_Vpmulld_xmm_xmm_xmmm128,
            _ => unsigned ? Code.VEX_Vpmuludq_xmm_xmm_xmmm128 : Code.VEX_Vpmuldq_xmm_xmm_xmmm128,
        }, target, Sx, Sx2);
    }

    void LowerSaturating(int i, ref IrOp op, int size)
    {
        bool add = op.Opcode is Opcode.VAddSaturatingSigned or Opcode.VAddSaturatingUnsigned;
        bool unsigned = op.Opcode is Opcode.VAddSaturatingUnsigned or Opcode.VSubSaturatingUnsigned;
        if (size <= 1)
        {
            VectorBinary(i, ref op, (add, unsigned, size) switch
            {
                (true, true, 0) => Code.VEX_Vpaddusb_xmm_xmm_xmmm128,
                (true, true, _) => Code.VEX_Vpaddusw_xmm_xmm_xmmm128,
                (true, false, 0) => Code.VEX_Vpaddsb_xmm_xmm_xmmm128,
                (true, false, _) => Code.VEX_Vpaddsw_xmm_xmm_xmmm128,
                (false, true, 0) => Code.VEX_Vpsubusb_xmm_xmm_xmmm128,
                (false, true, _) => Code.VEX_Vpsubusw_xmm_xmm_xmmm128,
                (false, false, 0) => Code.VEX_Vpsubsb_xmm_xmm_xmmm128,
                (false, false, _) => Code.VEX_Vpsubsw_xmm_xmm_xmmm128,
            });
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        Code blend = size == 2 ? Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm;
        V3((add ? VAddCodes : VSubCodes)[size], target, a, b);
        if (unsigned)
        {
            // A wrapped sum is below a; a wrapped difference means b > a.
            if (add)
            {
                EmitGreaterUnsigned(Sx, a, target, size);
                V3(Code.VEX_Vpor_xmm_xmm_xmmm128, target, target, Sx);
            }
            else
            {
                EmitGreaterUnsigned(Sx, b, a, size);
                V3(Code.VEX_Vpandn_xmm_xmm_xmmm128, target, Sx, target);
            }
            return;
        }
        // Overflow where the result's sign differs from a's, and b's sign made that wrong: the bound is the one on a's side.
        V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, Sx, a, target);
        V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, Sx2, add ? b : a, add ? target : b);
        V3(Code.VEX_Vpand_xmm_xmm_xmmm128, Sx, Sx, Sx2);
        VZero(Sx2);
        V3(VGreaterCodes[size], Sx2, Sx2, a);
        V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, Sx2, Sx2, Pool(~SignBitOfElements[size]));
        asm.Emit(blend, target.X(), target.X(), Sx2.X(), Sx.X());
    }
}
