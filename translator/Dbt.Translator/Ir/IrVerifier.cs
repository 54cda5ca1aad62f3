namespace Dbt.Translator.Ir;

/// <summary>A block breaks a rule of the IR: a bug of the lifter or pass that made it.</summary>
public sealed class IrVerificationException(string message) : Exception(message);

/// <summary>Checks a block against the op table: operands defined before use, types, ranges of immediates, one terminal at the end.</summary>
public static class IrVerifier
{
    /// <summary>Throws if the block is invalid.</summary>
    /// <exception cref="IrVerificationException">Says which operation breaks which rule.</exception>
    public static void Verify(IrBlock block)
    {
        if (Check(block) is string message) throw new IrVerificationException(message);
    }

    /// <summary>The first broken rule, or null for a valid block.</summary>
    public static string? Check(IrBlock block)
    {
        int terminals = 0;
        int instruction = 0;
        for (int i = 1; i < block.Count; i++)
        {
            ref IrOp op = ref block[i];
            if (op.Opcode == Opcode.Nop) continue;
            string? problem = op.Opcode >= Opcode.Count ? "unknown opcode" : CheckOp(block, i);
            if (problem is null && terminals != 0) problem = "an operation follows the terminal";
            if (problem is null && op.Instruction < instruction) problem = "guest instructions run backwards";
            if (problem is null && op.Instruction >= Math.Max(block.InstructionCount, 1)) problem = "no such guest instruction";
            if (problem is not null) return op.Opcode >= Opcode.Count ? $"%{i}: {problem}" : $"{IrPrinter.Print(block, i)}: {problem}";
            instruction = op.Instruction;
            if ((OpTable.Effects(op.Opcode) & OpEffects.Terminal) != 0) terminals++;
        }
        return terminals == 1 ? null : "the block has no terminal";
    }

    static string? CheckOp(IrBlock block, int index)
    {
        ref IrOp op = ref block[index];
        ref readonly OpInfo info = ref OpTable.Info(op.Opcode);
        for (int i = 0; i < 4; i++)
        {
            int operand = IrNames.Operand(ref op, i);
            if (operand < 0 || operand >= index) return "an operand is defined later";
            if (operand != 0 && block[operand].Type == IrType.None) return "an operand has no value";
        }
        if (!ImmFits(block, op, info)) return "the immediate is out of range";
        if (!AuxFits(op, info)) return "aux is out of range";
        if (!ResultFits(block, op, info)) return "the operation cannot have this type";
        for (int i = 0; i < 4; i++)
        {
            int operand = IrNames.Operand(ref op, i);
            if (!OperandFits(block, op, IrNames.Operand(info, i), operand == 0 ? IrType.None : block[operand].Type))
                return $"operand {"abcd"[i]} cannot be {(operand == 0 ? "absent" : IrNames.Types[(int)block[operand].Type])}";
        }
        return null;
    }

    static bool IsInteger(IrType type) => type is IrType.I32 or IrType.I64;

    static bool IsFloat(IrType type) => type is IrType.F32 or IrType.F64;

    static int Bytes(IrType type) => type switch { IrType.I32 or IrType.F32 => 4, IrType.I64 or IrType.F64 => 8, IrType.V128 => 16, _ => 0 };

    static bool Holds(IrType type, in IrOp op)
    {
        int size = new MemoryAccess(op.Aux).Size;
        return IsFloat(type) ? Bytes(type) == size : Bytes(type) >= size;
    }

    static bool ResultFits(IrBlock block, in IrOp op, in OpInfo info) => info.Result switch
    {
        ResultKind.None => op.Type == IrType.None,
        ResultKind.I32 => op.Type == IrType.I32,
        ResultKind.I64 => op.Type == IrType.I64,
        ResultKind.V128 => op.Type == IrType.V128,
        ResultKind.Flags => op.Type == IrType.Flags,
        ResultKind.Integer => IsInteger(op.Type),
        ResultKind.Float => IsFloat(op.Type),
        ResultKind.Scalar => IsInteger(op.Type) || IsFloat(op.Type),
        ResultKind.Data => op.Type is not (IrType.None or IrType.Flags),
        ResultKind.SlotRead => CanRead(block.Layout[(int)op.Imm].Type, op.Type),
        ResultKind.Loaded => Holds(op.Type, op),
        ResultKind.Exchanged => (new MemoryAccess(op.Aux).SizeLog2 == 4 ? op.Type == IrType.V128 : IsInteger(op.Type)) && Holds(op.Type, op),
        _ => op.Type == IrType.None || IsInteger(op.Type),
    };

