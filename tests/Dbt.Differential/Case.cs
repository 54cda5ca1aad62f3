using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Dbt.Differential;

/// <summary>A register's value that a case needs instead of a random one.</summary>
/// <param name="Register">0..30, and 31 for SP.</param>
/// <param name="IsSlotRelative">The value is an offset from the start of the case's code.</param>
readonly record struct Operand(int Register, ulong Value, bool IsSlotRelative = false);

/// <summary>Some instructions, and the registers and memory that they start from.</summary>
/// <param name="Seed">Of the registers and memory that <paramref name="Operands"/> does not give.</param>
/// <param name="Words">The instructions, between those of the runner.</param>
/// <param name="Encodings">Which instance of which encoding each word is; -1 for scaffolding. Known for generated cases only.</param>
sealed record Case(ulong Seed, uint[] Words, Operand[] Operands, int[] Encodings)
{
    /// <summary>Instructions under test.</summary>
    public int Instances => Encodings.Count(encoding => encoding >= 0);

    /// <summary>Writes the runner's input record.</summary>
    public void WriteInput(Span<byte> input, ulong code)
    {
        MachineState.Randomize(input, Seed);
        foreach (var operand in Operands)
        {
            ulong value = operand.IsSlotRelative ? code + operand.Value : operand.Value;
            MemoryMarshal.Write(input[(MachineState.X + 8 * operand.Register)..], value);
        }

        MemoryMarshal.Write(input[MachineState.InputCode..], code);
    }

    /// <summary>One line that says everything: seed, words, operands.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Seed:x}:{string.Join(',', Words.Select(word => word.ToString("x8", CultureInfo.InvariantCulture)))}:");
        text.AppendJoin(',', Operands.Select(operand => string.Create(CultureInfo.InvariantCulture, $"{operand.Register}{(operand.IsSlotRelative ? '+' : '=')}{operand.Value:x}")));
        return text.ToString();
    }

    /// <summary>Reads such a line.</summary>
    public static Case Parse(string line)
    {
        string[] parts = line.Trim().Split(':');
        if (parts.Length != 3) throw new FormatException($"'{line}' is not a case: seed:words:operands");
        static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        uint[] words = [.. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(word => (uint)Hex(word))];
        Operand[] operands = [.. parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text =>
        {
            int at = text.IndexOfAny(['=', '+']);
            return new Operand(int.Parse(text[..at], CultureInfo.InvariantCulture), Hex(text[(at + 1)..]), text[at] == '+');
        })];
        return new(Hex(parts[0]), words, operands, [.. words.Select(Arm64Encodings.IndexOf)]);
    }
}
