using Dbt.Translator.CodeCache;
using Dbt.Translator.X64;
using Iced.Intel;
using static Iced.Intel.Register;
using Assembler = Dbt.Translator.X64.Assembler;
using Label = Dbt.Translator.X64.Label;

namespace Dbt.Translator.Execution;

/// <summary>Machine code, made once per process, that gives floating-point results the bits that Arm gives them where the host's instruction does not.</summary>
/// <remarks>
/// <para>x86 returns the first operand if it is a NaN (made quiet), else the second, else a negative default NaN. Arm returns the first signalling NaN, else the first quiet one (made
/// quiet), else a positive default NaN; FPMulAdd looks at the addend first, and an infinity times zero is Invalid and gives the default NaN even beside a quiet NaN addend
/// (Arm ARM, shared pseudocode: FPProcessNaNs, FPProcessNaNs3, FPMulAdd).</para>
/// <para>Cold code of translated blocks calls <see cref="Repair"/> with a <see cref="FloatRepairRequest"/> in eax after the host's instruction has made its result and raised its
/// exceptions. The routine changes nothing but the result register, rax and the host's flags; above a scalar result it leaves zeroes. All registers are kept on the stack, so a request
/// may name any of them.</para>
/// </remarks>
static unsafe class FloatStubs
{
    const int CodeSize = 20480;
    const int Equal = 0, Unordered = 3, Ordered = 7;
    const int AllMasked = 0x1F80, DenormalsAreZeroes = 0x40, TowardsZero = 0x6000, FlushToZero = 0x8000;

    /// <summary>Layout of the frame: the vector registers by number, MXCSR, and two general registers.</summary>
    const int Mxcsr = 256, NewMxcsr = 260, SavedRcx = 264, SavedRdx = 272, FrameSize = 280;

    // Registers while a routine runs: operands, result, and two for the steps.
    const Register LanesA = XMM0, LanesB = XMM1, LanesC = XMM2, Result = XMM3, Step = XMM4, Step2 = XMM5, Mask = XMM6, Step3 = XMM7;

    static readonly Assembler asm = new();
    static readonly nint memory;
    static int constantCount;

    /// <summary>See <see cref="ThreadBlock.StubFloat"/>: eax = request.</summary>
    public static nint Repair { get; }

    static FloatStubs()
    {
        // Constants and the table of routines come first, then the code.
        memory = HostMemory.Allocate(0, CodeSize);
        nint* table = (nint*)memory;
        int tableSize = FloatRepairRequest.RoutineCount * sizeof(nint);
        const int constantSize = 1024;
        constants = (ulong*)((byte*)memory + tableSize);
        byte* code = (byte*)memory + tableSize + constantSize;
        asm.Begin(code, (nint)code, CodeSize - tableSize - constantSize);

        MemoryOperand masks = Constant(ulong.MaxValue, ulong.MaxValue);
        _ = Constant(uint.MaxValue, 0);
        _ = Constant(ulong.MaxValue, 0);
        Repair = asm.AddressOf(asm.Offset);
        EmitEntry(table, masks);
        Label keepStatus = default, addInvalid = default;
        for (int number = 0; number < FloatRepairRequest.RoutineCount; number++)
        {
            var repair = (FloatRepair)(number / 16);
            bool toDefault = (number & 4) != 0;
            int size = (number & 8) != 0 ? 3 : 2, negate = number & 3;
            if (negate != 0 && repair != FloatRepair.MulAdd) continue;
            table[number] = asm.AddressOf(asm.Offset);
            EmitRoutine(repair, size, toDefault, negate);
            asm.Jump(ref repair == FloatRepair.MulAdd ? ref addInvalid : ref keepStatus);
        }
        EmitReturn(ref addInvalid, ref keepStatus);
        EmitSubnormals();

        if (asm.Overflowed || constantCount * 16 > constantSize) throw new InvalidOperationException("The floating-point stubs have outgrown their pages.");
        HostMemory.Protect(memory, CodeSize, HostMemory.Read | HostMemory.Execute);
    }

    // ---- Entry and return ----