    /// <summary>Whether a slot of type <paramref name="slot"/> may be read as <paramref name="type"/>.</summary>
    static bool CanRead(IrType slot, IrType type) =>
        type == slot || (slot == IrType.I64 && type == IrType.I32) || (slot == IrType.V128 && type is IrType.F32 or IrType.F64 or IrType.I64);

    static bool OperandFits(IrBlock block, in IrOp op, OperandKind kind, IrType type)
    {
        switch (kind)
        {
            case OperandKind.None: return type == IrType.None;
            case OperandKind.Optional: return type == IrType.None || IsInteger(type);
            case OperandKind.Integer: return IsInteger(type) && !(type == IrType.I32 && op.Opcode is Opcode.VBroadcast or Opcode.VInsert && op.Aux == 3);
            case OperandKind.Float: return IsFloat(type);
            case OperandKind.Scalar: return IsInteger(type) || IsFloat(type);
            case OperandKind.Flags: return type == IrType.Flags;
            case OperandKind.Amount: return type == IrType.I32 || type == op.Type;
            case OperandKind.OperandWidth: return type == ((op.Imm & 0xFF) == 32 ? IrType.I32 : IrType.I64);
            case OperandKind.SameFloat: return IsFloat(type) && type == block[op.B].Type;
            case OperandKind.Stored: return Holds(type, op);
            default: return type == IrNames.LiteralType(kind, op, block.Layout, IrType.None, block[op.B].Type);
        }
    }

    static bool AuxFits(in IrOp op, in OpInfo info)
    {
        int aux = op.Aux;
        if ((info.Effects & OpEffects.RaisesFloat) != 0) aux &= ~IrBuilder.DefaultNaNBit;
        if (MayFlushHalf(op.Opcode) && (aux & 3) == 1) aux &= ~IrBuilder.FlushHalfBit;
        if (op.Opcode is Opcode.Goto or Opcode.ExitIf) aux &= ~IrOp.FlagsDeadAtTarget;
        switch (info.Aux)
        {
            case AuxKind.None: return aux == 0;
            case AuxKind.Condition: return aux <= (int)Condition.Always2;
            case AuxKind.Element: return aux <= MaxElement(op.Opcode) && aux >= MinElement(op.Opcode);
            case AuxKind.Access:
                var access = new MemoryAccess(op.Aux);
                return aux < 64 && access.SizeLog2 <= 4 && (!access.IsSigned || (op.Opcode == Opcode.Load && IsInteger(op.Type)));
            case AuxKind.Lsb: return aux + op.Imm <= 8 * Bytes(op.Type);
            case AuxKind.SizeLog2: return aux <= 3;
            case AuxKind.Signalling: return aux <= 1;
            case AuxKind.Negate: return aux <= 3;
            case AuxKind.Rounding: return aux <= (int)Rounding.Dynamic;
            case AuxKind.RoundingUnsigned: return (aux & 7) <= (int)Rounding.Dynamic && aux < 16;
            case AuxKind.Unsigned: return (aux & ~8) == 0;
            case AuxKind.CallEffects: return aux <= 7;
            case AuxKind.Trap: return aux <= (int)TrapKind.Rewritten;
            case AuxKind.Indirect: return aux <= (int)IndirectKind.Return;
            default: return true;
        }
    }

    /// <summary>The largest element size (log2 bytes) of an operation with <see cref="AuxKind.Element"/>.</summary>
    internal static int MaxElement(Opcode opcode) => opcode switch
    {
        Opcode.VMulWideUnsigned or Opcode.VMulWideSigned or Opcode.VFWiden or Opcode.VFNarrow => 2,
        Opcode.VMul or Opcode.VNarrow or Opcode.VWidenSigned or Opcode.VWidenUnsigned or Opcode.VCountLeadingZeros or Opcode.VReverse => 2,
        Opcode.VRecipEstimate or Opcode.VRecipSqrtEstimate => 2,
        _ => 3,
    };

