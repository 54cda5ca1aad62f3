using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Loops that are one block: registers are carried from iteration to iteration.</summary>
/// <remarks>
/// <para>The block is emitted twice, from the same operations:</para>
/// <code>
///   entry:   first iteration, from slots in memory
///   head:    the body of all further iterations, from the registers in which the first one has left its values
///            jcc  leave          ; cold: stores all state, as any side exit
///            cmp  [poll], 0
///            je   head           ; or: jne to the poll's cold exit, moves, jmp head
/// </code>
/// <para>At the head every slot that the block changes is in a register (the owner of the slot is then a value appended to the block; memory counts as older), or in its memory, or dead because it is
/// written before anything can see it. Slots that are only read, and constants, keep their names and, where they can, their registers. The back edge brings
/// everything to its place. State is stored where the loop is left: side exits, faults (state maps name the registers), the poll.</para>
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    readonly LoopAnalysis loop = new();
    readonly int[] headValues = new int[128];
    readonly bool[] storedAtHead = new bool[128];
    HeadRegister[] head = new HeadRegister[HostRegs.Count];
    ValueInfo[] analysed = [];
    int headCount;
    int operationCount;
    bool inLoopBody;
    Label loopHead;

    ReadOnlySpan<HeadRegister> Head => new(head, 0, headCount);

    void EmitOperations()
    {
        for (int i = 1; i < operationCount; i++)
        {
            if (block[i].Opcode == Opcode.Nop || values[i].Folded) continue;
            alloc.Begin(i);
            alloc.OperandsStay = floatMayTrap = block.FloatTraps && (OpTable.Effects(block[i].Opcode) & OpEffects.RaisesFloat) != 0;
            Lower(i, ref block[i]);
            alloc.End();
        }
    }

    void EmitLoop()
    {
        if (analysed.Length < operationCount) analysed = new ValueInfo[values.Length];
        Array.Copy(values, analysed, operationCount);
        inLoopBody = false;
        EmitOperations();
        inLoopBody = true;
        twoWayExit = false;
        hostFlags = 0;
        loopHead = default;
        asm.Bind(ref loopHead);
        EmitOperations();
        inLoopBody = false;
    }

    // The end of an iteration. What leaves the loop goes to cold code; what stays goes on here.
    void LowerLoopEnd(int i, ref IrOp op)
    {
        bool flagsDead = (op.Aux & IrOp.FlagsDeadAtTarget) != 0;
        if (op.Opcode == Opcode.ExitIf)
        {
            twoWayExit = true;
            ref IrOp terminal = ref block[operationCount - 1];
            bool staysIfTaken = LoopAnalysis.MayLoop(op, block.Start.Bits);
            ref IrOp leaving = ref staysIfTaken ? ref terminal : ref op;
            ref IrOp staying = ref staysIfTaken ? ref op : ref terminal;
            HostTest test = PrepareCondition((Condition)((op.Aux & 15) ^ (staysIfTaken ? 1 : 0)), op.A);
            ref SideExit exit = ref NewSideExit(NewExit(ExitKind.Link, leaving.Imm), (leaving.Aux & IrOp.FlagsDeadAtTarget) != 0);
            exit.Polls = IsBackward(operationCount - 1, leaving.Imm);
            JumpIf(test, ref exit.Entry);
            flagsDead = (staying.Aux & IrOp.FlagsDeadAtTarget) != 0;
        }
        if (!flagsDead) StoreFlags();
        else if (block.Layout.FlagsSlot >= 0) alloc.Supersede(block.Layout.FlagsSlot);
        if (inLoopBody) CloseLoop();
        else EnterLoop();
    }

    void CloseLoop()
    {
        for (int slot = 0; slot < block.Layout.Count; slot++)
        {
            if (storedAtHead[slot] && alloc.IsDirty(slot)) alloc.StoreSlot(slot);
        }
        ExitRecord* record = NewExit(ExitKind.Link, (long)block.Start.Bits);
        if (options.CountExecutions) asm.Emit(Code.Inc_rm64, Field(ThreadFields.CountLinked));
        ref SideExit poll = ref NewSideExit(record, flagsDead: true);
        poll.IsPoll = true;
        asm.Emit(Code.Cmp_rm32_imm8, Field(ThreadFields.Poll), 0);
        if (alloc.IsAt(Head))
        {
            asm.Jump(HostCondition.Equal, ref loopHead);
            asm.Jump(ref poll.Entry);
            return;
        }
        asm.Jump(HostCondition.NotEqual, ref poll.Entry);
        alloc.MoveTo(Head);
        asm.Jump(ref loopHead);
    }

    // ---- The head ----

    // The end of the first iteration: where its values are now is where the body will expect them.
    void EnterLoop()
    {
        if (options.CountExecutions) asm.Emit(Code.Inc_rm64, Field(ThreadFields.CountLinked));
        ChooseHead();
        Array.Copy(analysed, values, operationCount);
        NameOwners();
        Rename();
        StartBody();
    }

    void ChooseHead()
    {
        headCount = 0;
        for (int slot = 0; slot < block.Layout.Count; slot++)
        {
            headValues[slot] = 0;
            storedAtHead[slot] = false;
            if (!loop.IsChanged(slot) || slot == block.Layout.FlagsSlot) continue;
            if (!loop.IsReadAtHead(slot) && loop.ObservedUntil(slot) == 0) continue;
            int final = loop.FinalOf(slot);
            IrType type = block.Layout[slot].Type;
            if (block[final].Opcode is Opcode.Const or Opcode.VConst && !loop.IsReadAtHead(slot))
            {
                headValues[slot] = final;
            }
            else if (alloc.RegisterOf(final) == HostReg.None || block[final].Opcode is Opcode.Const or Opcode.VConst)
            {
                storedAtHead[slot] = true;
                if (alloc.IsDirty(slot)) alloc.StoreSlot(slot);
            }
            else if (loop.IsInvariant(block[final]))
            {
                headValues[slot] = final;
            }
            else
            {
                headValues[slot] = OwnerOf(final, slot, type);
            }
        }
        for (int i = 1; i < operationCount; i++)
        {
            ref IrOp op = ref block[i];
            if (op.Opcode is not (Opcode.GetSlot or Opcode.Const or Opcode.VConst) || values[i].End < operationCount - 1 || !loop.IsInvariant(op)) continue;
            HostReg reg = alloc.RegisterOf(i);
            if (reg == HostReg.None) continue;
            bool isHome = op.Opcode == Opcode.GetSlot && alloc.MemoryHolds((int)op.Imm, i);
            analysed[i].Home = isHome ? (short)op.Imm : (short)-1;
            head[headCount++] = new HeadRegister(reg, i, i, op.Type);
        }
    }

    // One owner for all slots that the same value has been written to.
    int OwnerOf(int final, int slot, IrType type)
    {
        for (int k = 0; k < headCount; k++)
        {
            if (head[k].Final == final) return head[k].Value;
        }
        int owner = block.Append(new IrOp { Opcode = Opcode.GetSlot, Type = type, Imm = slot });
        head[headCount++] = new HeadRegister(alloc.RegisterOf(final), owner, final, type);
        return owner;
    }

    void NameOwners()
    {
        if (values.Length < block.Count) Array.Resize(ref values, block.Count * 2);
        for (int k = 0; k < headCount; k++)
        {
            ref readonly HeadRegister at = ref head[k];
            if (at.Value >= operationCount)
            {
                values[at.Value] = new ValueInfo { Alias = at.Value, Reg = HostReg.None, Spill = -1, Home = -1, ZeroAbove = values[at.Final].ZeroAbove };
            }
        }
        for (int slot = 0; slot < block.Layout.Count; slot++)
        {
            int owner = headValues[slot];
            if (owner != 0) values[owner].End = Math.Max(values[owner].End, loop.ObservedUntil(slot));
        }
    }

    // Reads of a slot at the head become uses of its owner.
    void Rename()
    {
        for (int i = 1; i < operationCount; i++)
        {
            ref IrOp op = ref block[i];
            if (op.Opcode == Opcode.Nop) continue;
            op.A = values[op.A].Alias;
            op.B = values[op.B].Alias;
            op.C = values[op.C].Alias;
            op.D = values[op.D].Alias;
            if (!loop.ReadsHead(i, op) || headValues[(int)op.Imm] == 0) continue;
            int owner = headValues[(int)op.Imm];
            ref ValueInfo info = ref values[owner];
            if (!StandsFor(owner, op))
            {
                info.End = Math.Max(info.End, i);
                continue;
            }
            info.End = Math.Max(info.End, values[i].End);
            info.Uses += values[i].Uses;
            values[i].Alias = owner;
            op.Opcode = Opcode.Nop;
        }
    }

    // Part of a slot may be read: a scalar read counts on zeroes above it in the register, which the owner may not have.
    bool StandsFor(int owner, in IrOp read)
    {
        IrType type = block[owner].Type;
        if (read.Type == type) return true;
        return read.Type switch
        {
            IrType.I32 => type == IrType.I64,
            IrType.F64 => type == IrType.V128 && values[owner].ZeroAbove >= ZeroAbove.Bit64,
            IrType.F32 => type == IrType.V128 && values[owner].ZeroAbove >= ZeroAbove.Bit32,
            _ => false,
        };
    }

    void StartBody()
    {
        for (int k = 0; k < headCount; k++)
        {
            ref HeadRegister at = ref head[k];
            if (at.Value < operationCount) continue;
            int final = values[at.Final].Alias;
            at = at with { Final = final };
            HintAt(final, at.Register);
        }
        alloc.StartLoop(values, Head);
        for (int i = 1; i < operationCount; i++)
        {
            if (analysed[i].Home >= 0) alloc.AssumeHome(analysed[i].Home, i);
        }
        for (int slot = 0; slot < block.Layout.Count; slot++)
        {
            if (headValues[slot] != 0) alloc.AssumeDirty(slot, headValues[slot]);
        }
    }

    // Also an operand that such a value may overwrite is best computed there.
    void HintAt(int value, HostReg reg)
    {
        for (int depth = 0; depth < 4 && value < operationCount && values[value].Hint == HostReg.Rax; depth++)
        {
            values[value].Hint = reg;
            ref IrOp op = ref block[value];
            if (op.A == 0 || op.Opcode is Opcode.Load || values[op.A].End > value || block[op.A].Opcode is Opcode.GetSlot or Opcode.Const or Opcode.VConst) return;
            value = op.A;
        }
    }

    /// <summary>Reads part of a slot whose newest value is in a register, without a detour over memory; false if there is none.</summary>
    bool TryReadOwner(int i, ref IrOp op)
    {
        int slot = (int)op.Imm;
        if (!inLoopBody || !loop.ReadsHead(i, op) || headValues[slot] == 0 || !alloc.IsDirty(slot)) return false;
        if (op.Type is not (IrType.F32 or IrType.F64) || block[headValues[slot]].Type != IrType.V128 || alloc.RegisterOf(headValues[slot]) == HostReg.None) return false;
        HostReg owner = alloc.Use(headValues[slot]);
        HostReg target = alloc.Define(i);
        if (op.Type == IrType.F64) asm.Emit(Code.VEX_Vmovq_xmm_xmmm64, target.X(), owner.X());
        else asm.Emit(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, target.X(), owner.X(), owner.X(), 0b1110);
        return true;
    }
}