    static void EmitEntry(nint* table, in MemoryOperand masks)
    {
        asm.Emit(Code.Sub_rm64_imm32, RSP, FrameSize);
        for (int i = 0; i < 16; i++) asm.Emit(Code.VEX_Vmovups_xmmm128_xmm, new MemoryOperand(RSP, 16 * i), XMM0 + i);
        asm.Emit(Code.VEX_Vstmxcsr_m32, new MemoryOperand(RSP, Mxcsr));
        asm.Emit(Code.Mov_rm64_r64, new MemoryOperand(RSP, SavedRcx), RCX);
        asm.Emit(Code.Mov_rm64_r64, new MemoryOperand(RSP, SavedRdx), RDX);
        asm.Emit(Code.Mov_r32_rm32, ECX, EAX);
        EmitMasked();

        // What a scalar operation does not look at becomes zero, and so raises nothing.
        EmitOffset(FloatRepairRequest.Lanes, 3);
        asm.Emit(Code.Lea_r64_m, RDX, masks);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, Mask, new MemoryOperand(RDX, RAX));
        EmitOperand(LanesA, FloatRepairRequest.A);
        EmitOperand(LanesB, FloatRepairRequest.B);
        EmitOperand(LanesC, FloatRepairRequest.C);
        EmitOperand(Result, FloatRepairRequest.Result);

