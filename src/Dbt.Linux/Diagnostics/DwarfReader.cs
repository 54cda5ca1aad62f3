using System.Buffers.Binary;

namespace Dbt.Linux.Diagnostics;

/// <summary>Reads DWARF's numbers; at the end of the bytes everything is 0 and <see cref="Failed"/> is set.</summary>
ref struct DwarfReader(ReadOnlySpan<byte> bytes)
{
    readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Index of the next byte.</summary>
    public int Position { get; set; }

    /// <summary>Something was read behind the end.</summary>
    public bool Failed { get; private set; }

    public readonly bool IsAtEnd => Position >= bytes.Length;

    public byte Byte()
    {
        if (Position < bytes.Length) return bytes[Position++];
        Failed = true;
        return 0;
    }

    public uint Word()
    {
        if (bytes.Length - Position < sizeof(uint))
        {
            Failed = true;
            return 0;
        }
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(bytes[Position..]);
        Position += sizeof(uint);
        return word;
    }

    public ulong Long()
    {
        ulong low = Word();
        return low | (ulong)Word() << 32;
    }

    /// <summary>ULEB128.</summary>
    public ulong Unsigned() => Number(out _);

    /// <summary>SLEB128.</summary>
    public long Signed()
    {
        ulong value = Number(out int bits);
        return bits < 64 ? (long)(value << (64 - bits)) >> (64 - bits) : (long)value;
    }

    ulong Number(out int bits)
    {
        ulong value = 0;
        bits = 0;
        while (true)
        {
            byte part = Byte();
            if (bits < 64) value |= (ulong)(part & 0x7F) << bits;
            bits += 7;
            if ((part & 0x80) == 0) return value;
        }
    }

    /// <summary>A pointer in one of the encodings that .eh_frame uses (DW_EH_PE_*): absolute, relative to its own address, or to the table.</summary>
    /// <param name="encoding">Which.</param>
    /// <param name="start">Address of the first of all bytes.</param>
    /// <param name="data">What "relative to data" refers to.</param>
    public ulong Pointer(byte encoding, ulong start, ulong data)
    {
        const int Omitted = 0xFF, ToItself = 0x10, ToData = 0x30;
        if (encoding == Omitted) return 0;
        ulong place = start + (ulong)Position;
        ulong value = (encoding & 0x0F) switch
        {
            0x00 or 0x04 or 0x0C => Long(),
            0x01 => Unsigned(),
            0x02 => (ushort)(Byte() | Byte() << 8),
            0x03 => Word(),
            0x09 => (ulong)Signed(),
            0x0A => (ulong)(short)(Byte() | Byte() << 8),
            0x0B => (ulong)(int)Word(),
            _ => Fail(),
        };
        return (encoding & 0x70) switch
        {
            0 => value,
            ToItself => value + place,
            ToData => value + data,
            _ => Fail(),
        };
    }

    ulong Fail()
    {
        Failed = true;
        return 0;
    }
}
