using System.Globalization;

namespace Dbt.Translator.Ir;

/// <summary>The text of a block could not be read.</summary>
public sealed class IrParseException(int line, string message) : Exception($"line {line}: {message}")
{
    /// <summary>Number of the line, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>Reads the text form that <see cref="IrPrinter"/> writes; for tests and for replaying dumps.</summary>
/// <remarks>
/// A line is a run of tokens; commas only separate. Operands come in order, <c>key=value</c> immediates anywhere, <c>;</c> begins a comment.
/// Literals become shared Const operations in front of their first use. The type after <c>:</c> may be left out where an operand or slot tells it.
/// </remarks>
public sealed class IrParser
{
    readonly IrBlock block;
    readonly Dictionary<int, int> values = [];
    readonly Dictionary<(Opcode, IrType, long), int> constants = [];
    readonly List<string> tokens = [];
    int next;
    int line;

    IrParser(IrBlock block) => this.block = block;

    /// <summary>Reads <paramref name="text"/> into a block, which is reset first.</summary>
    /// <exception cref="IrParseException">The text is malformed.</exception>
    public static void Parse(string text, IrBlock block)
    {
        block.Reset();
        var parser = new IrParser(block);
        foreach (string row in text.Split('\n'))
        {
            parser.line++;
            parser.Line(row);
        }
    }

    /// <summary>Reads <paramref name="text"/> into a new block over <paramref name="layout"/>.</summary>
    public static IrBlock Parse(string text, StateLayout layout)
    {
        var block = new IrBlock(layout);
        Parse(text, block);
        return block;
    }

    IrParseException Error(string message) => new(line, message);

