using System.Numerics;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Assigns host registers while code is emitted, operation by operation, and keeps track of which guest slots are newer than their memory.</summary>
/// <remarks>
/// <para>Lowering one operation: <see cref="Begin"/>; <see cref="Use"/> for operands; <see cref="Define"/> or <see cref="DefineFrom"/> for the
/// result; <see cref="End"/>. Registers named in between are pinned until End.</para>
/// <para>When no register is free the value with the furthest next use goes. If it is the newest value of a guest slot it is stored there, which is where it would have to go anyway;
/// if memory still has it, it is dropped; otherwise it goes to the frame. None of this changes the host's flags.</para>
/// <para>Invariant: the newest value of a dirty slot is in a register, in the frame, or a constant; never only in the memory of another slot.</para>
/// </remarks>
sealed unsafe partial class RegisterAllocator(Assembler asm)
{
    readonly int[] occupant = new int[HostRegs.Count];
    readonly int[] newest = new int[128];
    readonly int[] memoryHolds = new int[128];
    readonly ulong[] spillUsed = new ulong[HostFrame.Slots / 64];
    readonly ulong[] dirty = new ulong[2];
    ValueInfo[] values = [];
    IrBlock block = null!;
    uint pinned;
    uint held;
    int current;

    /// <summary>Starts a block: nothing is in registers, all slots are in memory.</summary>
    public void Start(IrBlock irBlock, ValueInfo[] table)
    {
        block = irBlock;
        values = table;
        Array.Clear(occupant);
        Array.Clear(newest);
        Array.Clear(memoryHolds);
        Array.Clear(spillUsed);
        dirty[0] = dirty[1] = 0;
        pinned = held = 0;
        current = 0;
    }

    /// <summary>The operation being lowered.</summary>
    public int Current => current;

    /// <summary>Begins the lowering of operation <paramref name="index"/>.</summary>
    public void Begin(int index) => current = index;

    /// <summary>Ends the lowering of an operation: unpins, and frees registers of values that nobody needs any more.</summary>
    public void End()
    {
        ref IrOp op = ref block[current];
        pinned = held;
        ReleaseIfDead(op.A, current);
        ReleaseIfDead(op.B, current);
        ReleaseIfDead(op.C, current);
        ReleaseIfDead(op.D, current);
        ReleaseIfDead(current, current);
    }

    /// <summary>The value in the register stays there, beyond the end of this operation.</summary>
    public void Hold(HostReg reg) => held |= Bit(reg);

    /// <summary>Nothing is held any more.</summary>
    public void ReleaseHeld() => held = 0;

    void ReleaseIfDead(int value, int at)
    {
        if (value != 0 && values[value].End <= at) Release(value);
    }

    /// <summary>Forgets a dead value: its register and spill slot are free, and slots that it was the newest value of are never observed again.</summary>
    void Release(int value)
    {
        ref ValueInfo info = ref values[value];
        if (info.Reg != HostReg.None)
        {
            occupant[(int)info.Reg] = 0;
            info.Reg = HostReg.None;
        }
        if (info.Spill >= 0) FreeSpill(ref info, FrameType(value));
        if (info.DirtySlots > 0) ForgetDirty(value);
    }

    void ForgetDirty(int value)
    {
        for (int slot = NextDirty(0); slot >= 0; slot = NextDirty(slot + 1))
        {
            if (newest[slot] != value) continue;
            dirty[slot >> 6] &= ~(1ul << (slot & 63));
            newest[slot] = 0;
        }
        values[value].DirtySlots = 0;
    }

    // ---- Operands ----

    /// <summary>The value in a register, pinned until <see cref="End"/>.</summary>
    public HostReg Use(int value)
    {
        ref ValueInfo info = ref values[value];
        if (info.Reg == HostReg.None)
        {
            HostReg reg = Allocate(ClassOf(value));
            Load(value, reg);
            Occupy(reg, value);
        }
        pinned |= Bit(info.Reg);
        return info.Reg;
    }

