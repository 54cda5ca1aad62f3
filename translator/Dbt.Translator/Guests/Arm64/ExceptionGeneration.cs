using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Exception generation. Arm ARM C4.1.66.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("11010100 000 imm16:16 000 01", Asm = "svc #{Hex imm16}")]
    bool SupervisorCall(int imm16)
    {
        // Linux takes the system call number from X8; the immediate means nothing to it.
        _ = imm16;
        End();
        ir.Syscall(Next);
        return true;
    }

    [Instruction("11010100 001 imm16:16 000 00", Asm = "brk #{Hex imm16}")]
    bool Breakpoint(int imm16)
    {
        End();
        ir.Trap(TrapKind.Breakpoint, imm16);
        return true;
    }

    // The kernel gives SIGILL for these at EL0, as for any undefined encoding; they stand here for their names in disassembly.
    [Instruction("0000000000000000 imm16:16", Asm = "udf #{imm16}")]
    [Instruction("11010100 010 imm16:16 000 00", Asm = "hlt #{Hex imm16}")]
    bool PermanentlyUndefined() => Undefined();
}
