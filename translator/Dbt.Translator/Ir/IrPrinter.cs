using System.Globalization;
using System.Text;

namespace Dbt.Translator.Ir;

/// <summary>The text form of a block: one operation per line, constants in place, <c>@location</c> lines where guest instructions begin.</summary>
/// <remarks>
/// <code>
///   @0x1000
///   %1 = get x0 : i64
///   %3 = flags.sub %1, 1
///   set flags, %3
///   @0x1004
///   %4 = load.32 [%1 + 8] : i64
///   exit_if eq %3 -> 0x2000
///   goto 0x1008
/// </code>
/// A value's number is its operation's index, so it stays the same from pass to pass; <see cref="IrParser"/> reads any numbering.
/// A literal shows its type (<c>5:i32</c>) only where its place does not tell it.
/// </remarks>
public sealed class IrPrinter
{
    readonly IrBlock block;
    readonly StringBuilder text = new();
    readonly int[]? numbers;

    IrPrinter(IrBlock block, bool renumber)
    {
        this.block = block;
        if (!renumber) return;
        numbers = new int[block.Count];
        int next = 1;
        for (int i = 1; i < block.Count; i++)
        {
            if (block[i].Type != IrType.None && !IsLiteral(i)) numbers[i] = next++;
        }
    }

    /// <summary>The text of a block. With <paramref name="renumber"/> the values are numbered 1, 2, 3 ... in order: a canonical form for comparison.</summary>
    public static string Print(IrBlock block, bool renumber = false)
    {
        var printer = new IrPrinter(block, renumber);
        int begun = 0;
        for (int i = 1; i < block.Count; i++)
        {
            ref IrOp op = ref block[i];
            if (op.Opcode == Opcode.Nop || printer.IsLiteral(i)) continue;
            while (begun <= op.Instruction && begun < block.InstructionCount) printer.Instruction(begun++);
            printer.Line(i);
            printer.text.Append('\n');
        }
        while (begun < block.InstructionCount) printer.Instruction(begun++);
        return printer.text.ToString();
    }

    /// <summary>The text of one operation, without a line end.</summary>
    public static string Print(IrBlock block, int index)
    {
        var printer = new IrPrinter(block, renumber: false);
        printer.Line(index);
        return printer.text.ToString();
    }

    void Instruction(int number) => text.Append('@').Append(block.InstructionAt(number)).Append('\n');

    bool IsLiteral(int index) => block[index].Opcode is Opcode.Const or Opcode.VConst;

    void Line(int index)
    {
        ref IrOp op = ref block[index];
        ref readonly OpInfo info = ref OpTable.Info(op.Opcode);
        if (op.Type != IrType.None) Value(index).Append(" = ");
        text.Append(info.Name);
        Modifiers(op, info);
        char separator = ' ';
        Words(op, info, ref separator);
        Operands(ref op, info, ref separator);
        Immediates(op, info, ref separator);
        if (op.Type != IrType.None && info.Result is not (ResultKind.I32 or ResultKind.I64 or ResultKind.V128 or ResultKind.Flags))
            text.Append(" : ").Append(Name(IrNames.Types, (int)op.Type));
    }

    StringBuilder Value(int index) => text.Append('%').Append(numbers is null ? index : numbers[index]);

    // A block that the verifier rejects must still print, so numbers out of range show as themselves.
    static string Name(string[] names, long value) => (ulong)value < (ulong)names.Length ? names[value] : value.ToString(CultureInfo.InvariantCulture);

    void Modifier(string[] names, long value) => text.Append('.').Append(Name(names, value));