        asm.Emit(Code.Mov_r32_rm32, EAX, ECX);
        asm.Emit(Code.Shr_rm32_imm8, EAX, FloatRepairRequest.Routine);
        asm.Emit(Code.Lea_r64_m, RDX, Assembler.Rip(table));
        asm.Emit(Code.Jmp_rm64, new MemoryOperand(RDX, RAX, 8));
    }

    // The guest's modes with all exceptions masked and operands flushed as results are.
    static void EmitMasked()
    {
        var gradual = new Label();
        asm.Emit(Code.Mov_r32_rm32, EAX, new MemoryOperand(RSP, Mxcsr));
        asm.Emit(Code.Or_rm32_imm32, EAX, AllMasked);
        asm.Emit(Code.Test_rm32_imm32, EAX, FlushToZero);
        asm.Jump(HostCondition.Equal, ref gradual);
        asm.Emit(Code.Or_rm32_imm32, EAX, DenormalsAreZeroes);
        asm.Bind(ref gradual);
        asm.Emit(Code.Mov_rm32_r32, new MemoryOperand(RSP, NewMxcsr), EAX);
        asm.Emit(Code.VEX_Vldmxcsr_m32, new MemoryOperand(RSP, NewMxcsr));
    }

    // eax = 16 times a field of the request in ecx.
    static void EmitOffset(int position, int mask)
    {
        asm.Emit(Code.Mov_r32_rm32, EAX, ECX);
        asm.Emit(Code.Shr_rm32_imm8, EAX, position);
        asm.Emit(Code.And_rm32_imm8, EAX, mask);
        asm.Emit(Code.Shl_rm32_imm8, EAX, 4);
    }

    static void EmitOperand(Register target, int position)
    {
        EmitOffset(position, 15);
        asm.Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, target, Mask, new MemoryOperand(RSP, RAX));
    }

    static void EmitReturn(ref Label addInvalid, ref Label keepStatus)
    {
        // Of what the steps raised only Invalid is news.
        asm.Bind(ref addInvalid);
        asm.Emit(Code.VEX_Vstmxcsr_m32, new MemoryOperand(RSP, NewMxcsr));
        asm.Emit(Code.Mov_r32_rm32, EAX, new MemoryOperand(RSP, NewMxcsr));
        asm.Emit(Code.And_rm32_imm8, EAX, 1);
        asm.Emit(Code.Or_r32_rm32, EAX, new MemoryOperand(RSP, Mxcsr));
        asm.Emit(Code.Mov_rm32_r32, new MemoryOperand(RSP, Mxcsr), EAX);

        asm.Bind(ref keepStatus);
        asm.Emit(Code.VEX_Vldmxcsr_m32, new MemoryOperand(RSP, Mxcsr));
        EmitOffset(FloatRepairRequest.Result, 15);
        asm.Emit(Code.VEX_Vmovups_xmmm128_xmm, new MemoryOperand(RSP, RAX), Result);
        for (int i = 0; i < 16; i++) asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, XMM0 + i, new MemoryOperand(RSP, 16 * i));
        asm.Emit(Code.Mov_r64_rm64, RCX, new MemoryOperand(RSP, SavedRcx));
        asm.Emit(Code.Mov_r64_rm64, RDX, new MemoryOperand(RSP, SavedRdx));
        asm.Emit(Code.Add_rm64_imm32, RSP, FrameSize);
        asm.Emit(Code.Retnq);
    }

    // ---- Subnormal operands ----

    // By element size and number of operands.
    static readonly Label[] subnormals = new Label[8];

    static MemoryOperand FloatStatus => new(RBP, ThreadFields.FloatStatus);

    /// <summary>With flush-to-zero, remembers whether any of the operands is subnormal: the host does not tell of one beside a NaN. Called routines, one instruction deeper than the frame.</summary>
    static void EmitSubnormals()
    {
        const int deeper = 8;
        var masked = new MemoryOperand(RSP, NewMxcsr + deeper);
        var scratch = new MemoryOperand(RSP, -8);
        for (int k = 0; k < subnormals.Length; k++)
        {
            if (subnormals[k].Pending == 0) continue;
            var done = new Label();
            asm.Bind(ref subnormals[k]);
            asm.Emit(Code.Mov_r32_rm32, EAX, masked);
            asm.Emit(Code.Test_rm32_imm32, EAX, FloatTraps.FlushResults);
            asm.Jump(HostCondition.Equal, ref done);
            asm.Emit(Code.And_rm32_imm32, EAX, ~(FloatTraps.Flags | FloatTraps.FlushOperands));
            asm.Emit(Code.Mov_rm32_r32, scratch, EAX);
            asm.Emit(Code.VEX_Vldmxcsr_m32, scratch);
            int size = k >= 4 ? 3 : 2;
            for (int operand = 0; operand < (k & 3); operand++) Compare(size, Step, LanesA + operand, LanesA + operand, Equal);
            asm.Emit(Code.VEX_Vstmxcsr_m32, scratch);
            asm.Emit(Code.Mov_r32_rm32, EAX, scratch);
            asm.Emit(Code.And_rm32_imm8, EAX, FloatTraps.InputDenormal);
            asm.Emit(Code.Or_rm32_r32, FloatStatus, EAX);
            asm.Emit(Code.VEX_Vldmxcsr_m32, masked);
            asm.Bind(ref done);
            asm.Emit(Code.Retnq);
        }
    }

    // ---- Routines: from the operands and the host's result to Arm's result, all lanes at once ----

    static void EmitRoutine(FloatRepair repair, int size, bool toDefault, int negate)
    {
        int operands = repair switch { FloatRepair.DefaultNaN => 0, FloatRepair.Unary or FloatRepair.Narrow => 1, FloatRepair.MulAdd => 3, _ => 2 };
        if (operands != 0) asm.Call(ref subnormals[((repair == FloatRepair.Narrow ? 3 : size) == 3 ? 4 : 0) + operands]);
        if ((negate & 1) != 0) asm.Emit(Code.VEX_Vxorps_xmm_xmm_xmmm128, LanesA, LanesA, Signs(size));
        if ((negate & 2) != 0) asm.Emit(Code.VEX_Vxorps_xmm_xmm_xmmm128, LanesC, LanesC, Signs(size));
        switch (repair)
        {
            case FloatRepair.DefaultNaN:
                toDefault = true;
                break;
            case FloatRepair.Unary:
                TakeDefault(size);
                TakeNaN(size, LanesA);
                break;
            case FloatRepair.Binary or FloatRepair.Multiply or FloatRepair.Divide:
                if (repair != FloatRepair.Binary) RepeatTowardsZero(repair, size);
                TakeDefault(size);
                TakeNaN(size, LanesB);
                TakeNaN(size, LanesA);
                TakeSignalling(size, LanesB);
                TakeSignalling(size, LanesA);
                break;
            case FloatRepair.Narrow:
                RepeatTowardsZero(repair, size);
                break;
            case FloatRepair.MulAdd:
                RepeatTowardsZero(repair, size);
                TakeDefault(size);
                TakeNaN(size, LanesB);
                TakeNaN(size, LanesA);
                TakeNaN(size, LanesC);
                TakeInvalidProduct(size);
                TakeSignalling(size, LanesB);
                TakeSignalling(size, LanesA);
                TakeSignalling(size, LanesC);
                break;
            default:
                EmitExtreme(repair is FloatRepair.Max or FloatRepair.MaxNumber, size);
                if (repair >= FloatRepair.MaxNumber)
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
        if (toDefault) TakeDefault(size);
        else MakeQuiet(size);
    }

    static void Compare(int size, Register target, Register a, Register b, int predicate) =>
        asm.Emit(CompareCode(size), target, a, b, predicate);

    static Code CompareCode(int size) => size == 3 ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8;

    // Result = lane of the first step register negative ? operand : result.
    static void TakeMarked(int size, Register operand) =>
        asm.Emit(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, Result, Result, operand, Step);

    static void TakeMarked(int size, in MemoryOperand operand) =>
        asm.Emit(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, Result, Result, operand, Step);

    /// <summary>
    /// Arm looks for tiny results before rounding, the host afterwards; they differ where the result is the least normal number. Rounded towards zero, a result that was tiny before
    /// stays so and raises what Arm raises; with flush-to-zero it is the zero that Arm gives.
    /// </summary>
    static void RepeatTowardsZero(FloatRepair repair, int size)
    {
        asm.Emit(Code.Or_rm32_imm32, new MemoryOperand(RSP, NewMxcsr), TowardsZero);
        asm.Emit(Code.VEX_Vldmxcsr_m32, new MemoryOperand(RSP, NewMxcsr));
        switch (repair)
        {
            case FloatRepair.Multiply:
                asm.Emit(Multiply(size), Step, LanesA, LanesB);
                break;
            case FloatRepair.Divide:
                // Zero by zero is not to be where only a scalar counts.
                asm.Emit(Code.VEX_Vandnps_xmm_xmm_xmmm128, Step, Mask, Ones(size));
                asm.Emit(Code.VEX_Vorps_xmm_xmm_xmmm128, LanesC, LanesB, Step);
                asm.Emit(size == 3 ? Code.VEX_Vdivpd_xmm_xmm_xmmm128 : Code.VEX_Vdivps_xmm_xmm_xmmm128, Step, LanesA, LanesC);
                break;
            case FloatRepair.Narrow:
                asm.Emit(Code.VEX_Vcvtpd2ps_xmm_xmmm128, Step, LanesA);
                break;
            default:
                asm.Emit(Code.VEX_Vmovaps_xmm_xmmm128, Step, LanesC);
                asm.Emit(size == 3 ? Code.VEX_Vfmadd231pd_xmm_xmm_xmmm128 : Code.VEX_Vfmadd231ps_xmm_xmm_xmmm128, Step, LanesA, LanesB);
                break;
        }
        asm.Emit(Code.VEX_Vstmxcsr_m32, new MemoryOperand(RSP, NewMxcsr));
        asm.Emit(Code.Mov_r32_rm32, EAX, new MemoryOperand(RSP, NewMxcsr));
        asm.Emit(Code.And_rm32_imm8, EAX, FloatTraps.HostFlags);
        asm.Emit(Code.Or_rm32_r32, FloatStatus, EAX);

        asm.Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, Step2, Result, Constant(size == 3 ? ~0ul >> 1 : 0x7FFF_FFFF_7FFF_FFFF));
        asm.Emit(CompareCode(size), Step2, Step2, Constant(size == 3 ? 1ul << 52 : 0x0080_0000_0080_0000), Equal);
        asm.Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, Step3, Step3, Step3);
        Compare(size, Step3, Step, Step3, Equal);
        asm.Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, Step2, Step2, Step3);
        asm.Emit(size == 3 ? Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm : Code.VEX_Vblendvps_xmm_xmm_xmmm128_xmm, Result, Result, Step, Step2);
    }

    /// <summary>NaNs of the result become the default NaN.</summary>
    static void TakeDefault(int size)
    {
        Compare(size, Step, Result, Result, Unordered);
        TakeMarked(size, DefaultNaNs(size));
    }

    /// <summary>NaNs of the result become quiet.</summary>
    static void MakeQuiet(int size)
    {
        Compare(size, Step, Result, Result, Unordered);
        asm.Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, Step, Step, size == 3 ? Constant(1ul << 51) : Constant(0x0040_0000_0040_0000));
        asm.Emit(Code.VEX_Vorps_xmm_xmm_xmmm128, Result, Result, Step);
    }

    /// <summary>Lanes of the result where the operand is a NaN become the operand.</summary>
    static void TakeNaN(int size, Register operand)
    {
        Compare(size, Step, operand, operand, Unordered);
        TakeMarked(size, operand);
    }

    /// <summary>Lanes of the result where the operand is a signalling NaN become the operand.</summary>
    static void TakeSignalling(int size, Register operand)
    {
        // The quiet bit goes to the sign, which is all that a blend looks at.
        Compare(size, Step, operand, operand, Unordered);
        asm.Emit(size == 3 ? Code.VEX_Vpsllq_xmm_xmm_imm8 : Code.VEX_Vpslld_xmm_xmm_imm8, Step2, operand, size == 3 ? 12 : 9);
        asm.Emit(Code.VEX_Vandnps_xmm_xmm_xmmm128, Step, Step2, Step);
        TakeMarked(size, operand);
    }

    /// <summary>Beside a NaN, the other operand; of two NaNs the first.</summary>
    static void TakeNumber(int size)
    {
        Compare(size, Step, LanesB, LanesB, Unordered);
        TakeMarked(size, LanesA);
        Compare(size, Step, LanesA, LanesA, Unordered);
        Compare(size, Step2, LanesB, LanesB, Ordered);
        asm.Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, Step, Step, Step2);
        TakeMarked(size, LanesB);
        // Times one: a subnormal number is flushed if the mode says so.
        asm.Emit(Multiply(size), Result, Result, Ones(size));
    }

    /// <summary>Lanes where a times b is infinity times zero become the default NaN; they alone raise Invalid here that has not been raised before.</summary>
    static void TakeInvalidProduct(int size)
    {
        asm.Emit(Multiply(size), Step, LanesA, LanesB);
        Compare(size, Step, Step, Step, Unordered);
        Compare(size, Step2, LanesA, LanesB, Ordered);
        asm.Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, Step, Step, Step2);
        TakeMarked(size, DefaultNaNs(size));
    }

    // MAXPS and MINPS return the second operand for equal ones: both orders together, combined by AND or OR, give the zero with the right sign.
    static void EmitExtreme(bool maximum, int size)
    {
        Code code = (maximum, size) switch
        {
            (true, 3) => Code.VEX_Vmaxpd_xmm_xmm_xmmm128,
            (true, _) => Code.VEX_Vmaxps_xmm_xmm_xmmm128,
            (false, 3) => Code.VEX_Vminpd_xmm_xmm_xmmm128,
            _ => Code.VEX_Vminps_xmm_xmm_xmmm128,
        };
        asm.Emit(code, Step, LanesA, LanesB);
        asm.Emit(code, Result, LanesB, LanesA);
        asm.Emit(maximum ? Code.VEX_Vandps_xmm_xmm_xmmm128 : Code.VEX_Vorps_xmm_xmm_xmmm128, Result, Result, Step);
    }

    static Code Multiply(int size) => size == 3 ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128;

    // ---- Constants ----

    static readonly ulong* constants;

    static MemoryOperand Signs(int size) => Constant(size == 3 ? 1ul << 63 : 0x8000_0000_8000_0000);
    static MemoryOperand Ones(int size) => Constant(size == 3 ? 0x3FF0_0000_0000_0000ul : 0x3F80_0000_3F80_0000);
    static MemoryOperand DefaultNaNs(int size) => Constant(size == 3 ? 0x7FF8_0000_0000_0000ul : 0x7FC0_0000_7FC0_0000ul);
    static MemoryOperand Constant(ulong both) => Constant(both, both);

    static MemoryOperand Constant(ulong low, ulong high)
    {
        int k = 0;
        while (k < constantCount && (constants[2 * k] != low || constants[(2 * k) + 1] != high)) k++;
        if (k == constantCount)
        {
            constants[2 * k] = low;
            constants[(2 * k) + 1] = high;
            constantCount++;
        }
        return Assembler.Rip(constants + (2 * k));
    }
}
