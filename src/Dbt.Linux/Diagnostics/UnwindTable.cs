using Dbt.Linux.Loading;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Diagnostics;

/// <summary>Finds a function's call frame information in the guest's memory: .eh_frame_hdr, sorted by address, leads to its entry in .eh_frame (Linux Standard Base, "Exception Frames").</summary>
static unsafe class UnwindTable
{
    const uint ExceptionHeader = 0x6474e550;
    const byte RelativeWords = 0x3B;
    const int HeaderSize = 12, LargestEntry = 4096, MostEntries = 1 << 24;

    /// <summary>The rules at an address; false if nothing is known of it.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="file">The file that the code is from.</param>
    /// <param name="bias">Where it is mapped, less what its headers say.</param>
    /// <param name="pc">An address of code; of a return address, the one before.</param>
    /// <param name="rules">What holds there.</param>
    public static bool TryFind(GuestMemory memory, ElfFile file, ulong bias, ulong pc, out CallFrameRules rules)
    {
        rules = default;
        if (file.Find(ExceptionHeader) is not { } segment) return false;
        ulong table = bias + segment.Address;
        Span<byte> header = stackalloc byte[HeaderSize];
        // Version 1; the frames' address and the count in words; a table of pairs of words relative to itself: what linkers write.
        if (!TryCopy(memory, table, header) || header[0] != 1 || header[2] != 0x03 || header[3] != RelativeWords || (header[1] & 0x0F) is not (0x03 or 0x0B)) return false;
        uint count = BitConverter.ToUInt32(header[8..]);
        if (count is 0 or > MostEntries || !TrySearch(memory, table, count, pc, out ulong entry)) return false;
        return TryReadEntry(memory, entry, pc, out rules);
    }

    static bool TrySearch(GuestMemory memory, ulong table, uint count, ulong pc, out ulong entry)
    {
        entry = 0;
        uint low = 0, high = count;
        while (low < high)
        {
            uint middle = (low + high) / 2;
            if (!memory.TryRead(table + HeaderSize + 8UL * middle, out int function)) return false;
            if (table + (ulong)(long)function <= pc) low = middle + 1;
            else high = middle;
        }
        if (low == 0 || !memory.TryRead(table + HeaderSize + 8UL * (low - 1) + 4, out int offset)) return false;
        entry = table + (ulong)(long)offset;
        return true;
    }

    static bool TryReadEntry(GuestMemory memory, ulong entry, ulong pc, out CallFrameRules rules)
    {
        rules = default;
        if (!TryReadBody(memory, entry, out byte[] function) || function.Length < 8) return false;
        // The distance back to the common entry, from its own field.
        ulong common = entry + 4 - BitConverter.ToUInt32(function);
        if (!TryReadBody(memory, common, out byte[] shared) || !TryReadCommon(shared, common + 4, out byte encoding, out bool hasData, out ulong codeUnit, out long dataUnit, out int program)) return false;
        var reader = new DwarfReader(function) { Position = 4 };
        ulong start = reader.Pointer(encoding, entry + 4, 0), size = reader.Pointer((byte)(encoding & 0x0F), 0, 0);
        if (hasData)
        {
            int length = (int)reader.Unsigned();
            reader.Position += length;
        }
        if (reader.Failed || reader.Position > function.Length || pc < start || pc - start >= size) return false;
        return CallFrameRules.TryFind(shared.AsSpan(program), function.AsSpan(reader.Position), codeUnit, dataUnit, pc - start, out rules);
    }

    // Version, augmentation, factors, return address register, augmentation data: z its length, R the pointers' encoding, L and P of languages with exceptions, S a signal frame, B a signed return address.
    static bool TryReadCommon(ReadOnlySpan<byte> body, ulong address, out byte encoding, out bool hasData, out ulong codeUnit, out long dataUnit, out int program)
    {
        encoding = 0;
        hasData = false;
        codeUnit = 0;
        dataUnit = 0;
        program = 0;
        var reader = new DwarfReader(body) { Position = 4 };
        int version = reader.Byte();
        int text = reader.Position;
        while (reader.Byte() != 0)
        {
            if (reader.Failed) return false;
        }
        var augmentation = body[text..(reader.Position - 1)];
        codeUnit = reader.Unsigned();
        dataUnit = reader.Signed();
        _ = version == 1 ? reader.Byte() : reader.Unsigned();
        if (augmentation.Length > 0)
        {
            if (augmentation[0] != (byte)'z') return false;
            hasData = true;
            int length = (int)reader.Unsigned();
            program = reader.Position + length;
            foreach (byte letter in augmentation[1..])
            {
                if (letter == (byte)'R') encoding = reader.Byte();
                else if (letter == (byte)'L') reader.Byte();
                else if (letter == (byte)'P') reader.Pointer(reader.Byte(), address, 0);
                else if (letter is not ((byte)'S' or (byte)'B')) break;
            }
        }
        else
        {
            program = reader.Position;
        }
        return version is 1 or 3 or 4 && !reader.Failed && program <= body.Length;
    }

    // Length, then as many bytes.
    static bool TryReadBody(GuestMemory memory, ulong entry, out byte[] body)
    {
        body = [];
        if (!memory.TryRead(entry, out uint length) || length is 0 or > LargestEntry) return false;
        body = new byte[length];
        return TryCopy(memory, entry + 4, body);
    }

    static bool TryCopy(GuestMemory memory, ulong address, Span<byte> bytes)
    {
        fixed (byte* to = bytes) return memory.TryRead(address, to, (nuint)bytes.Length);
    }
}