    void Tokenize(string row)
    {
        tokens.Clear();
        next = 0;
        int comment = row.IndexOf(';');
        if (comment >= 0) row = row[..comment];
        row = row.Replace("[", " [ ").Replace("]", " ] ");
        foreach (string token in row.Split([' ', '\t', ',', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (token != "->") tokens.Add(token);
        }
    }

    string? Peek => next < tokens.Count ? tokens[next] : null;

    string Take() => next < tokens.Count ? tokens[next++] : throw Error("something is missing at the end of the line");

    void Line(string row)
    {
        Tokenize(row);
        if (tokens.Count == 0) return;
        if (tokens[0][0] == '@')
        {
            block.BeginInstruction(ParseLocation(tokens[0][1..]));
            return;
        }
        int result = 0;
        if (tokens[0][0] == '%')
        {
            result = ValueNumber(Take());
            if (Take() != "=") throw Error("'=' expected");
        }
        var op = new IrOp { Type = TakeType() };
        string[] name = SplitName(Take(), out op.Opcode);
        ref readonly OpInfo info = ref OpTable.Info(op.Opcode);
        TakeNamed(ref op, info);
        foreach (string modifier in name) Modifier(modifier, ref op, info);
        Words(ref op, info);
        if (op.Type == IrType.None) op.Type = ImpliedType(op, info);
        Operands(ref op, info);
        if (info.Imm == ImmKind.Location) op.Imm = (long)ParseLocation(Take()).Bits;
        if (next != tokens.Count) throw Error($"'{tokens[next]}' is too much");
        if (op.Type == IrType.None && info.Result is not (ResultKind.None or ResultKind.Call)) throw Error("the type of the value is missing");
        int index = block.Append(op);
        if (result != 0) values[result] = index;
    }

    int ValueNumber(string token) =>
        token[0] == '%' && int.TryParse(token.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Error($"'{token}' is not a value");

    Location ParseLocation(string token)
    {
        int slash = token.IndexOf('/');
        ulong pc = (ulong)ParseNumber(slash < 0 ? token : token[..slash]);
        return new Location(pc, slash < 0 ? (ushort)0 : (ushort)ParseNumber("0x" + token[(slash + 1)..]));
    }

    long ParseNumber(string token)
    {
        if (token.StartsWith("0x", StringComparison.Ordinal))
        {
            if (ulong.TryParse(token.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits)) return (long)bits;
        }
        else if (long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            return value;
        }
        throw Error($"'{token}' is not a number");
    }

    int Index(string[] names, string name)
    {
        int index = Array.IndexOf(names, name);
        return index >= 0 ? index : throw Error($"'{name}' is none of {string.Join(' ', names)}");
    }

    /// <summary>Removes a final ": type".</summary>
    IrType TakeType()
    {
        int colon = tokens.LastIndexOf(":");
        if (colon < 0) return IrType.None;
        if (colon != tokens.Count - 2) throw Error("': type' must end the line");
        var type = (IrType)Index(IrNames.Types, tokens[colon + 1]);
        tokens.RemoveRange(colon, 2);
        return type;
    }

    /// <summary>Finds the longest prefix (at dots) that names an opcode; the rest are modifiers.</summary>
    string[] SplitName(string token, out Opcode opcode)
    {
        for (int end = token.Length; end > 0; end = token.LastIndexOf('.', end - 1))
        {
            opcode = OpTable.Find(token.AsSpan(0, end));
            if (opcode != Opcode.Count) return token[end..].Split('.', StringSplitOptions.RemoveEmptyEntries);
        }
        throw Error($"unknown operation '{token}'");
    }

    void TakeNamed(ref IrOp op, in OpInfo info)
    {
        for (int i = tokens.Count - 1; i >= next; i--)
        {
            int equals = tokens[i].IndexOf('=');
            if (equals < 0) continue;
            string value = tokens[i][(equals + 1)..];
            switch (tokens[i][..equals])
            {
                case "lsb" or "imm": op.Aux = (byte)ParseNumber(value); break;
                case "nzcv": op.Imm |= (long)ParseNzcv(value) << (info.Imm == ImmKind.WidthNzcv ? 8 : 0); break;
                case "from": op.Imm |= ParseNumber(value) << 4; break;
                case "in": op.Imm = long.Log2(ParseNumber(value)) - 3; break;
                case "code": op.Imm |= ParseNumber(value) << (info.Imm == ImmKind.ConditionCode ? 8 : 0); break;
                case "fraction": op.Imm |= ParseNumber(value) << (info.Imm == ImmKind.VectorConversion ? 8 : 0); break;
                case "width" or "by" or "lane" or "select" or "elements" or "helper": op.Imm |= ParseNumber(value); break;
                default: throw Error($"unknown immediate '{tokens[i]}'");
            }
            tokens.RemoveAt(i);
        }
    }

    int ParseNzcv(string letters)
    {
        int nzcv = 0;
        if (!letters.Equals("nzcv", StringComparison.OrdinalIgnoreCase)) throw Error("nzcv= wants the letters n, z, c, v, in upper case where set");
        foreach (char letter in letters) nzcv = (nzcv << 1) | (char.IsUpper(letter) ? 1 : 0);
        return nzcv;
    }

    void Modifier(string modifier, ref IrOp op, in OpInfo info)
    {
        switch (modifier)
        {
            case "unsigned" when info.Aux is AuxKind.RoundingUnsigned or AuxKind.Unsigned: op.Aux |= 8; return;
            case "signalling" when info.Aux == AuxKind.Signalling: op.Aux |= 1; return;
            case "signalling" when info.Imm == ImmKind.NzcvSignalling: op.Imm |= 0x100; return;
            case "exact" when op.Opcode == Opcode.FRound: op.Imm = 1; return;
            case "exact" or "unsigned" when info.Imm == ImmKind.VectorConversion: op.Imm |= 8; return;
            case "dn" when (info.Effects & OpEffects.RaisesFloat) != 0: op.Aux |= IrBuilder.DefaultNaNBit; return;
            case "fz16" when IrVerifier.MayFlushHalf(op.Opcode): op.Aux |= IrBuilder.FlushHalfBit; return;
            case "flags_dead" when op.Opcode is Opcode.Goto or Opcode.ExitIf: op.Aux |= IrOp.FlagsDeadAtTarget; return;
            case "neg_a" when info.Imm == ImmKind.Bit: op.Imm = 1; return;
            case "neg_a" when info.Aux == AuxKind.Negate: op.Aux |= 1; return;
            case "neg_c" when info.Aux == AuxKind.Negate: op.Aux |= 2; return;
            case "reversed" when info.Aux == AuxKind.Access: op.Aux |= 16; return;
            case "ordered" when info.Aux == AuxKind.Access: op.Aux |= 32; return;
        }
        if (info.Imm == ImmKind.VectorConversion && Array.IndexOf(IrNames.Roundings, modifier) is int rounding and >= 0) op.Imm |= (long)rounding;
        else if (info.Imm == ImmKind.Atomic && Array.IndexOf(IrNames.Atomics, modifier) is int atomic and >= 0) op.Imm = atomic;
        else if (info.Aux == AuxKind.Access && modifier[0] == 's') op.Aux |= (byte)(8 | Index(IrNames.Sizes, modifier[1..]));
        else if (info.Aux is AuxKind.Access or AuxKind.Element or AuxKind.SizeLog2) op.Aux |= (byte)Index(IrNames.Sizes, modifier);
        else if (info.Aux is AuxKind.Rounding or AuxKind.RoundingUnsigned) op.Aux |= (byte)Index(IrNames.Roundings, modifier);
        else if (info.Aux == AuxKind.CallEffects) op.Aux |= (byte)(1 << Index(IrNames.CallEffects, modifier));
        else throw Error($"'{info.Name}' has no modifier '{modifier}'");
    }

    void Words(ref IrOp op, in OpInfo info)
    {
        if (info.Aux == AuxKind.Condition) op.Aux |= (byte)Index(IrNames.Conditions, Take());
        if (info.Imm == ImmKind.ConditionCode) op.Imm |= (long)Index(IrNames.Conditions, Take());
        if (info.Aux == AuxKind.Trap) op.Aux = (byte)Index(IrNames.Traps, Take());
        if (info.Aux == AuxKind.Indirect) op.Aux = (byte)Index(IrNames.Indirects, Take());
        if (info.Imm == ImmKind.Slot) op.Imm = Slot(Take());
    }

    int Slot(string name)
    {
        for (int i = 0; i < block.Layout.Count; i++)
        {
            if (block.Layout[i].Name == name) return i;
        }
        throw Error($"the guest has no slot '{name}'");
    }

    /// <summary>The type of a value whose line does not end in ": type".</summary>
    IrType ImpliedType(in IrOp op, in OpInfo info)
    {
        switch (info.Result)
        {
            case ResultKind.None or ResultKind.Call: return IrType.None;
            case ResultKind.I32: return IrType.I32;
            case ResultKind.I64: return IrType.I64;
            case ResultKind.V128: return IrType.V128;
            case ResultKind.Flags: return IrType.Flags;
            case ResultKind.SlotRead: return block.Layout[(int)op.Imm].Type;
        }
        int position = next;
        for (int i = 0; i < 4 && position < tokens.Count; i++)
        {
            while (tokens[position] == "[" || tokens[position] == "]") position++;
            if (IrNames.Operand(info, i) == OperandKind.Same && TokenType(tokens[position]) is IrType type and not IrType.None) return type;
            position++;
        }
        return IrType.None;
    }

    /// <summary>The type of an operand's token: of the value that it names, or of its suffix.</summary>
    IrType TokenType(string token)
    {
        if (token[0] == '%') return block[Find(token)].Type;
        if (token.StartsWith("splat(", StringComparison.Ordinal)) return IrType.V128;
        int colon = token.IndexOf(':');
        return colon < 0 ? IrType.None : (IrType)Index(IrNames.Types, token[(colon + 1)..]);
    }

    int Find(string token) => values.TryGetValue(ValueNumber(token), out int index) ? index : throw Error($"{token} is not defined yet");

    void Operands(ref IrOp op, in OpInfo info)
    {
        Span<string?> operands = new string?[4];
        for (int i = 0; i < 4; i++)
        {
            OperandKind kind = IrNames.Operand(info, i);
            if (kind == OperandKind.None || (kind == OperandKind.Optional && Peek is null)) break;
            if (kind == OperandKind.Address && Take() != "[") throw Error("'[' expected");
            operands[i] = Take();
            if (kind == OperandKind.Address) Displacement(ref op, info);
        }
        IrType group = IrType.None;
        for (int i = 3; i >= 0; i--)
        {
            if (operands[i] is null || IrNames.Operand(info, i) is not (OperandKind.OperandWidth or OperandKind.SameFloat)) continue;
            if (TokenType(operands[i]!) is IrType type and not IrType.None) group = type;
        }
        if (info.Imm is ImmKind.OperandWidth or ImmKind.WidthNzcv) op.Imm |= group == IrType.I32 ? 32L : 64;
        for (int i = 0; i < 4 && operands[i] is string token; i++)
        {
            IrType implied = IrNames.LiteralType(IrNames.Operand(info, i), op, block.Layout, group, op.B == 0 ? IrType.None : block[op.B].Type);
            IrNames.Operand(ref op, i) = token[0] == '%' ? Find(token) : Literal(token, implied);
        }
    }

    void Displacement(ref IrOp op, in OpInfo info)
    {
        string token = Take();
        if (info.Imm == ImmKind.Displacement && token is "+" or "-")
        {
            long value = ParseNumber(Take());
            op.Imm = token == "-" ? -value : value;
            token = Take();
        }
        if (token != "]") throw Error("']' expected");
    }

    int Literal(string token, IrType implied)
    {
        IrType type = TokenType(token);
        if (type == IrType.None) type = implied;
        if (type == IrType.None) throw Error($"'{token}' needs a type, as in {token}:i64");
        var opcode = Opcode.Const;
        if (token.StartsWith("splat(", StringComparison.Ordinal))
        {
            opcode = Opcode.VConst;
            token = token[6..].TrimEnd(')');
        }
        else if (type is IrType.V128 or IrType.Flags)
        {
            throw Error($"'{token}' cannot be a {IrNames.Types[(int)type]}");
        }
        int colon = token.IndexOf(':');
        long value = ParseNumber(colon < 0 ? token : token[..colon]);
        if (type == IrType.I32) value = (int)value;
        if (type == IrType.F32) value = (uint)value;
        if (!constants.TryGetValue((opcode, type, value), out int index))
        {
            index = block.Append(new IrOp { Opcode = opcode, Type = type, Imm = value });
            constants.Add((opcode, type, value), index);
        }
        return index;
    }
}
