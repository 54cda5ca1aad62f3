using System.Buffers.Binary;

namespace Dbt.Linux.Loading;

/// <summary>One PT_LOAD, PT_INTERP, ... entry of an ELF file, widened to 64 bits.</summary>
readonly record struct ElfSegment(uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    public const uint Load = 1, Dynamic = 2, Interpreter = 3, ProgramHeaders = 6, GnuStack = 0x6474e551;
    public const uint Execute = 1, Write = 2, Read = 4;
}

/// <summary>Reads what a loader needs of an ELF file: both classes, both byte orders, nothing trusted (System V gABI, chapters 4 and 5).</summary>
sealed class ElfFile
{
    public const ushort MachineArm = 40, MachineX64 = 62, MachineArm64 = 183, MachineMips = 8, Machine386 = 3;
    /// <summary>e_type: fixed address.</summary>
    public const ushort TypeExecutable = 2;
    /// <summary>e_type: position independent.</summary>
    public const ushort TypeShared = 3;

    /// <summary>Linux refuses program header tables beyond one page (fs/binfmt_elf.c, load_elf_phdrs).</summary>
    const int MaxHeaderTable = 65536;

    ElfFile(ElfSegment[] segments) => Segments = segments;

    public bool Is64 { get; private init; }
    public bool IsBigEndian { get; private init; }
    public ushort Type { get; private init; }
    public ushort Machine { get; private init; }
    public uint Flags { get; private init; }
    public ulong Entry { get; private init; }
    public ulong HeaderOffset { get; private init; }
    public int HeaderSize { get; private init; }
    public ElfSegment[] Segments { get; }

    /// <summary>The machine that the first bytes of a file name, or -1 if they are not the beginning of an ELF file.</summary>
    public static int Identify(ReadOnlySpan<byte> start)
    {
        if (start.Length < 20 || !start.StartsWith("\u007fELF"u8)) return -1;
        return start[5] == 2 ? BinaryPrimitives.ReadUInt16BigEndian(start[18..]) : BinaryPrimitives.ReadUInt16LittleEndian(start[18..]);
    }

    /// <summary>Reads header and program headers.</summary>
    /// <param name="read">Reads file bytes at an offset into the span; returns how many there were.</param>
    /// <param name="fileSize">Size of the file in bytes.</param>
    /// <exception cref="LoadException">The file is not a program that can be loaded; the message says why.</exception>
    public static ElfFile Read(ReadAt read, ulong fileSize)
    {
        Span<byte> header = stackalloc byte[64];
        int length = read(0, header);
        if (length == 0) throw LoadException.NotExecutable("the file is empty");
        if (length < 4 || !header.StartsWith("\u007fELF"u8)) throw LoadException.NotExecutable("it is not an ELF program");
        if (length < 16) throw Truncated();
        bool is64 = header[4] switch { 1 => false, 2 => true, _ => throw LoadException.NotExecutable($"its ELF class {header[4]} is unknown") };
        bool big = header[5] switch { 1 => false, 2 => true, _ => throw LoadException.NotExecutable($"its ELF byte order {header[5]} is unknown") };
        if (length < (is64 ? 64 : 52)) throw Truncated();

        var field = new ElfReader(header, big);
        int word = is64 ? 8 : 4;
        int afterEntry = 24 + word;
        ulong tableOffset = field.Word(afterEntry, is64);
        int rest = afterEntry + 2 * word;
        int entrySize = field.U16(rest + 6), count = field.U16(rest + 8);
        if (entrySize != (is64 ? 56 : 32)) throw LoadException.NotExecutable($"its program header entries have {entrySize} bytes");
        if (count == 0) throw LoadException.NotExecutable("it has no program headers");
        int tableSize = entrySize * count;
        if (tableSize > MaxHeaderTable) throw LoadException.NotExecutable($"it has {count} program headers");
        if (tableOffset > fileSize || fileSize - tableOffset < (ulong)tableSize) throw Truncated();
        var table = new byte[tableSize];
        if (read(tableOffset, table) != tableSize) throw Truncated();

        var segments = new ElfSegment[count];
        for (int i = 0; i < count; i++) segments[i] = ReadSegment(new ElfReader(table.AsSpan(i * entrySize, entrySize), big), is64);
        var file = new ElfFile(segments)
        {
            Is64 = is64,
            IsBigEndian = big,
            Type = field.U16(16),
            Machine = field.U16(18),
            Flags = field.U32(rest),
            Entry = field.Word(24, is64),
            HeaderOffset = tableOffset,
            HeaderSize = entrySize,
        };
        file.Check(fileSize);
        return file;
    }

    static ElfSegment ReadSegment(ElfReader field, bool is64) => is64
        ? new(field.U32(0), field.U32(4), field.U64(8), field.U64(16), field.U64(32), field.U64(40), field.U64(48))
        : new(field.U32(0), field.U32(24), field.U32(4), field.U32(8), field.U32(16), field.U32(20), field.U32(28));

    // What the kernel would only find out while mapping, when the old program is already gone, is refused here with a reason.
    void Check(ulong fileSize)
    {
        if (Type is not (TypeExecutable or TypeShared)) throw LoadException.NotExecutable($"its ELF type {Type} is not a program");
        ulong limit = Is64 ? 1UL << 47 : 1UL << 32;
        ulong previous = 0;
        bool any = false;
        foreach (ref readonly var segment in Segments.AsSpan())
        {
            if (segment.Type == ElfSegment.Interpreter && (segment.FileSize is < 2 or > 4096 || segment.Offset > fileSize || fileSize - segment.Offset < segment.FileSize)) throw Truncated();
            if (segment.Type != ElfSegment.Load) continue;
            if (segment.FileSize > segment.MemorySize) throw LoadException.NotExecutable("a segment has more bytes in the file than in memory");
            if (segment.MemorySize > limit || segment.Address > limit - segment.MemorySize) throw LoadException.NotExecutable("a segment lies beyond the address space");
            if (segment.FileSize != 0 && (segment.Offset > fileSize || fileSize - segment.Offset < segment.FileSize)) throw Truncated();
            if (segment.FileSize != 0 && ((segment.Address ^ segment.Offset) & 4095) != 0) throw LoadException.NotExecutable("a segment's address and file offset differ within their page");
            if (any && segment.Address < previous) throw LoadException.NotExecutable("its segments are not in ascending order");
            previous = segment.Address;
            any = true;
        }
        if (!any) throw LoadException.NotExecutable("it has no segment to load");
    }

    static LoadException Truncated() => LoadException.NotExecutable("the file is truncated");

    /// <summary>First entry of a type, if there is one.</summary>
    public ElfSegment? Find(uint type)
    {
        foreach (var segment in Segments)
        {
            if (segment.Type == type) return segment;
        }
        return null;
    }
}

/// <summary>Reads file bytes at an offset; returns how many bytes there were (less than asked for at the end of the file).</summary>
delegate int ReadAt(ulong offset, Span<byte> bytes);

/// <summary>Fields of an ELF structure in the file's byte order.</summary>
readonly ref struct ElfReader(ReadOnlySpan<byte> bytes, bool bigEndian)
{
    readonly ReadOnlySpan<byte> bytes = bytes;

    public ushort U16(int at) => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
    public uint U32(int at) => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
    public ulong U64(int at) => bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
    public ulong Word(int at, bool is64) => is64 ? U64(at) : U32(at);
}
