using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Branches: Arm ARM C4.1.66.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0101010 0 imm19:19 0 cond:4", Asm = "b.{Condition cond} {Label pc imm19 19}")]
    bool BranchConditional(int imm19, Condition cond)
    {
        ulong target = BranchTarget(imm19, 19);
        if (cond >= Condition.Always) JumpTo(target);
        else BranchIf(cond, Flags, target);
        return true;
    }

    [Instruction("sf 011010 op imm19:19 Rt:5", Asm = "{CompareAndBranch op} {Rt:sf}, {Label pc imm19 19}")]
    bool CompareAndBranch(bool sf, bool op, int imm19, int Rt)
    {
        BranchIf(op ? Condition.NotEqual : Condition.Equal, ir.FlagsLogic(X(Rt, sf)), BranchTarget(imm19, 19));
        return true;
    }

    [Instruction("bit 011011 op bit:5 imm14:14 Rt:5", Asm = "{TestAndBranch op} {Register Rt bit>=32}, #{bit}, {Label pc imm14 14}")]
    bool TestAndBranch(int bit, bool op, int imm14, int Rt)
    {
        bool sf = bit >= 32;
        var tested = ir.And(X(Rt, sf), ir.Const(IntegerType(sf), 1L << bit));
        BranchIf(op ? Condition.NotEqual : Condition.Equal, ir.FlagsLogic(tested), BranchTarget(imm14, 14));
        return true;
    }

    ulong BranchTarget(int imm, int bits) => Pc + (ulong)(Arm64Immediate.Signed(imm, bits) * 4);

    /// <summary>A side exit; the block goes on behind a forward branch. A backward one closes a loop: what follows runs rarely, and ending here makes both ways equally short.</summary>
    void BranchIf(Condition condition, Value flags, ulong target)
    {
        if (target == Pc + 4) return;
        if (followsTaken)
        {
            ir.ExitIf((Condition)((int)condition ^ 1), flags, Next);
            BeginRange(target);
            nextPc = target;
            return;
        }

        ir.ExitIf(condition, flags, location.At(target));
        if (target > Pc) return;
        End();
        ir.Goto(Next);
    }

    [Instruction("0 00101 imm26:26", Asm = "b {Label pc imm26 26}")]
    bool Branch(int imm26)
    {
        JumpTo(BranchTarget(imm26, 26));
        return true;
    }

    [Instruction("1 00101 imm26:26", Asm = "bl {Label pc imm26 26}")]
    bool BranchWithLink(int imm26)
    {
        SetX(30, ir.Const64(Pc + 4));
        End();
        ir.Goto(location.At(BranchTarget(imm26, 26)));
        return true;
    }

    [Instruction("1101011 0000 11111 000000 Rn:5 00000", Asm = "br {Rn:X}")]
    bool BranchRegister(int Rn)
    {
        IndirectTo(X(Rn, true), IndirectKind.Jump);
        return true;
    }

    [Instruction("1101011 0001 11111 000000 Rn:5 00000", Asm = "blr {Rn:X}")]
    bool BranchWithLinkRegister(int Rn)
    {
        var target = X(Rn, true);
        SetX(30, ir.Const64(Pc + 4));
        IndirectTo(target, IndirectKind.Call);
        return true;
    }

    [Instruction("1101011 0010 11111 000000 Rn:5 00000", Asm = "ret {Rn:X}")]
    [Alias("ret", When = "Rn == 30")]
    bool Return(int Rn)
    {
        IndirectTo(X(Rn, true), IndirectKind.Return);
        return true;
    }

    /// <summary>Ends the block with a jump to a computed address in the present mode.</summary>
    /// <remarks>The top bits of the address give way to the mode: bits 63..56 are a tag that the processor ignores (Arm ARM BranchAddr), and user space has 48 bits.</remarks>
    void IndirectTo(Value target, IndirectKind kind)
    {
        End();
        var pc = ir.ExtractUnsigned(target, 0, 48);
        ir.Indirect(location.Mode == 0 ? pc : ir.Or(pc, ir.Const64((ulong)location.Mode << 48)), kind);
    }
}
