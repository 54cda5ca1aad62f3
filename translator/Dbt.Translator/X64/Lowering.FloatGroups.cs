using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Tests of floating-point results: each by itself, or of a whole group at once (see BlockAnalysis.FloatGroups).</summary>
public sealed unsafe partial class BlockEmitter
{
    readonly int[] group = new int[BlockAnalysis.MaxGroup];
    readonly HostReg[] testedResults = new HostReg[BlockAnalysis.MaxGroup];
    readonly bool[] testedForLeast = new bool[BlockAnalysis.MaxGroup];

    static bool MaySeemNormal(in IrOp op) => op.Opcode is Opcode.FMul or Opcode.FDiv or Opcode.FMulAdd or Opcode.VFMul or Opcode.VFDiv or Opcode.VFMulAdd;

    /// <summary>Before the operands of an operation are named: if it is the last of a group, the values of all of it are brought to registers.</summary>
    void UseGroup(int i)
    {
        if (values[i].TestedAt != 0) return;
        for (int member = values[i].GroupBefore; member != 0; member = values[member].GroupBefore)
        {
            ref IrOp op = ref block[member];
            _ = alloc.Use(member);
            UseIfAny(op.A);
            UseIfAny(op.B);
            UseIfAny(op.C);
        }
    }

    void UseIfAny(int value)
    {
        if (value != 0) _ = alloc.Use(value);
    }

    /// <summary>Tests the result of an operation that was just emitted, or leaves that to the end of its group.</summary>
    void TestResult(int i, ref SlowPath slow)
    {
        if (values[i].TestedAt != 0)
        {
            slow.Kind = SlowPathKind.None;
            alloc.Hold(slow.Result);
        }
        else if (values[i].GroupBefore != 0)
        {
            TestGroup(i, slow);
        }
        else
        {
            ClobberFlags();
            bool maySeemNormal = MaySeemNormal(block[i]);
            if (slow.IsScalar && maySeemNormal) JumpIfNaNOrLeast(ref slow);
            else if (slow.IsScalar) JumpIfNaN(ref slow);
            else if (maySeemNormal) JumpIfNaNOrLeastLane(ref slow);
            else JumpIfNaNLane(ref slow);
        }
    }

    // One slow path per member; the first is entered, the last returns.
    void TestGroup(int i, SlowPath last)
    {
        ClobberFlags();
        int count = 0, tested = 0, size = last.Size;
        for (int member = i; member != 0; member = values[member].GroupBefore) count++;
        for (int member = i, k = count; member != 0; member = values[member].GroupBefore) group[--k] = member;

        slowPathCount--;
        int first = slowPathCount;
        for (int k = 0; k < count; k++)
        {
            ref IrOp op = ref block[group[k]];
            bool maySeemNormal = MaySeemNormal(op);
            if (maySeemNormal || !PassesOn(k, count))
            {
                testedForLeast[tested] = maySeemNormal;
                testedResults[tested++] = values[group[k]].Reg;
            }
            if (k == count - 1) break;
            ref SlowPath path = ref NewRepair(op, size, last.IsScalar, values[group[k]].Reg, RegisterOf(op.A), RegisterOf(op.B), RegisterOf(op.C));
            path.Negate = op.Opcode == Opcode.FMulAdd ? op.Aux & 3 : op.Opcode == Opcode.VFMulAdd ? (int)op.Imm & 1 : 0;
            path.GoesOn = true;
        }
        NewSlowPath() = last;

        if (!last.IsScalar) MarkVectors(tested, size);
        else if (size == 3) MarkDoubles(tested);
        else MarkSingles(tested);
        asm.Emit(size == 3 ? Code.VEX_Vmovmskpd_r32_xmm : Code.VEX_Vmovmskps_r32_xmm, Register.EAX, HostRegs.ScratchX.X());
        asm.Emit(Code.Test_rm32_r32, Register.EAX, Register.EAX);
        asm.Jump(HostCondition.NotEqual, ref slowPaths[first].Entry);
        asm.Bind(ref slowPaths[slowPathCount - 1].Return);
        alloc.ReleaseHeld();
    }

    HostReg RegisterOf(int value) => value == 0 ? HostReg.None : values[value].Reg;

    /// <summary>Whether a later one of the group is computed from member k.</summary>
    bool PassesOn(int k, int count)
    {
        for (int later = k + 1; later < count; later++)
        {
            ref IrOp op = ref block[group[later]];
            if (op.A == group[k] || op.B == group[k] || op.C == group[k]) return true;
        }
        return false;
    }

    // ---- Marks in the first scratch register: lanes of which one is negative if a result needs repair ----

    void MarkVectors(int count, int size)
    {
        for (int k = 0; k < count; k++)
        {
            HostReg marks = k == 0 ? HostRegs.ScratchX : HostRegs.ScratchX2;
            MarkLanes(marks, testedResults[k], size, testedForLeast[k]);
            if (k > 0) Emit(Code.VEX_Vorps_xmm_xmm_xmmm128, HostRegs.ScratchX, HostRegs.ScratchX, marks);
        }
    }

    // Two to a register: above a scalar may stand anything, so only low lanes are compared.
    void MarkDoubles(int count)
    {
        for (int k = 0; k < count; k += 2)
        {
            HostReg marks = k == 0 ? HostRegs.ScratchX : HostRegs.ScratchX2;
            int other = Math.Min(k + 1, count - 1);
            Emit(Code.VEX_Vunpcklpd_xmm_xmm_xmmm128, marks, testedResults[k], testedResults[other]);
            MarkLanes(marks, marks, 3, testedForLeast[k] || testedForLeast[other]);
            if (k > 0) Emit(Code.VEX_Vorps_xmm_xmm_xmmm128, HostRegs.ScratchX, HostRegs.ScratchX, marks);
        }
    }

    // Up to four in one register, zeroes in the other lanes.
    void MarkSingles(int count)
    {
        const int insertAt = 4;
        HostReg marks = HostRegs.ScratchX;
        bool least = testedForLeast[0];
        if (count == 1) Emit(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, marks, testedResults[0], testedResults[0], 0b1110);
        for (int k = 1; k < count; k++)
        {
            int cleared = (0b1111 << (k + 1)) & 0b1111;
            Emit(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, marks, k == 1 ? testedResults[0] : marks, testedResults[k], (k << insertAt) | cleared);
            least |= testedForLeast[k];
        }
        MarkLanes(marks, marks, 2, least);
    }

    void MarkLanes(HostReg marks, HostReg result, int size, bool least)
    {
        if (least)
        {
            Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, marks, result, AllButSigns(size));
            asm.Emit(CompareLanes(size), marks.X(), marks.X(), LeastNormals(size), EqualOrUnordered);
        }
        else
        {
            Emit(CompareLanes(size), marks, result, result, Unordered);
        }
    }
}