    void Modifiers(in IrOp op, in OpInfo info)
    {
        if (info.Imm == ImmKind.Atomic) Modifier(IrNames.Atomics, op.Imm);
        switch (info.Aux)
        {
            case AuxKind.Access:
                var access = new MemoryAccess(op.Aux);
                text.Append(access.IsSigned ? ".s" : ".").Append(Name(IrNames.Sizes, access.SizeLog2));
                if (access.IsSwapped) text.Append(".reversed");
                if (access.IsOrdered) text.Append(".ordered");
                break;
            case AuxKind.Element or AuxKind.SizeLog2:
                Modifier(IrNames.Sizes, op.Aux & 15);
                break;
            case AuxKind.Rounding or AuxKind.RoundingUnsigned:
                Modifier(IrNames.Roundings, op.Aux & 7);
                break;
            case AuxKind.Negate:
                if ((op.Aux & 1) != 0) text.Append(".neg_a");
                if ((op.Aux & 2) != 0) text.Append(".neg_c");
                break;
            case AuxKind.CallEffects:
                for (int bit = 0; bit < 3; bit++)
                {
                    if ((op.Aux >> bit & 1) != 0) Modifier(IrNames.CallEffects, bit);
                }
                break;
        }
        if (info.Imm == ImmKind.VectorConversion)
        {
            if (op.Opcode != Opcode.VIntegerToF) Modifier(IrNames.Roundings, op.Imm & 7);
            if ((op.Imm & 8) != 0) text.Append(op.Opcode == Opcode.VFRound ? ".exact" : ".unsigned");
        }
        if (info.Aux is AuxKind.RoundingUnsigned or AuxKind.Unsigned && (op.Aux & 8) != 0) text.Append(".unsigned");
        if ((info.Aux == AuxKind.Signalling && (op.Aux & 1) != 0) || (info.Imm == ImmKind.NzcvSignalling && (op.Imm & 0x100) != 0)) text.Append(".signalling");
        if ((info.Effects & OpEffects.RaisesFloat) != 0 && (op.Aux & IrBuilder.DefaultNaNBit) != 0) text.Append(".dn");
        if (IrVerifier.MayFlushHalf(op.Opcode) && (op.Aux & IrBuilder.FlushHalfBit) != 0) text.Append(".fz16");
        if (op.Opcode is Opcode.Goto or Opcode.ExitIf && (op.Aux & IrOp.FlagsDeadAtTarget) != 0) text.Append(".flags_dead");
        if (info.Imm == ImmKind.Bit && op.Imm != 0) text.Append(op.Opcode == Opcode.FRound ? ".exact" : ".neg_a");
    }

    void Words(in IrOp op, in OpInfo info, ref char separator)
    {
        if (info.Aux == AuxKind.Condition) text.Append(' ').Append(Name(IrNames.Conditions, op.Aux & 15));
        if (info.Imm == ImmKind.ConditionCode) text.Append(' ').Append(Name(IrNames.Conditions, op.Imm & 0xFF));
        if (info.Aux == AuxKind.Trap) text.Append(' ').Append(Name(IrNames.Traps, op.Aux));
        if (info.Aux == AuxKind.Indirect) text.Append(' ').Append(Name(IrNames.Indirects, op.Aux));
        if (info.Imm == ImmKind.Slot)
        {
            text.Append(' ').Append((ulong)op.Imm < (ulong)block.Layout.Count ? block.Layout[(int)op.Imm].Name : $"slot{op.Imm}");
            separator = ',';
        }
    }

    void Separate(ref char separator)
    {
        if (separator == ',') text.Append(',');
        text.Append(' ');
        separator = ',';
    }

    void Operands(ref IrOp op, in OpInfo info, ref char separator)
    {
        IrType group = IrType.None;
        for (int i = 3; i >= 0; i--)
        {
            int index = IrNames.Operand(ref op, i);
            if (IrNames.Operand(info, i) is OperandKind.OperandWidth or OperandKind.SameFloat && !IsLiteral(index)) group = block[index].Type;
        }
        for (int i = 0; i < 4; i++)
        {
            OperandKind kind = IrNames.Operand(info, i);
            int index = IrNames.Operand(ref op, i);
            if (kind == OperandKind.None || (kind == OperandKind.Optional && index == 0)) break;
            Separate(ref separator);
            if (kind == OperandKind.Address) text.Append('[');
            if (IsLiteral(index)) Literal(block[index], IrNames.LiteralType(kind, op, block.Layout, group, block[op.B].Type));
            else Value(index);
            if (kind != OperandKind.Address) continue;
            if (info.Imm == ImmKind.Displacement && op.Imm != 0)
                text.Append(op.Imm < 0 ? " - " : " + ").Append(op.Imm < 0 ? unchecked((ulong)-op.Imm) : (ulong)op.Imm);
            text.Append(']');
        }
    }

