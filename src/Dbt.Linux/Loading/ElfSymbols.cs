using System.Text;

namespace Dbt.Linux.Loading;

/// <summary>A function or object named by an ELF file.</summary>
readonly record struct ElfSymbol(ulong Address, ulong Size, string Name);

/// <summary>The symbol table of an ELF file, for people: a file without one, or with a broken one, has no symbols (System V gABI, "Symbol Table").</summary>
sealed class ElfSymbols
{
    const uint SymbolTable = 2, DynamicSymbols = 11;
    const int MaxSections = 65536, MaxTableSize = 256 << 20;

    readonly ElfSymbol[] byAddress;

    ElfSymbols(List<ElfSymbol> symbols) => byAddress = [.. symbols.OrderBy(symbol => symbol.Address).ThenByDescending(symbol => symbol.Size)];

    /// <summary>Number of symbols.</summary>
    public int Count => byAddress.Length;

    /// <summary>Reads .symtab, or .dynsym if there is none.</summary>
    public static ElfSymbols Read(ElfFile file, ReadAt read)
    {
        var sections = ReadSections(file, read);
        int index = Array.FindIndex(sections, section => section.Type == SymbolTable);
        if (index < 0) index = Array.FindIndex(sections, section => section.Type == DynamicSymbols);
        var symbols = new List<ElfSymbol>();
        if (index >= 0 && sections[index].Link < (uint)sections.Length) ReadTable(file, read, sections[index], sections[sections[index].Link], symbols);
        return new ElfSymbols(symbols);
    }

    /// <summary>The symbol that contains an address.</summary>
    public bool TryFind(ulong address, out ElfSymbol symbol)
    {
        int low = 0, high = byAddress.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (byAddress[middle].Address <= address) low = middle + 1;
            else high = middle;
        }
        // The nearest one before that contains it; a symbol without a size contains what follows it.
        for (int i = low - 1; i >= 0 && i >= low - 16; i--)
        {
            if (byAddress[i].Size != 0 && address - byAddress[i].Address >= byAddress[i].Size) continue;
            symbol = byAddress[i];
            return true;
        }
        symbol = default;
        return false;
    }

    /// <summary>The symbol of a name.</summary>
    public bool TryFind(string name, out ElfSymbol symbol)
    {
        foreach (var candidate in byAddress)
        {
            if (candidate.Name != name) continue;
            symbol = candidate;
            return true;
        }
        symbol = default;
        return false;
    }

    readonly record struct Section(uint Type, ulong Offset, ulong Size, uint Link);

    static Section[] ReadSections(ElfFile file, ReadAt read)
    {
        int word = file.Is64 ? 8 : 4, size = file.Is64 ? 64 : 40;
        Span<byte> header = stackalloc byte[64];
        if (read(0, header) < (file.Is64 ? 64 : 52)) return [];
        var field = new ElfReader(header, file.IsBigEndian);
        ulong offset = field.Word(24 + 2 * word, file.Is64);
        int entrySize = field.U16(24 + 3 * word + 10), count = field.U16(24 + 3 * word + 12);
        if (offset == 0 || entrySize != size || count is 0 or > MaxSections) return [];
        var table = new byte[count * size];
        if (read(offset, table) != table.Length) return [];
        var sections = new Section[count];
        for (int i = 0; i < count; i++)
        {
            var entry = new ElfReader(table.AsSpan(i * size, size), file.IsBigEndian);
            sections[i] = file.Is64
                ? new Section(entry.U32(4), entry.U64(24), entry.U64(32), entry.U32(40))
                : new Section(entry.U32(4), entry.U32(16), entry.U32(20), entry.U32(24));
        }
        return sections;
    }

    static void ReadTable(ElfFile file, ReadAt read, Section table, Section names, List<ElfSymbol> symbols)
    {
        const int NoType = 0, Object = 1, Function = 2, Indirect = 10, Undefined = 0, Absolute = 0xFFF1;
        byte[] entries = ReadSection(read, table), text = ReadSection(read, names);
        int size = file.Is64 ? 24 : 16;
        for (int at = 0; at + size <= entries.Length; at += size)
        {
            var entry = new ElfReader(entries.AsSpan(at, size), file.IsBigEndian);
            int type = entries[at + (file.Is64 ? 4 : 12)] & 15;
            int section = entry.U16(file.Is64 ? 6 : 14);
            // Mapping symbols ($x, $d) name no function; absolute ones (version names) no address.
            if (type is not (NoType or Object or Function or Indirect) || section is Undefined or Absolute) continue;
            string name = NameAt(text, entry.U32(0));
            if (name.Length == 0 || name[0] == '$') continue;
            symbols.Add(file.Is64 ? new ElfSymbol(entry.U64(8), entry.U64(16), name) : new ElfSymbol(entry.U32(4), entry.U32(8), name));
        }
    }

    static string NameAt(ReadOnlySpan<byte> names, uint offset)
    {
        if (offset >= (uint)names.Length) return "";
        names = names[(int)offset..];
        int end = names.IndexOf((byte)0);
        return end < 0 ? "" : Encoding.UTF8.GetString(names[..end]);
    }

    static byte[] ReadSection(ReadAt read, Section section)
    {
        if (section.Size > MaxTableSize) return [];
        var bytes = new byte[section.Size];
        return read(section.Offset, bytes) == bytes.Length ? bytes : [];
    }
}
