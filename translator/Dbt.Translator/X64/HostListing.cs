using System.Globalization;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>One instruction of emitted code.</summary>
/// <param name="Offset">Bytes from the block's entry.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="Text">Intel syntax.</param>
/// <param name="Note">What its memory operand is: a guest slot, a field of the thread, an exit; or empty.</param>
public readonly record struct HostInstruction(int Offset, int Length, string Text, string Note);

/// <summary>Disassembles an emitted block and says what its operands are. Addresses are relative to the block, so equal code gives equal text.</summary>
sealed unsafe class HostListing
{
    readonly BlockInfo* info;
    readonly StateLayout layout;
    readonly Func<ulong, string> name;
    readonly IntelFormatter formatter = new();
    readonly StringOutput output = new();

    HostListing(BlockInfo* info, StateLayout layout, Func<ulong, string> name)
    {
        this.info = info;
        this.layout = layout;
        this.name = name;
        formatter.Options.HexPrefix = "0x";
        formatter.Options.HexSuffix = "";
        formatter.Options.UppercaseHex = false;
        formatter.Options.SmallHexNumbersInDecimal = false;
        formatter.Options.SpaceAfterOperandSeparator = true;
        formatter.Options.RipRelativeAddresses = true;
        formatter.Options.ShowBranchSize = false;
        formatter.Options.BranchLeadingZeros = false;
        formatter.Options.SignedImmediateOperands = true;
    }

    /// <summary>The instructions of a block.</summary>
    /// <param name="info">The block; its exit records and constants must be readable.</param>
    /// <param name="code">Its bytes.</param>
    /// <param name="layout">The guest's slots.</param>
    /// <param name="name">Text of a target location.</param>
    public static List<HostInstruction> Disassemble(BlockInfo* info, byte* code, StateLayout layout, Func<ulong, string> name)
    {
        var listing = new HostListing(info, layout, name);
        var decoder = Decoder.Create(64, new PointerReader(code, info->CodeSize), ip: 0);
        var instructions = new List<Instruction>();
        while (decoder.IP < (ulong)info->CodeSize) instructions.Add(decoder.Decode());
        var lines = new List<HostInstruction>(instructions.Count);
        for (int i = 0; i < instructions.Count; i++)
        {
            var instruction = instructions[i];
            string note = instruction.IsJccShortOrNear ? listing.NoteOfSideExit(instructions, instruction.NearBranchTarget) : listing.Note(instruction);
            lines.Add(new HostInstruction((int)instruction.IP, instruction.Length, listing.Format(instruction), note));
        }
        return lines;
    }

    // A conditional jump to code that only stores state and leaves.
    string NoteOfSideExit(List<Instruction> instructions, ulong target)
    {
        int i = instructions.FindIndex(instruction => instruction.IP == target);
        if (i < 0) return "";
        while (i < instructions.Count && instructions[i].FlowControl == FlowControl.Next && !instructions[i].IsJccShortOrNear) i++;
        if (i == instructions.Count || !instructions[i].IsIPRelativeMemoryOperand) return "";
        return TryFindExit((byte*)info->Entry + (long)instructions[i].IPRelativeMemoryAddress, out int exit) ? string.Create(CultureInfo.InvariantCulture, $"to exit {exit}") : "";
    }

    bool TryFindExit(byte* address, out int exit)
    {
        exit = (int)((address - (byte*)info->Exits) / sizeof(ExitRecord));
        return address >= (byte*)info->Exits && exit < info->ExitCount;
    }

    string Format(in Instruction instruction)
    {
        formatter.Format(instruction, output);
        return output.ToStringAndReset();
    }

    string Note(in Instruction instruction)
    {
        if (instruction.IsIPRelativeMemoryOperand) return NoteOfData(instruction, (byte*)info->Entry + (long)instruction.IPRelativeMemoryAddress);
        if (instruction.MemoryBase == Register.RBP) return NoteOfState(instruction);
        return "";
    }

    string NoteOfData(in Instruction instruction, byte* address)
    {
        if (TryFindExit(address, out int exit))
        {
            ExitRecord* record = info->Exits + exit;
            string number = string.Create(CultureInfo.InvariantCulture, $"exit {exit}");
            if (instruction.Mnemonic == Mnemonic.Jmp) return $"{number}: -> link {name(record->Location)}";
            return $"{number}: {record->Kind switch { ExitKind.Link => "not linked", ExitKind.Trap => $"trap {record->Trap}", _ => record->Kind.ToString() }}";
        }
        if (instruction.Mnemonic == Mnemonic.Lea || *(CodePair**)address == TranslationCache.NeverPair) return "inline cache";
        ulong* constant = (ulong*)address;
        return TextOfConstant(constant[0], constant[1]);
    }

    static string TextOfConstant(ulong low, ulong high) => low == high ? $"0x{low:x}" : $"0x{high:x16}{low:x16}";

    string NoteOfState(in Instruction instruction)
    {
        int displacement = (int)instruction.MemoryDisplacement64;
        if (instruction.MemoryIndex != Register.None) return "";
        for (int slot = 0; slot < layout.Count; slot++)
        {
            int within = displacement - layout[slot].Offset;
            if (within >= 0 && within < SizeOf(layout[slot].Type)) return within == 0 ? layout[slot].Name : string.Create(CultureInfo.InvariantCulture, $"{layout[slot].Name}+{within}");
        }
        int scratch = displacement - ThreadFields.Scratch;
        if (scratch is >= 0 and < 64) return string.Create(CultureInfo.InvariantCulture, $"scratch+{scratch}");
        int operand = displacement - ThreadFields.Operands;
        if (operand is >= 0 and < 16 * (ThreadBlock.ResultOperand + 1)) return operand < 16 * ThreadBlock.ResultOperand ? string.Create(CultureInfo.InvariantCulture, $"operand {operand / 16}") : "result";
        int constant = displacement - ThreadFields.Constants;
        if (constant is >= 0 and < 16 * ThreadConstants.Count)
        {
            var (low, high) = ThreadConstants.Get(constant / 16);
            return TextOfConstant(low, high);
        }
        foreach (var (field, text) in Fields)
        {
            if (displacement == field) return text;
        }
        return "";
    }

    static int SizeOf(IrType type) => type switch { IrType.V128 => 16, IrType.I64 or IrType.F64 => 8, _ => 4 };

    static (int Field, string Text)[] Fields { get; } =
    [
        (ThreadFields.Poll, "poll word"),
        (ThreadFields.Table, "thread's table"),
        (ThreadFields.TableMask, "mask of the thread's table"),
        (ThreadFields.StubLink, "-> stub: link"),
        (ThreadFields.StubIndirect, "-> stub: thread's table"),
        (ThreadFields.StubExit, "-> stub: exit"),
        (ThreadFields.StubPoll, "-> stub: poll"),
        (ThreadFields.StubFloat, "stub: Arm's floating-point result"),
        (ThreadFields.StubEvaluate, "-> stub: evaluate"),
        (ThreadFields.ExitValue, "exit value"),
        (ThreadFields.ExitValue2, "second exit value"),
        (ThreadFields.Helpers, "helper functions"),
        (ThreadFields.EstimateTables, "tables of estimates"),
        (ThreadFields.CountLinked, "count of links"),
        (ThreadFields.CountInlineCache, "count of inline caches"),
        (ThreadFields.CountReturn, "count of returns"),
    ];

    sealed class PointerReader(byte* code, int length) : CodeReader
    {
        int at;

        public override int ReadByte() => at < length ? code[at++] : -1;
    }
}