    /// <summary>True if the value has no register but lies in memory that an instruction can name, and this is its last use, so that loading it would gain nothing.</summary>
    public bool TryMemory(int value, out MemoryOperand memory)
    {
        ref ValueInfo info = ref values[value];
        memory = default;
        if (info.Reg != HostReg.None || info.End > current || block[value].Opcode is Opcode.Const or Opcode.VConst) return false;
        if (info.Spill >= 0) memory = SpillOperand(info.Spill);
        // A slot that has a newer value may be stored while this operation looks for registers.
        else if (info.Home >= 0 && !IsDirty(info.Home)) memory = SlotOperand(info.Home);
        else return false;
        return true;
    }

    /// <summary>Copies a value into a given register, which must be free, reserved or scratch.</summary>
    public void CopyTo(HostReg target, int value)
    {
        HostReg reg = values[value].Reg;
        if (reg == HostReg.None) Load(value, target);
        else if (reg != target) Move(target, reg, block[value].Type);
    }

    /// <summary>A register for the result, contents undefined, pinned. Operands that were named before keep their registers.</summary>
    public HostReg Define(int value)
    {
        uint kind = ClassOf(value);
        if (!TryHint(value, FreeRegisters(kind), out HostReg reg)) reg = Allocate(kind);
        Occupy(reg, value);
        pinned |= Bit(reg);
        return reg;
    }

    /// <summary>The operation may trap in its middle, and operands that die at it are still to be seen there: no result takes their registers.</summary>
    public bool OperandsStay { get; set; }

    /// <summary>A register for the result that may be that of an operand which dies here: for results made by one host instruction that reads its operands before it writes.</summary>
    public HostReg DefineOver(int value)
    {
        if (OperandsStay) return Define(value);
        ref IrOp op = ref block[current];
        uint kind = ClassOf(value);
        HostReg reg = DyingRegister(op.A, kind), other = DyingRegister(op.B, kind), hint = values[value].Hint;
        if (reg == HostReg.None || other == hint) reg = other;
        if (reg != hint && (Bit(hint) & FreeRegisters(kind)) != 0) return Define(value);
        if (reg == HostReg.None) return Define(value);
        TakeOver(reg, value);
        return reg;
    }

    HostReg DyingRegister(int operand, uint kind)
    {
        if (operand == 0 || values[operand].End > current) return HostReg.None;
        HostReg reg = values[operand].Reg;
        return reg != HostReg.None && (Bit(reg) & kind) != 0 ? reg : HostReg.None;
    }

    /// <summary>A register for the result that begins as a copy of <paramref name="source"/>: its own register if it dies here.</summary>
    public HostReg DefineFrom(int value, int source)
    {
        HostReg reg = values[source].Reg;
        if (reg != HostReg.None && !OperandsStay && values[source].End <= current && (Bit(reg) & ClassOf(value)) != 0)
        {
            TakeOver(reg, value);
            return reg;
        }
        reg = Define(value);
        CopyTo(reg, source);
        return reg;
    }

    /// <summary>The result is in this reserved register.</summary>
    public void DefineIn(int value, HostReg reg)
    {
        Occupy(reg, value);
        pinned |= Bit(reg);
    }

    void TakeOver(HostReg reg, int value)
    {
        Release(occupant[(int)reg]);
        Occupy(reg, value);
        pinned |= Bit(reg);
    }

    /// <summary>A temporary register until <see cref="End"/>.</summary>
    public HostReg Temporary(bool vector = false)
    {
        HostReg reg = Allocate(vector ? HostRegs.Vectors : HostRegs.General);
        pinned |= Bit(reg);
        return reg;
    }

