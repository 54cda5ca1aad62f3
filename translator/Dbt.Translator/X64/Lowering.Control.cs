using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Exits, calls to helpers, indirect branches.</summary>
/// <remarks>
/// A direct exit is <c>jmp [rip+record]</c>. Exits backwards poll first, so a loop notices signals. Before any exit all state is stored; a side exit does so in cold code, from a
/// snapshot of where the values were at the branch.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    struct SideExit
    {
        public Label Entry;
        public ExitRecord* Record;
        public int FirstLocation;
        public int LocationCount;
        public FlagsSource Flags;
        public int FlagsWidth;
        public bool Polls;
        public bool IsPoll;
    }

    struct PollExit
    {
        public Label Entry;
        public ExitRecord* Record;
    }

    PollExit[] pollExits = new PollExit[64];
    int pollExitCount;
    SideExit[] sideExits = new SideExit[64];
    int sideExitCount;
    SlotLocation[] snapshots = new SlotLocation[1024];
    int snapshotCount;

    /// <summary>A field of the thread block, by its displacement in <see cref="ThreadFields"/>.</summary>
    static MemoryOperand Field(int displacement) => new(Register.RBP, displacement);

    void LowerControl(int i, ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.CallHelper: LowerCallHelper(i, ref op); break;
            case Opcode.ExitIf or Opcode.Goto when i == loop.Closing: LowerLoopEnd(i, ref op); break;
            case Opcode.ExitIf: LowerExitIf(i, ref op); break;
            case Opcode.TrapIf: LowerTrapIf(i, ref op); break;
            case Opcode.Goto:
                if (twoWayExit) break;
                StoreState((op.Aux & IrOp.FlagsDeadAtTarget) != 0);
                EmitDirectExit(NewExit(ExitKind.Link, op.Imm), IsBackward(i, op.Imm));
                break;
            case Opcode.Indirect: LowerIndirect(ref op); break;
            case Opcode.Syscall: LowerExit(ExitKind.Syscall, op.Imm, default, op.Aux); break;
            case Opcode.Trap: LowerExit(ExitKind.Trap, (long)block.InstructionAt(op.Instruction).Bits, (TrapKind)op.Aux, (int)op.Imm); break;
            case Opcode.FlushCode: LowerFlushCode(ref op); break;
            default: throw new InvalidOperationException($"no lowering for {op.Opcode}");
        }
    }

    ExitRecord* NewExit(ExitKind kind, long location)
    {
        ExitRecord* record = exits + exitCount++;
        *record = new ExitRecord { Kind = kind, Location = (ulong)location };
        return record;
    }

    // "Backward" decides where signals are polled: every loop of direct exits has at least one such exit.
    bool IsBackward(int i, long target) => new Location((ulong)target).Pc <= block.InstructionAt(block[i].Instruction).Pc;

    /// <summary>Stores all dirty slots. Keeps the host's flags except where packing them converts the carry (tracked in <see cref="hostForm"/>).</summary>
    void StoreState(bool flagsDead)
    {
        if (!flagsDead) StoreFlags();
        else if (block.Layout.FlagsSlot >= 0) alloc.Supersede(block.Layout.FlagsSlot);
        alloc.StoreDirtySlots();
    }

    /// <summary>Stores the newest flags, if their slot is dirty and still observed.</summary>
    void StoreFlags()
    {
        int slot = block.Layout.FlagsSlot;
        if (slot < 0 || !alloc.IsDirty(slot)) return;
        int flags = alloc.NewestOf(slot);
        alloc.Supersede(slot);
        if (values[flags].End < CurrentOp) return;
        alloc.PrepareOverwrite(slot);
        StorePackedWord(flags);
    }

    void EmitDirectExit(ExitRecord* record, bool polls)
    {
        if (options.CountExecutions) asm.Emit(Code.Inc_rm64, Field(ThreadFields.CountLinked));
        if (polls)
        {
            if (pollExitCount == pollExits.Length) Array.Resize(ref pollExits, pollExits.Length * 2);
            ref PollExit poll = ref pollExits[pollExitCount++];
            poll = new PollExit { Record = record };
            asm.Emit(Code.Cmp_rm32_imm8, Field(ThreadFields.Poll), 0);
            asm.Jump(HostCondition.NotEqual, ref poll.Entry);
        }
        asm.Emit(Code.Jmp_rm64, Assembler.Rip(&record->Target));
    }

    void EmitLeaveWith(void* record, int stub)
    {
        asm.Emit(Code.Lea_r64_m, Register.RAX, Assembler.Rip(record));
        asm.Emit(Code.Jmp_rm64, Field(stub));
    }

    // ---- Conditional exits ----

    bool twoWayExit;

    void LowerExitIf(int i, ref IrOp op)
    {
        int terminal = NextLive(i);
        twoWayExit = terminal == operationCount - 1 && block[terminal].Opcode == Opcode.Goto;
        if (twoWayExit)
        {
            LowerTwoWayExit(i, ref op, terminal);
            return;
        }
        HostTest test = PrepareCondition((Condition)(op.Aux & 15), op.A);
        ref SideExit exit = ref NewSideExit(NewExit(ExitKind.Link, op.Imm), (op.Aux & IrOp.FlagsDeadAtTarget) != 0);
        exit.Polls = IsBackward(i, op.Imm);
        JumpIf(test, ref exit.Entry);
    }

    int NextLive(int i)
    {
        do i++;
        while (i < operationCount && block[i].Opcode == Opcode.Nop);
        return i;
    }

    // A conditional exit right before the terminal: state is stored once for both ways, so the taken way of a loop is as short as the other. Only the flags are
    // stored on each way by itself: often one of them does not need them.
    void LowerTwoWayExit(int i, ref IrOp op, int terminal)
    {
        ref IrOp end = ref block[terminal];
        bool deadIfTaken = (op.Aux & IrOp.FlagsDeadAtTarget) != 0, deadIfNot = (end.Aux & IrOp.FlagsDeadAtTarget) != 0;
        int slot = block.Layout.FlagsSlot;
        int newest = slot >= 0 && alloc.IsDirty(slot) && values[alloc.NewestOf(slot)].End >= i ? alloc.NewestOf(slot) : 0;

        // Storing state overwrites slot memory, and after the jump both ways must find values in the same places: operands go to registers first.
        if (hostFlags != op.A) KeepOperandsOf(op.A);
        if (newest != 0 && !(deadIfTaken && deadIfNot))
        {
            KeepOperandsOf(newest);
            alloc.PrepareOverwrite(slot);
        }
        if (newest != 0) alloc.Supersede(slot);
        alloc.StoreDirtySlots();

        HostTest test = PrepareCondition((Condition)(op.Aux & 15), op.A);
        Label taken = default;
        JumpIf(test, ref taken);
        (int flagsAtJump, HostForm formAtJump) = (hostFlags, hostForm);
        if (!deadIfNot) StorePackedWord(newest);
        EmitDirectExit(NewExit(ExitKind.Link, end.Imm), IsBackward(terminal, end.Imm));
        asm.Bind(ref taken);
        SetHostFlags(flagsAtJump, formAtJump);
        if (!deadIfTaken) StorePackedWord(newest);
        EmitDirectExit(NewExit(ExitKind.Link, op.Imm), IsBackward(i, op.Imm));
    }

    void StorePackedWord(int flags)
    {
        if (flags == 0) return;
        LoadPackedWord(flags);
        alloc.StoreTo(alloc.SlotOperand(block.Layout.FlagsSlot), HostReg.Rax, IrType.Flags);
    }

    void KeepOperandsOf(int flags)
    {
        ref IrOp op = ref block[flags];
        switch (values[flags].Mode)
        {
            case FlagsMode.Packed:
                alloc.Use(flags);
                break;
            case FlagsMode.Recompute:
                KeepOperand(op.A, mayBeImmediate: false);
                KeepOperand(op.B, mayBeImmediate: true);
                break;
        }
    }

    void KeepOperand(int operand, bool mayBeImmediate)
    {
        if (operand == 0) return;
        if (values[operand].Folded)
        {
            KeepOperand(block[operand].A, mayBeImmediate: false);
            KeepOperand(block[operand].B, mayBeImmediate: true);
        }
        else if (!mayBeImmediate || !IsImmediate(operand, 64, out _) || block[operand].Type is IrType.F32 or IrType.F64)
        {
            // Constants too, unless they are immediates: loaded on one way only, they would be taken for loaded on the other.
            alloc.Use(operand);
        }
    }

    void LowerTrapIf(int i, ref IrOp op)
    {
        HostTest test = PrepareCondition((Condition)(op.Imm & 0xFF), op.A);
        ExitRecord* record = NewExit(ExitKind.Trap, (long)block.InstructionAt(op.Instruction).Bits);
        record->Trap = (TrapKind)op.Aux;
        record->Code = (int)(op.Imm >> 8);
        JumpIf(test, ref NewSideExit(record, flagsDead: false).Entry);
    }

    ref SideExit NewSideExit(ExitRecord* record, bool flagsDead)
    {
        if (sideExitCount == sideExits.Length) Array.Resize(ref sideExits, sideExits.Length * 2);
        ref SideExit exit = ref sideExits[sideExitCount++];
        exit = new SideExit { Record = record, FirstLocation = snapshotCount };
        exit.Flags = DescribeState(flagsDead, ref snapshots, ref snapshotCount, out exit.FlagsWidth);
        exit.LocationCount = snapshotCount - exit.FirstLocation;
        return ref exit;
    }

    /// <summary>Appends where the newest value of every dirty slot is, and how to get the flags.</summary>
    FlagsSource DescribeState(bool flagsDead, ref SlotLocation[] list, ref int count, out int flagsWidth)
    {
        if (list.Length - count < 132) Array.Resize(ref list, list.Length * 2);
        int flagsSlot = block.Layout.FlagsSlot;
        var source = FlagsSource.Stored;
        flagsWidth = 0;
        for (int slot = alloc.NextDirty(0); slot >= 0; slot = alloc.NextDirty(slot + 1))
        {
            int value = alloc.NewestOf(slot);
            if (values[value].End < CurrentOp) continue;
            if (slot == flagsSlot)
            {
                if (!flagsDead) source = DescribeFlags(value, list, ref count, out flagsWidth);
                continue;
            }
            list[count++] = alloc.Locate((byte)slot, value);
        }
        return source;
    }

    FlagsSource DescribeFlags(int flags, SlotLocation[] list, ref int count, out int width)
    {
        ref IrOp op = ref block[flags];
        width = (int)op.Imm & 0xFF;
        if (values[flags].Mode == FlagsMode.Packed)
        {
            list[count++] = alloc.Locate((byte)block.Layout.FlagsSlot, flags);
            return FlagsSource.Packed;
        }
        if (hostFlags == flags && hostForm <= HostForm.Logic)
        {
            return hostForm switch { HostForm.Sub => FlagsSource.HostSub, HostForm.Add => FlagsSource.HostAdd, _ => FlagsSource.HostLogic };
        }
        int a = op.A, b = op.B;
        var source = op.Opcode switch
        {
            Opcode.FlagsSub => FlagsSource.Sub,
            Opcode.FlagsAdd => FlagsSource.Add,
            Opcode.FlagsFloatCompare => FlagsSource.FloatCompare,
            Opcode.FlagsLogic => FlagsSource.Logic,
            _ => throw new InvalidOperationException($"flags of {op.Opcode} were lost"),
        };
        if (source == FlagsSource.FloatCompare) width = ComparedType(op) == IrType.F32 ? 32 : 64;
        if (source == FlagsSource.Logic && values[a].Folded)
        {
            source = FlagsSource.LogicAnd;
            b = block[a].B;
            a = block[a].A;
        }
        list[count++] = alloc.Locate(SlotLocation.FlagsOperandA, a);
        if (b != 0) list[count++] = alloc.Locate(SlotLocation.FlagsOperandB, b);
        return source;
    }

    void EmitSideExits()
    {
        for (int k = 0; k < sideExitCount; k++)
        {
            ref SideExit exit = ref sideExits[k];
            asm.Bind(ref exit.Entry);
            var locations = new ReadOnlySpan<SlotLocation>(snapshots, exit.FirstLocation, exit.LocationCount);
            EmitFlagsFrom(exit.Flags, exit.FlagsWidth, locations);
            foreach (ref readonly SlotLocation location in locations)
            {
                if (location.Slot < SlotLocation.FlagsOperandA) EmitStoreFrom(location);
            }
            if (exit.IsPoll) EmitLeaveWith(exit.Record, ThreadFields.StubPoll);
            else if (exit.Record->Kind == ExitKind.Link) EmitDirectExit(exit.Record, exit.Polls);
            else EmitLeaveWith(exit.Record, ThreadFields.StubExit);
        }
    }

    void EmitStoreFrom(in SlotLocation location)
    {
        MemoryOperand place = alloc.SlotOperand(location.Slot);
        IrType type = block.Layout[location.Slot].Type;
        switch (location.Kind)
        {
            case LocationKind.Register: alloc.StoreTo(place, (HostReg)location.Index, type); break;
            case LocationKind.Spill: alloc.CopyFromFrame(place, location.Index, type); break;
            case LocationKind.Constant: alloc.StoreConstant(place, type, location.Constant); break;
        }
    }

    // In cold code only rax and the scratch vector registers are free: the other registers may hold state that is still to be stored.
    void EmitFlagsFrom(FlagsSource source, int width, ReadOnlySpan<SlotLocation> locations)
    {
        if (source is FlagsSource.Stored or FlagsSource.Packed) return;
        SlotLocation a = default, b = default;
        foreach (ref readonly SlotLocation location in locations)
        {
            if (location.Slot == SlotLocation.FlagsOperandA) a = location;
            if (location.Slot == SlotLocation.FlagsOperandB) b = location;
        }
        switch (source)
        {
            case FlagsSource.HostSub: PackHostFlags(HostForm.Sub); break;
            case FlagsSource.HostAdd: PackHostFlags(HostForm.Add); break;
            case FlagsSource.HostLogic: PackHostFlags(HostForm.Logic); break;
            case FlagsSource.FloatCompare: EmitColdFloatFlags(a, b, width); break;
            default:
                EmitCopyFrom(HostReg.Rax, a);
                (Alu operation, HostForm form) = source switch
                {
                    FlagsSource.Sub => (Alu.Cmp, HostForm.Sub),
                    FlagsSource.Add => (Alu.Add, HostForm.Add),
                    _ => (Alu.And, HostForm.Logic),
                };
                if (source == FlagsSource.Logic) EmitAlu(Alu.And, width, HostReg.Rax, HostReg.Rax);
                else EmitColdAlu(operation, width, b);
                PackHostFlags(form);
                break;
        }
        alloc.StoreTo(alloc.SlotOperand(block.Layout.FlagsSlot), HostReg.Rax, IrType.Flags);
    }

    void EmitCopyFrom(HostReg target, in SlotLocation location)
    {
        IrType type = target.IsVector() ? IrType.V128 : IrType.I64;
        switch (location.Kind)
        {
            case LocationKind.Register: alloc.Move(target, (HostReg)location.Index, type); break;
            case LocationKind.Constant: alloc.LoadConstant(target, IrType.I64, location.Constant); break;
            default: alloc.LoadFrom(target, MemoryOf(location), target.IsVector() ? IrType.F64 : type); break;
        }
    }

    MemoryOperand MemoryOf(in SlotLocation location) =>
        location.Kind == LocationKind.Spill ? RegisterAllocator.SpillOperand(location.Index) : alloc.SlotOperand(location.Index);

    void EmitColdAlu(Alu operation, int width, in SlotLocation b)
    {
        switch (b.Kind)
        {
            case LocationKind.Register: EmitAlu(operation, width, HostReg.Rax, (HostReg)b.Index); break;
            case LocationKind.Constant when width == 32 || b.Constant == (int)b.Constant: EmitAlu(operation, width, HostReg.Rax, (int)b.Constant); break;
            case LocationKind.Constant: EmitAlu(operation, width, HostReg.Rax, Pool((ulong)b.Constant)); break;
            default: EmitAlu(operation, width, HostReg.Rax, MemoryOf(b)); break;
        }
    }

    void EmitColdFloatFlags(in SlotLocation a, in SlotLocation b, int width)
    {
        EmitCopyFrom(HostRegs.ScratchX, a);
        EmitCopyFrom(HostRegs.ScratchX2, b);
        EmitFloatCompare(width == 32 ? IrType.F32 : IrType.F64, signalling: false, HostRegs.ScratchX, HostRegs.ScratchX2);
        // One conditional move per outcome, from memory: no second register is free here.
        MemoryOperand less = Pool(StateLayout.PackFlags(0b1000)), equal = Pool(StateLayout.PackFlags(0b0110)), unordered = Pool(StateLayout.PackFlags(0b0011));
        alloc.LoadConstant(HostReg.Rax, IrType.I32, StateLayout.PackFlags(0b0010));
        asm.Emit(Cmov32[(int)HostCondition.Below], Register.EAX, less);
        asm.Emit(Cmov32[(int)HostCondition.Equal], Register.EAX, equal);
        asm.Emit(Cmov32[(int)HostCondition.Parity], Register.EAX, unordered);
    }

    // Last in the block, as they run once: exits whose poll word was set, and exits that are not linked.
    void EmitUnlinkedStubs()
    {
        for (int k = 0; k < pollExitCount; k++)
        {
            asm.Bind(ref pollExits[k].Entry);
            EmitLeaveWith(pollExits[k].Record, ThreadFields.StubPoll);
        }
        for (int k = 0; k < exitCount; k++)
        {
            ExitRecord* record = exits + k;
            if (record->Kind is ExitKind.Trap) continue;
            record->Unlinked = record->Target = asm.AddressOf(asm.Offset);
            EmitLeaveWith(record, ThreadFields.StubLink);
        }
    }

    // ---- Unconditional exits ----

    void LowerExit(ExitKind kind, long location, TrapKind trap, int code)
    {
        StoreState(flagsDead: false);
        ExitRecord* record = NewExit(kind, location);
        record->Trap = trap;
        record->Code = code;
        EmitLeaveWith(record, ThreadFields.StubExit);
    }

    void LowerFlushCode(ref IrOp op)
    {
        HostReg address = alloc.Use(op.A), size = alloc.Use(op.B);
        asm.Emit(Code.Mov_rm64_r64, Field(ThreadFields.ExitValue), address.R64());
        asm.Emit(Code.Mov_rm64_r64, Field(ThreadFields.ExitValue2), size.R64());
        LowerExit(ExitKind.FlushCode, op.Imm, default, 0);
    }

    // After the stores all registers but rax are free. A site that misses its inline cache goes to the thread's table in the runtime's stub. Returns have many targets, which the
    // host predicts by the way that led here: they probe the table at once, by an instruction of their own.
    void LowerIndirect(ref IrOp op)
    {
        HostReg location = alloc.Use(op.A);
        StoreState(flagsDead: false);
        if (location != HostReg.Rax) alloc.Move(HostReg.Rax, location, IrType.I64);

        Label leave = default;
        asm.Emit(Code.Cmp_rm32_imm8, Field(ThreadFields.Poll), 0);
        asm.Jump(HostCondition.NotEqual, ref leave);
        if ((IndirectKind)op.Aux == IndirectKind.Return) EmitReturn(ref leave);
        else EmitInlineCache((IndirectKind)op.Aux);
        asm.Bind(ref leave);
        // No site: the stub goes straight to the engine.
        asm.Emit(Code.Xor_r32_rm32, Register.EDX, Register.EDX);
        asm.Emit(Code.Jmp_rm64, Field(ThreadFields.StubIndirect));
    }

    // As RuntimeStubs.TableProbe.
    void EmitReturn(ref Label miss)
    {
        asm.Emit(Code.Lea_r64_m, Register.RCX, new MemoryOperand(Register.None, Register.RAX, 4, 0, 8));
        asm.Emit(Code.And_r64_rm64, Register.RCX, Field(ThreadFields.TableMask));
        asm.Emit(Code.Add_r64_rm64, Register.RCX, Field(ThreadFields.Table));
        asm.Emit(Code.Cmp_r64_rm64, Register.RAX, new MemoryOperand(Register.RCX, 0L));
        asm.Jump(HostCondition.NotEqual, ref miss);
        if (options.CountExecutions) asm.Emit(Code.Inc_rm64, Field(ThreadFields.CountReturn));
        asm.Emit(Code.Jmp_rm64, new MemoryOperand(Register.RCX, 8));
    }

    void EmitInlineCache(IndirectKind kind)
    {
        IndirectSite* site = sites + siteCount++;
        *site = new IndirectSite { Kind = kind, Pair = TranslationCache.NeverPair };
        Label miss = default;
        asm.Emit(Code.Mov_r64_rm64, Register.RCX, Assembler.Rip(&site->Pair));
        asm.Emit(Code.Cmp_r64_rm64, Register.RAX, new MemoryOperand(Register.RCX, 0L));
        asm.Jump(HostCondition.NotEqual, ref miss);
        if (options.CountExecutions) asm.Emit(Code.Inc_rm64, Field(ThreadFields.CountInlineCache));
        asm.Emit(Code.Jmp_rm64, new MemoryOperand(Register.RCX, 8));
        asm.Bind(ref miss);
        asm.Emit(Code.Lea_r64_m, Register.RDX, Assembler.Rip(site));
        asm.Emit(Code.Jmp_rm64, Field(ThreadFields.StubIndirect));
    }

    // ---- Helpers ----

    static readonly HostReg[] HelperArguments = [HostReg.Rsi, HostReg.Rdx, HostReg.Rcx, HostReg.R8];

    void LowerCallHelper(int i, ref IrOp op)
    {
        bool touchesSlots = (op.Aux & 7) != 0;
        if (touchesSlots) StoreState(flagsDead: false);
        ClobberFlags();
        alloc.EvictAll(HostRegs.CallerSaved);
        ReadOnlySpan<int> operands = [op.A, op.B, op.C, op.D];
        for (int k = 0; k < 4; k++)
        {
            if (operands[k] == 0) continue;
            alloc.Reserve(HelperArguments[k]);
            alloc.CopyTo(HelperArguments[k], operands[k]);
        }
        RecordStateMap(i);
        asm.Emit(Code.Lea_r64_m, Register.RDI, new MemoryOperand(Register.RBP, -ThreadBlock.Bias));
        asm.Emit(Code.Mov_r64_rm64, Register.RAX, Field(ThreadFields.Helpers));
        asm.Emit(Code.Call_rm64, new MemoryOperand(Register.RAX, (int)op.Imm * 8));
        if ((op.Aux & 2) != 0) alloc.ForgetSlotMemory();
        if (op.Type != IrType.None) alloc.Move(alloc.Define(i), HostReg.Rax, op.Type);
    }
}
