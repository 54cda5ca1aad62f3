using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Dbt.Differential;

/// <summary>Compares two results of a case, and tells the difference.</summary>
static class Comparison
{
    /// <summary>SIGILL, whose si_code is not compared: Linux says ILL_ILLOPC for every undefined encoding, qemu-user 7.2 ILL_ILLOPN.</summary>
    public const uint IllegalInstruction = 4;

    /// <summary>One line per difference: what, expected, got.</summary>
    public static List<string> Differences(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> got)
    {
        var lines = new List<string>();
        void Line(string what, string left, string right)
        {
            if (left != right) lines.Add($"{what,-8} {left,-34} {right}");
        }

        for (int i = 0; i < 32; i++) Line(i == 31 ? "sp" : $"x{i}", Hex64(expected, MachineState.X + 8 * i), Hex64(got, MachineState.X + 8 * i));
        Line("nzcv", Hex64(expected, MachineState.Nzcv)[8..], Hex64(got, MachineState.Nzcv)[8..]);
        Line("fpcr", Hex32(expected, MachineState.Fpcr), Hex32(got, MachineState.Fpcr));
        Line("fpsr", Hex32(expected, MachineState.Fpsr), Hex32(got, MachineState.Fpsr));
        for (int i = 0; i < 32; i++) Line($"v{i}", Vector(expected, MachineState.V + 16 * i), Vector(got, MachineState.V + 16 * i));
        for (int i = 0; i < MachineState.MemorySize; i += 16) Line($"mem+{i:x2}", Vector(expected, MachineState.Memory + i), Vector(got, MachineState.Memory + i));
        Line("signal", Signal(expected), Signal(got));
        return lines;
    }

    /// <summary>How a kind of difference begins that is in FPSR alone.</summary>
    public const string StatusOnly = "only FPSR";

    /// <summary>What kind of difference there is; null if there is none.</summary>
    /// <param name="item">The case.</param>
    /// <param name="expected">The oracle's result.</param>
    /// <param name="got">dbt's.</param>
    public static string? Kind(Case item, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> got)
    {
        if (expected.SequenceEqual(got)) return null;
        var lines = Differences(expected, got);
        if (Exclusions.MayShowOlderFlags(item) && MemoryMarshal.Read<uint>(got[MachineState.Signal..]) != 0) lines.RemoveAll(line => line.StartsWith("nzcv", StringComparison.Ordinal));
        if (lines.Count == 0) return null;
        if (lines.Any(line => line.StartsWith("signal", StringComparison.Ordinal))) return "signal";
        if (lines.Count > 1 || !lines[0].StartsWith("fpsr", StringComparison.Ordinal)) return "value";
        return StatusOnly;
    }

    /// <summary>The input registers that the instructions name.</summary>
    public static string Inputs(Case item, ulong code)
    {
        byte[] input = new byte[MachineState.InputSize];
        item.WriteInput(input, code);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"nzcv {Hex64(input, MachineState.Nzcv)[8..]} fpcr {Hex32(input, MachineState.Fpcr)} fpsr {Hex32(input, MachineState.Fpsr)}");
        var named = new SortedSet<int>();
        bool vectors = false, integers = false;
        for (int i = 0; i < item.Words.Length; i++)
        {
            int encoding = item.Encodings[i];
            if (encoding < 0) continue;
            var data = Arm64Encodings.All[encoding];
            bool isVector = data.Chapter.StartsWith("Simd", StringComparison.Ordinal) || data.Chapter.StartsWith("Float", StringComparison.Ordinal);
            vectors |= isVector;
            integers |= !isVector || data.Asm.Contains(":X", StringComparison.Ordinal) || data.Chapter.Contains("oad", StringComparison.Ordinal) || Field.Has(encoding, "sf") || data.Name.Contains("General", StringComparison.Ordinal);
            foreach (string field in (string[])["Rd", "Rn", "Rm", "Ra", "Rt", "Rt2", "Rs"])
            {
                if (!Field.Has(encoding, field)) continue;
                int number = Field.Get(encoding, item.Words[i], field);
                if (field == "Rm" && Field.Has(encoding, "M")) number |= Field.Get(encoding, item.Words[i], "M") << 4;
                named.Add(number);
            }
        }

        foreach (int number in named)
        {
            text.Append("\n    ");
            if (integers) text.Append(CultureInfo.InvariantCulture, $"{(number == 31 ? "sp" : $"x{number}"),-4}{Hex64(input, MachineState.X + 8 * number)}  ");
            if (vectors) text.Append(CultureInfo.InvariantCulture, $"v{number,-3}{Vector(input, MachineState.V + 16 * number)}");
        }

        return text.ToString();
    }

    static string Signal(ReadOnlySpan<byte> result)
    {
        uint number = MemoryMarshal.Read<uint>(result[MachineState.Signal..]);
        return number == 0
            ? "none"
            : $"{number}/{(number == IllegalInstruction ? "any" : (int)MemoryMarshal.Read<uint>(result[MachineState.SignalCode..]))} at {MemoryMarshal.Read<ulong>(result[MachineState.SignalAddress..]):x} pc {MemoryMarshal.Read<ulong>(result[MachineState.SignalPc..]):x}";
    }

    static string Hex64(ReadOnlySpan<byte> state, int at) => MemoryMarshal.Read<ulong>(state[at..]).ToString("x16", CultureInfo.InvariantCulture);
    static string Hex32(ReadOnlySpan<byte> state, int at) => MemoryMarshal.Read<uint>(state[at..]).ToString("x8", CultureInfo.InvariantCulture);
    static string Vector(ReadOnlySpan<byte> state, int at) => $"{Hex64(state, at + 8)}.{Hex64(state, at)}";
}
