namespace Dbt.Translator.Ir;

/// <summary>Appends operations to a block; what lifters talk to. Folds constants and identities while building.</summary>
/// <remarks>One method per operation; the meaning of each is at <see cref="Opcode"/>. Split by subject: this file holds constants, guest state and control.
/// The builder begins afresh when its block has been reset.</remarks>
public sealed partial class IrBuilder(IrBlock block)
{
    /// <summary>The block being built.</summary>
    public IrBlock Block => block;

    /// <summary>Type of a value.</summary>
    public IrType TypeOf(Value value) => block[value.Index].Type;

    /// <summary>True, and the constant, if the value is an integer constant.</summary>
    public bool IsConst(Value value, out long constant)
    {
        ref IrOp op = ref block[value.Index];
        constant = op.Imm;
        return op.Opcode == Opcode.Const && op.Type is IrType.I32 or IrType.I64;
    }

    /// <summary>A 32-bit integer constant.</summary>
    public Value Const32(int value) => Emit(Opcode.Const, IrType.I32, imm: value);
    /// <summary>A 64-bit integer constant.</summary>
    public Value Const64(long value) => Emit(Opcode.Const, IrType.I64, imm: value);
    /// <summary>A 64-bit integer constant.</summary>
    public Value Const64(ulong value) => Emit(Opcode.Const, IrType.I64, imm: (long)value);
    /// <summary>An integer constant of the given type.</summary>
    public Value Const(IrType type, long value) => type == IrType.I32 ? Const32((int)value) : Const64(value);
    /// <summary>An FP constant by its bit pattern; type is F32 or F64.</summary>
    public Value ConstF(IrType type, ulong bits) => Emit(Opcode.Const, type, imm: (long)bits);
    /// <summary>A vector constant with both halves equal.</summary>
    public Value VConst(ulong half) => Emit(Opcode.VConst, IrType.V128, imm: (long)half);

    /// <summary>Reads a slot with the slot's own type.</summary>
    public Value GetSlot(int slot) => ReadSlot(slot, block.Layout[slot].Type);
    /// <summary>Reads (part of) a slot: I32 of an I64 slot, or F32, F64, I64 of a V128 slot.</summary>
    public Value GetSlot(int slot, IrType type) => ReadSlot(slot, type);
    /// <summary>Writes a slot. The value must have the slot's type.</summary>
    public void SetSlot(int slot, Value value) => WriteSlot(slot, value);

    /// <summary>Calls a runtime helper. See <see cref="Opcode.CallHelper"/> for <paramref name="effects"/>.</summary>
    public Value CallHelper(int helper, IrType type, int effects, Value a = default, Value b = default, Value c = default, Value d = default)
    {
        Value result = Emit(Opcode.CallHelper, type, a, b, c, d, effects, helper);
        lastHelper = result.Index;
        if ((effects & 2) != 0) ForgetSlots();
        return result;
    }

    /// <summary>Side exit: leaves for <paramref name="target"/> if the condition holds.</summary>
    public void ExitIf(Condition condition, Value flags, Location target) => Emit(Opcode.ExitIf, IrType.None, flags, aux: (int)condition, imm: (long)target.Bits);
    /// <summary>Raises a trap at this instruction if the condition holds.</summary>
    public void TrapIf(Condition condition, Value flags, TrapKind kind, int code) =>
        Emit(Opcode.TrapIf, IrType.None, flags, aux: (int)kind, imm: (long)condition | ((long)code << 8));
    /// <summary>Terminal: direct jump.</summary>
    public void Goto(Location target) => Emit(Opcode.Goto, IrType.None, imm: (long)target.Bits);
    /// <summary>Terminal: indirect jump to a location (I64: pc and mode word as in <see cref="Location.Bits"/>).</summary>
    public void Indirect(Value location, IndirectKind kind) => Emit(Opcode.Indirect, IrType.None, location, aux: (int)kind);
    /// <summary>Terminal: system call; goes on at <paramref name="next"/>.</summary>
    public void Syscall(Location next, int immediate = 0) => Emit(Opcode.Syscall, IrType.None, aux: immediate, imm: (long)next.Bits);
    /// <summary>Terminal: trap at this instruction.</summary>
    public void Trap(TrapKind kind, int code = 0) => Emit(Opcode.Trap, IrType.None, aux: (int)kind, imm: code);
    /// <summary>Terminal: discards translations of <paramref name="size"/> bytes at <paramref name="address"/> and goes on at <paramref name="next"/>.</summary>
    public void FlushCode(Value address, Value size, Location next) => Emit(Opcode.FlushCode, IrType.None, address, size, imm: (long)next.Bits);
}
