using System.Globalization;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>State maps as text: from which host offset on, for which guest instruction, where the slots are that are not in their memory.</summary>
static unsafe class StateMapListing
{
    /// <summary>One line per record.</summary>
    public static List<string> Describe(BlockInfo* info, StateLayout layout)
    {
        var lines = new List<string>();
        Span<SlotLocation> locations = stackalloc SlotLocation[StateMapReader.Slots];
        locations.Clear();
        var reader = new StateMapReader(info, locations);
        while (reader.HasNext)
        {
            int offset = reader.NextOffset;
            reader.Read();
            var slots = new List<string>();
            foreach (ref readonly SlotLocation location in locations)
            {
                if (location.Kind != LocationKind.None) slots.Add($"{NameOf(location.Slot, layout)}={Describe(location, layout)}");
            }
            if (reader.Flags is not (FlagsSource.Stored or FlagsSource.Packed)) slots.Add($"flags={reader.Flags}.{reader.Width}");
            string where = string.Create(CultureInfo.InvariantCulture, $"{offset:x4}  instruction {reader.Instruction}");
            lines.Add($"{where}: {(slots.Count == 0 ? "all in memory" : string.Join(", ", slots))}");
        }
        return lines;
    }

    static string NameOf(byte slot, StateLayout layout) => slot switch
    {
        SlotLocation.FlagsOperandA => "a",
        SlotLocation.FlagsOperandB => "b",
        _ => layout[slot].Name,
    };

    static string Describe(in SlotLocation location, StateLayout layout) => location.Kind switch
    {
        LocationKind.Register => ((HostReg)location.Index).ToString().ToLowerInvariant(),
        LocationKind.Spill => string.Create(CultureInfo.InvariantCulture, $"[rsp+{8 * location.Index}]"),
        LocationKind.Home => $"[{layout[location.Index].Name}]",
        _ => $"0x{location.Constant:x}",
    };
}
