using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;

namespace Dbt.Linux.Diagnostics;

/// <summary>Names code addresses: function and offset from the symbols of the file that is mapped there, and the place in that file.</summary>
sealed unsafe class Symbolizer
{
    readonly List<FileMapping> mappings = HostMappings.Read();
    readonly Dictionary<string, (ElfFile? File, ElfSymbols? Symbols)> files = [];

    /// <summary><c>function+0x10 (library.so+0x1234)</c>; the file's part is an address as its own headers count.</summary>
    /// <param name="address">An address of code.</param>
    /// <param name="isReturnAddress">A call may be the last instruction of a function that never returns: the function is that of the call.</param>
    public string Describe(ulong address, bool isReturnAddress)
    {
        ulong back = isReturnAddress ? 1U : 0U;
        if (!TryLocate(address - back, out var mapping, out ulong inFile, out var symbols)) return "??";
        var name = mapping.Path.AsSpan();
        string file = CString.Display(name[(name.LastIndexOf((byte)'/') + 1)..]);
        string place = $"({file}+0x{inFile + back:x})";
        if (symbols is null || !symbols.TryFind(inFile, out var symbol)) return place;
        ulong offset = inFile + back - symbol.Address;
        return offset == 0 ? $"{symbol.Name} {place}" : $"{symbol.Name}+0x{offset:x} {place}";
    }

    /// <summary>The first address of the function around an address; 0 if it has no name.</summary>
    public ulong FunctionStart(ulong address) =>
        TryLocate(address, out _, out ulong inFile, out var symbols) && symbols is not null && symbols.TryFind(inFile, out var symbol) ? address - (inFile - symbol.Address) : 0;

    /// <summary>The file that is mapped at an address, and where its headers' address 0 is.</summary>
    public bool TryModule(ulong address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ElfFile? file, out ulong bias)
    {
        file = null;
        bias = 0;
        if (!TryLocate(address, out var mapping, out ulong inFile, out _)) return false;
        file = Load(mapping.Path).File;
        bias = address - inFile;
        return file is not null;
    }

    bool TryLocate(ulong address, out FileMapping mapping, out ulong inFile, out ElfSymbols? symbols)
    {
        inFile = 0;
        symbols = null;
        mapping = mappings.Find(candidate => candidate.Start <= address && address < candidate.End);
        if (mapping.Path is null) return false;
        ulong offset = address - mapping.Start + mapping.Offset;
        var (file, known) = Load(mapping.Path);
        symbols = known;
        inFile = offset;
        foreach (var segment in file?.Segments ?? [])
        {
            if (segment.Type == ElfSegment.Load && offset >= segment.Offset && offset - segment.Offset < segment.FileSize) inFile = offset - segment.Offset + segment.Address;
        }
        return true;
    }

    (ElfFile? File, ElfSymbols? Symbols) Load(byte[] path)
    {
        string key = Encoding.Latin1.GetString(path);
        if (files.TryGetValue(key, out var known)) return known;
        return files[key] = Open(path);
    }

    static (ElfFile?, ElfSymbols?) Open(byte[] path)
    {
        const long CloseOnExec = 0x80000;
        byte[] terminated = [.. path, 0];
        long descriptor;
        fixed (byte* name = terminated) descriptor = Kernel.Call(Sys.openat, -100, (long)name, CloseOnExec);
        if (descriptor < 0) return default;
        try
        {
            HostStat stat;
            Kernel.Call(Sys.fstat, descriptor, (long)&stat);
            int ReadAt(ulong offset, Span<byte> bytes) => ProgramLoader.ReadAt((int)descriptor, offset, bytes);
            ElfFile file = ElfFile.Read(ReadAt, (ulong)stat.Size);
            return (file, ElfSymbols.Read(file, ReadAt));
        }
        catch (LoadException)
        {
            // Mapped, but no ELF file: data, or code that a program wrote.
            return default;
        }
        finally
        {
            Kernel.Call(Sys.close, descriptor);
        }
    }
}
