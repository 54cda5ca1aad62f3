using System.Globalization;
using Dbt.Linux.Abi.Arm64;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Translator.Guests;

namespace Dbt.Linux.Loading;

/// <summary>A program's segments in memory for looking at, not for running: somewhere on the host, at their link addresses as far as the reader of the code can tell.</summary>
public sealed unsafe class ProgramImage : ICodeSource, IDisposable
{
    const long ReadWrite = 3, PrivateAnonymousNoReserve = 0x4022;

    readonly ElfFile file;
    readonly ElfSymbols symbols;
    readonly nint memory;
    readonly ulong low, size;

    ProgramImage(ElfFile file, ElfSymbols symbols, nint memory, ulong low, ulong size)
    {
        this.file = file;
        this.symbols = symbols;
        this.memory = memory;
        this.low = low;
        this.size = size;
    }

    /// <summary>Reads a program.</summary>
    /// <param name="path">A C string.</param>
    /// <exception cref="LoadException">It is not a program that dbt can run.</exception>
    public static ProgramImage Open(nint path)
    {
        var abi = new Arm64Abi();
        int descriptor = ProgramLoader.Open(path);
        try
        {
            ElfFile file = ProgramLoader.ReadHeaders(descriptor, abi.Machine);
            int ReadAt(ulong offset, Span<byte> bytes) => ProgramLoader.ReadAt(descriptor, offset, bytes);
            ulong low = ulong.MaxValue, high = 0;
            foreach (var segment in file.Segments)
            {
                if (segment.Type != ElfSegment.Load) continue;
                low = Math.Min(low, AddressSpace.PageDown(segment.Address));
                high = Math.Max(high, AddressSpace.PageUp(segment.Address + segment.MemorySize));
            }
            if (high == low) throw LoadException.NotExecutable("it has no segment to load");
            long memory = Kernel.Call(Sys.mmap, 0, (long)(high - low), ReadWrite, PrivateAnonymousNoReserve, -1, 0);
            if (memory is < 0 and >= -4095) throw LoadException.Failed(memory, "no memory for it");
            var image = new ProgramImage(file, ElfSymbols.Read(file, ReadAt), (nint)memory, low, high - low) { Architecture = abi.Architecture };
            foreach (var segment in file.Segments)
            {
                if (segment.Type == ElfSegment.Load) ReadAt(segment.Offset, new Span<byte>((void*)(image.WindowBase + (nint)segment.Address), checked((int)segment.FileSize)));
            }
            return image;
        }
        finally
        {
            Kernel.Call(Sys.close, descriptor);
        }
    }

    /// <summary>Its instruction set.</summary>
    public required GuestArchitecture Architecture { get; init; }

    /// <summary>Its addresses are relative to where it will be loaded.</summary>
    public bool IsPositionIndependent => file.Type == ElfFile.TypeShared;

    /// <summary>Its entry point.</summary>
    public ulong Entry => file.Entry;

    /// <summary>Whether it names its functions.</summary>
    public bool HasSymbols => symbols.Count > 0;

    /// <inheritdoc/>
    public nint WindowBase => memory - (nint)low;

    /// <inheritdoc/>
    public bool IsExecutable(ulong address, int length)
    {
        foreach (var segment in file.Segments)
        {
            if (segment.Type != ElfSegment.Load || (segment.Flags & ElfSegment.Execute) == 0) continue;
            if (address >= segment.Address && address - segment.Address < segment.MemorySize && segment.MemorySize - (address - segment.Address) >= (ulong)length) return true;
        }
        return false;
    }

    /// <summary>The address of a symbol.</summary>
    public bool TryFindSymbol(string name, out ulong address)
    {
        bool found = symbols.TryFind(name, out var symbol);
        address = symbol.Address;
        return found;
    }

    /// <summary>An address as <c>name</c> or <c>name+0x10</c>; empty if no symbol contains it.</summary>
    public string Describe(ulong address)
    {
        if (!symbols.TryFind(address, out var symbol)) return "";
        ulong offset = address - symbol.Address;
        return offset == 0 ? symbol.Name : string.Create(CultureInfo.InvariantCulture, $"{symbol.Name}+0x{offset:x}");
    }

    /// <inheritdoc/>
    public void Dispose() => Kernel.Call(Sys.munmap, memory, (long)size);
}