    /// <summary>The smallest one.</summary>
    internal static int MinElement(Opcode opcode) => opcode switch
    {
        Opcode.VFWiden or Opcode.VFNarrow => 1,
        >= Opcode.VFAdd and <= Opcode.VFMulAdd or >= Opcode.VFMax and < Opcode.VFWiden => 1,
        Opcode.VRotateRight => 2,
        Opcode.VFNarrowToOdd => 3,
        >= Opcode.VFRecipEstimate and <= Opcode.VFRecipSqrtStep => 1,
        >= Opcode.VFRecipEstimate and <= Opcode.VRecipSqrtEstimate => 2,
        _ => 0,
    };

    /// <summary>Whether an operation on halves may have <see cref="IrBuilder.FlushHalfBit"/>.</summary>
    internal static bool MayFlushHalf(Opcode opcode) => opcode is >= Opcode.VFAdd and <= Opcode.VFMulAdd or >= Opcode.VFMax and < Opcode.VFWiden or Opcode.VFNarrow
        or >= Opcode.VFRecipEstimate and <= Opcode.VFRecipSqrtStep;

    /// <summary>The largest imm of an operation with <see cref="ImmKind.Selector"/>.</summary>
    internal static int MaxSelector(Opcode opcode) => opcode switch
    {
        Opcode.VShuffleWords or Opcode.VLogic3 => 255,
        Opcode.VPolyMul64 or Opcode.VSha1Rounds or Opcode.VFRoundBounded or Opcode.VDot => 3,
        _ => 1,
    };

    static bool ImmFits(IrBlock block, in IrOp op, in OpInfo info)
    {
        long imm = op.Imm;
        int lanes = 16 >> (op.Aux & 3);
        switch (info.Imm)
        {
            case ImmKind.None: return imm == 0;
            case ImmKind.Constant: return op.Type switch { IrType.I32 => imm == (int)imm, IrType.F32 => imm == (uint)imm, _ => true };
            case ImmKind.Slot: return (ulong)imm < (ulong)block.Layout.Count;
            case ImmKind.FieldWidth: return imm >= 1 && imm <= 8 * Bytes(op.Type);
            case ImmKind.PairAmount: return imm > 0 && imm < 8 * Bytes(op.Type);
            case ImmKind.OperandWidth: return imm is 32 or 64;
            case ImmKind.WidthNzcv: return (imm & 0xFF) is 32 or 64 && imm >> 8 is >= 0 and <= 15;
            case ImmKind.NzcvSignalling: return (imm & ~0x10FL) == 0;
            case ImmKind.Atomic: return imm is >= 0 and <= (long)AtomicOperation.Swap;
            case ImmKind.Bit: return imm is 0 or 1;
            case ImmKind.FractionBits: return imm is >= 0 and <= 64;
            case ImmKind.ShiftLeft: return imm >= 0 && imm < 8 << op.Aux;
            case ImmKind.ShiftRight: return imm >= 0 && imm <= 8 << op.Aux;
            case ImmKind.Lane: return imm >= 0 && imm < lanes;
            case ImmKind.LanePair: return (imm & 15) < lanes && imm >> 4 >= 0 && imm >> 4 < lanes;
            case ImmKind.ByteNumber: return imm is >= 0 and <= 15;
            case ImmKind.VectorConversion: return (imm & 7) <= (long)Rounding.Dynamic && (imm & 0xF0) == 0 && imm >> 8 >= 0 && imm >> 8 <= (op.Opcode == Opcode.VFRound ? 0 : 8 << (op.Aux & 3));
            case ImmKind.ElementCount: return imm >= 1 && imm <= lanes && long.IsPow2(imm);
            case ImmKind.Container: return imm > op.Aux && imm <= 3;
            case ImmKind.Selector: return imm >= 0 && imm <= MaxSelector(op.Opcode);
            case ImmKind.ConditionCode: return (imm & 0xFF) <= (long)Condition.Always2;
            default: return true;
        }
    }
}