    /// <summary>Makes a particular register free and pins it. Must come before the operands are named.</summary>
    public void Reserve(HostReg reg)
    {
        int value = occupant[(int)reg];
        pinned |= Bit(reg);
        if (value == 0) return;
        ref ValueInfo info = ref values[value];
        if (info.End < current)
        {
            Release(value);
            return;
        }
        uint free = FreeRegisters(ClassOf(value));
        if (free == 0)
        {
            Evict(reg);
            return;
        }
        var other = (HostReg)BitOperations.TrailingZeroCount(free);
        Move(other, reg, block[value].Type);
        occupant[(int)reg] = 0;
        Occupy(other, value);
    }

    /// <summary>Empties all the registers in the mask (before a call). Values stay recoverable.</summary>
    public void EvictAll(uint mask)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            var reg = (HostReg)BitOperations.TrailingZeroCount(rest);
            if (occupant[(int)reg] != 0) Evict(reg);
        }
    }

    void Occupy(HostReg reg, int value)
    {
        occupant[(int)reg] = value;
        values[value].Reg = reg;
    }

    uint ClassOf(int value) => block[value].Type is IrType.F32 or IrType.F64 or IrType.V128 ? HostRegs.Vectors : HostRegs.General;

    static uint Bit(HostReg reg) => 1u << (int)reg;

    uint FreeRegisters(uint kind)
    {
        uint free = 0;
        for (uint rest = kind & ~pinned; rest != 0; rest &= rest - 1)
        {
            int reg = BitOperations.TrailingZeroCount(rest);
            int value = occupant[reg];
            if (value == 0 || values[value].End < current) free |= 1u << reg;
        }
        return free;
    }

    HostReg Allocate(uint kind)
    {
        uint free = FreeRegisters(kind);
        if (free != 0)
        {
            // rcx and rdx come last: some host instructions insist on them.
            uint preferred = free & ~(Bit(HostReg.Rcx) | Bit(HostReg.Rdx));
            int reg = BitOperations.TrailingZeroCount(preferred != 0 ? preferred : free);
            if (occupant[reg] != 0) Release(occupant[reg]);
            return (HostReg)reg;
        }
        HostReg victim = ChooseVictim(kind);
        Evict(victim);
        return victim;
    }

    HostReg ChooseVictim(uint kind)
    {
        HostReg best = HostReg.None;
        long furthest = -1;
        for (uint rest = kind & ~pinned; rest != 0; rest &= rest - 1)
        {
            int reg = BitOperations.TrailingZeroCount(rest);
            // Twice the distance, and less one for a value that has to be stored.
            long next = (2L * NextUse(occupant[reg])) - (values[occupant[reg]].DirtySlots > 0 ? 1 : 0);
            if (next <= furthest) continue;
            furthest = next;
            best = (HostReg)reg;
        }
        return best != HostReg.None ? best : throw new InvalidOperationException("no host register can be freed");
    }

    int NextUse(int value)
    {
        int end = Math.Min(values[value].End, block.Count - 1);
        for (int i = current; i <= end; i++)
        {
            ref IrOp op = ref block[i];
            if (op.Opcode != Opcode.SetSlot && (op.A == value || op.B == value || op.C == value || op.D == value)) return i;
        }
        return int.MaxValue;
    }

    void Evict(HostReg reg)
    {
        int value = occupant[(int)reg];
        ref ValueInfo info = ref values[value];
        if (info.End < current)
        {
            Release(value);
            return;
        }
        if (block[value].Opcode is not (Opcode.Const or Opcode.VConst))
        {
            if (info.DirtySlots > 0) StoreAllSlotsOf(value);
            if (info.Home < 0 && info.Spill < 0) SpillToFrame(value, reg);
        }
        occupant[(int)reg] = 0;
        info.Reg = HostReg.None;
    }

    // ---- Frame ----

    /// <summary>A spill slot as an operand.</summary>
    public static MemoryOperand SpillOperand(int index) => new(Register.RSP, index * 8);

    void SpillToFrame(int value, HostReg reg)
    {
        ref ValueInfo info = ref values[value];
        IrType type = FrameType(value);
        info.Spill = AllocateSpill(type == IrType.V128);
        StoreTo(SpillOperand(info.Spill), reg, type);
    }

    // A 32-bit value may stand for its free zero extension, and a scalar for its vector: the frame keeps whole registers.
    IrType FrameType(int value) => block[value].Type switch
    {
        IrType.V128 => IrType.V128,
        IrType.F32 or IrType.F64 => values[value].Wide ? IrType.V128 : block[value].Type,
        _ => IrType.I64,
    };

    short AllocateSpill(bool wide)
    {
        for (int word = 0; word < spillUsed.Length; word++)
        {
            // Wide slots take an even-numbered pair: 16-byte aligned.
            ulong free = ~spillUsed[word];
            if (wide) free &= (free >> 1) & 0x5555_5555_5555_5555;
            if (free == 0) continue;
            int bit = BitOperations.TrailingZeroCount(free);
            spillUsed[word] |= (wide ? 3ul : 1ul) << bit;
            return (short)((word * 64) + bit);
        }
        throw new InvalidOperationException("a block needs more spill slots than the frame has");
    }

    void FreeSpill(ref ValueInfo info, IrType type)
    {
        spillUsed[info.Spill >> 6] &= ~((type == IrType.V128 ? 3ul : 1ul) << (info.Spill & 63));
        info.Spill = -1;
    }

    // ---- Guest slots ----

    /// <summary>A guest slot's memory as an operand.</summary>
    public MemoryOperand SlotOperand(int slot) => new(Register.RBP, block.Layout[slot].Offset);

    /// <summary>GetSlot: the value is in the slot's memory; it is loaded when it is first used.</summary>
    public void ReadSlot(int value, int slot)
    {
        if (IsDirty(slot)) StoreSlot(slot);
        int previous = memoryHolds[slot];
        if (previous != 0 && previous != value && values[previous].End >= current && values[previous].Home == slot)
        {
            // Only one value is tracked per slot's memory: the earlier one gets a register of its own.
            Use(previous);
            values[previous].Home = -1;
        }
        memoryHolds[slot] = value;
        values[value].Home = (short)slot;
    }

    /// <summary>SetSlot: the value becomes the newest of the slot; nothing is stored yet.</summary>
    public void WriteSlot(int slot, int value)
    {
        ref ValueInfo info = ref values[value];
        if (info.Home == slot && memoryHolds[slot] == value)
        {
            Supersede(slot);
            return;
        }
        if (info.Reg == HostReg.None && info.Spill < 0 && info.Home >= 0) Use(value);
        Supersede(slot);
        newest[slot] = value;
        dirty[slot >> 6] |= 1ul << (slot & 63);
        info.DirtySlots++;
    }

    /// <summary>The slot's newest value needs no store any more.</summary>
    public void Supersede(int slot)
    {
        if (IsDirty(slot)) values[newest[slot]].DirtySlots--;
        dirty[slot >> 6] &= ~(1ul << (slot & 63));
        newest[slot] = 0;
    }

    /// <summary>True if the slot's newest value is not in its memory.</summary>
    public bool IsDirty(int slot) => (dirty[slot >> 6] & (1ul << (slot & 63))) != 0;

    /// <summary>The first dirty slot from <paramref name="from"/> on, or -1.</summary>
    public int NextDirty(int from)
    {
        for (int word = from >> 6; word < 2; word++)
        {
            ulong bits = dirty[word];
            if (word == from >> 6) bits &= ulong.MaxValue << (from & 63);
            if (bits != 0) return (word * 64) + BitOperations.TrailingZeroCount(bits);
        }
        return -1;
    }

    /// <summary>Newest value of a dirty slot.</summary>
    public int NewestOf(int slot) => newest[slot];

    /// <summary>Stores every dirty slot but the flags (which need a computation: see the caller) that is still observed at the current operation.</summary>
    public void StoreDirtySlots()
    {
        for (int slot = NextDirty(0); slot >= 0; slot = NextDirty(slot + 1))
        {
            if (slot == block.Layout.FlagsSlot) continue;
            if (values[newest[slot]].End < current) Supersede(slot);
            else StoreSlot(slot);
        }
    }

    /// <summary>After a call that may have written slots: no value may be looked for in their memory.</summary>
    public void ForgetSlotMemory()
    {
        for (int slot = 0; slot < block.Layout.Count; slot++) PrepareOverwrite(slot);
    }

    /// <summary>The caller is about to store to a slot's memory itself: a live value that is nowhere else is saved.</summary>
    public void PrepareOverwrite(int slot)
    {
        SaveHolderOf(slot, 0);
        memoryHolds[slot] = 0;
    }

    void StoreAllSlotsOf(int value)
    {
        for (int slot = NextDirty(0); slot >= 0; slot = NextDirty(slot + 1))
        {
            if (newest[slot] == value) StoreSlot(slot);
        }
    }

    /// <summary>Stores the newest value of a dirty slot; it is clean afterwards.</summary>
    public void StoreSlot(int slot)
    {
        int value = newest[slot];
        SaveHolderOf(slot, value);
        memoryHolds[slot] = 0;

        ref ValueInfo info = ref values[value];
        IrType type = block.Layout[slot].Type;
        ref IrOp op = ref block[value];
        if (info.Reg != HostReg.None) StoreTo(SlotOperand(slot), info.Reg, type);
        else if (op.Opcode is Opcode.Const or Opcode.VConst) StoreConstant(SlotOperand(slot), type, op.Imm);
        else CopyFromFrame(SlotOperand(slot), info.Spill, type);

        Supersede(slot);
        if (op.Opcode is Opcode.Const or Opcode.VConst) return;
        memoryHolds[slot] = value;
        if (info.Home < 0 || memoryHolds[info.Home] != value) info.Home = (short)slot;
    }

    // Before a slot's memory is overwritten, a live value that is nowhere else is saved in the frame.
    void SaveHolderOf(int slot, int incoming)
    {
        int holder = memoryHolds[slot];
        if (holder == 0 || holder == incoming || values[holder].Home != slot) return;
        ref ValueInfo info = ref values[holder];
        if (info.End >= current && info.Reg == HostReg.None && info.Spill < 0)
        {
            // PUSH and POP of memory need no register and leave the flags alone; POP computes its address after it has moved rsp back.
            bool wide = FrameType(holder) == IrType.V128;
            info.Spill = AllocateSpill(wide);
            MemoryOperand place = SlotOperand(slot);
            asm.Emit(Code.Push_rm64, place);
            asm.Emit(Code.Pop_rm64, SpillOperand(info.Spill));
            if (wide)
            {
                asm.Emit(Code.Push_rm64, new MemoryOperand(place.Base, place.Displacement + 8));
                asm.Emit(Code.Pop_rm64, SpillOperand(info.Spill + 1));
            }
        }
        info.Home = -1;
    }

    /// <summary>Where a value is now.</summary>
    public SlotLocation Locate(byte slot, int value)
    {
        ref ValueInfo info = ref values[value];
        ref IrOp op = ref block[value];
        if (op.Opcode is Opcode.Const or Opcode.VConst) return new SlotLocation { Slot = slot, Kind = LocationKind.Constant, Constant = op.Imm };
        if (info.Reg != HostReg.None) return new SlotLocation { Slot = slot, Kind = LocationKind.Register, Index = (short)info.Reg };
        if (info.Spill >= 0) return new SlotLocation { Slot = slot, Kind = LocationKind.Spill, Index = info.Spill };
        return new SlotLocation { Slot = slot, Kind = LocationKind.Home, Index = info.Home };
    }
}