    void Literal(in IrOp op, IrType implied)
    {
        if (op.Opcode == Opcode.VConst)
        {
            text.Append(CultureInfo.InvariantCulture, $"splat(0x{op.Imm:x})");
            return;
        }
        bool integer = op.Type is IrType.I32 or IrType.I64;
        if (integer && op.Imm is >= -4096 and <= 4096) text.Append(op.Imm);
        else if (op.Type is IrType.I32 or IrType.F32) text.Append(CultureInfo.InvariantCulture, $"0x{(uint)op.Imm:x}");
        else text.Append(CultureInfo.InvariantCulture, $"0x{op.Imm:x}");
        if (op.Type != implied) text.Append(':').Append(Name(IrNames.Types, (int)op.Type));
    }

    void Immediates(in IrOp op, in OpInfo info, ref char separator)
    {
        if (info.Aux == AuxKind.Lsb) Named("lsb", op.Aux, ref separator);
        if (info.Aux == AuxKind.Byte && op.Aux != 0) Named("imm", op.Aux, ref separator);
        switch (info.Imm)
        {
            case ImmKind.FieldWidth:
                Named("width", op.Imm, ref separator);
                break;
            case ImmKind.PairAmount or ImmKind.ShiftLeft or ImmKind.ShiftRight or ImmKind.ByteNumber:
                Named("by", op.Imm, ref separator);
                break;
            case ImmKind.WidthNzcv:
                Nzcv((int)(op.Imm >> 8), ref separator);
                break;
            case ImmKind.NzcvSignalling:
                Nzcv((int)op.Imm & 15, ref separator);
                break;
            case ImmKind.FractionBits when op.Imm != 0:
                Named("fraction", op.Imm, ref separator);
                break;
            case ImmKind.Lane:
                Named("lane", op.Imm, ref separator);
                break;
            case ImmKind.LanePair:
                Named("lane", op.Imm & 15, ref separator);
                Named("from", op.Imm >> 4, ref separator);
                break;
            case ImmKind.Container:
                Named("in", 8L << (int)op.Imm, ref separator);
                break;
            case ImmKind.VectorConversion when op.Imm >> 8 != 0:
                Named("fraction", op.Imm >> 8, ref separator);
                break;
            case ImmKind.Selector:
                Named("select", op.Imm, ref separator);
                break;
            case ImmKind.ElementCount:
                Named("elements", op.Imm, ref separator);
                break;
            case ImmKind.Helper:
                Named("helper", op.Imm, ref separator);
                break;
            case ImmKind.ConditionCode when op.Imm >> 8 != 0:
                Named("code", op.Imm >> 8, ref separator);
                break;
            case ImmKind.Code when op.Imm != 0:
                Named("code", op.Imm, ref separator);
                break;
            case ImmKind.Location:
                text.Append(op.Opcode == Opcode.ExitIf ? " -> " : separator == ',' ? ", " : " ").Append(new Location((ulong)op.Imm));
                break;
        }
    }

    void Named(string name, long value, ref char separator)
    {
        Separate(ref separator);
        text.Append(name).Append('=').Append(value);
    }

    /// <summary>Flags as four letters, upper case where set.</summary>
    void Nzcv(int nzcv, ref char separator)
    {
        Separate(ref separator);
        text.Append("nzcv=").Append((nzcv & 8) != 0 ? 'N' : 'n').Append((nzcv & 4) != 0 ? 'Z' : 'z').Append((nzcv & 2) != 0 ? 'C' : 'c').Append((nzcv & 1) != 0 ? 'V' : 'v');
    }
}
