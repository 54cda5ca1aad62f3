using System.Runtime.InteropServices;

namespace Dbt.Differential;

/// <summary>Registers and memory as <c>guest-binaries/src/arm64/runcases.c</c> lays them out, and its fixed addresses.</summary>
static class MachineState
{
    public const int X = 0, Sp = 248, Nzcv = 256, Fpcr = 264, Fpsr = 268, V = 272, Memory = 784, MemorySize = 256, MachineSize = 1040;
    public const int InputCode = 1040, InputSize = 1056;
    public const int Signal = 1040, SignalCode = 1044, SignalAddress = 1048, SignalPc = 1056, Done = 1064, ResultSize = 1072;

    public const ulong CodeAt = 0x5_0000_0000, ResultsAt = 0x5_2000_0000, DataAt = 0x5_4000_0000, WindowAt = DataAt + 0x400;
    public const int PageSize = 4096;

    /// <summary>FPCR: rounding mode, FZ, DN, AHP, FZ16; FPSR: QC and the cumulative flags. The other bits are RES0 at this architecture level.</summary>
    public const uint FpcrMask = 0x07C8_0000, FpsrMask = 0x0800_009F;

    /// <summary>The low bits of a case's seed choose its FPCR: half of the cases have the default, the others take their turns with every mode.</summary>
    public const int ModeBits = 7;

    static readonly int Modes = 1 << System.Numerics.BitOperations.PopCount(FpcrMask);

    /// <summary>FPCR of a case by its seed.</summary>
    static uint Control(ulong seed)
    {
        if ((seed & 1) == 0) return 0;
        uint mode = (uint)(seed >> 1) % (uint)Modes, control = 0;
        // The bits of the mode go to the places of the mask's bits.
        for (uint rest = FpcrMask; rest != 0; rest &= rest - 1, mode >>= 1) control |= (mode & 1) * (rest & (0 - rest));
        return control;
    }

    /// <summary>Fills registers and memory from a seed: edge values of integers and floating point of every width weigh heavily.</summary>
    public static void Randomize(Span<byte> machine, ulong seed)
    {
        var random = new EncodingRandom(seed);
        machine[..MachineSize].Clear();
        for (int i = 0; i < 32; i++) MemoryMarshal.Write(machine[(X + 8 * i)..], Integer(ref random));
        MemoryMarshal.Write(machine[Nzcv..], (ulong)random.Below(16) << 28);
        MemoryMarshal.Write(machine[Fpcr..], Control(seed));
        MemoryMarshal.Write(machine[Fpsr..], random.Below(4) != 0 ? 0 : (uint)random.Next() & FpsrMask);

        // One kind of lane for most registers, so that operands of one instruction have something to do with each other.
        int common = random.Below(9);
        for (int i = 0; i < 32; i++) FillVector(machine.Slice(V + 16 * i, 16), random.Below(4) == 0 ? random.Below(9) : common, ref random);
        for (int i = 0; i < MemorySize; i += 16) FillVector(machine.Slice(Memory + i, 16), random.Below(2) == 0 ? random.Below(9) : common, ref random);
    }

    static ulong Integer(ref EncodingRandom random) => random.Below(10) switch
    {
        0 or 1 => IntegerEdges[random.Below(IntegerEdges.Length)],
        2 => (ulong)(random.Below(257) - 128),
        3 => 1UL << random.Below(64),
        4 => (1UL << random.Below(64)) - 1,
        5 => (ulong)(long)(int)random.Next(),
        6 => (uint)random.Next(),
        _ => random.Next(),
    };

    static readonly ulong[] IntegerEdges =
    [
        0, 1, 2, ulong.MaxValue, ulong.MaxValue - 1, long.MaxValue, 1UL << 63, (1UL << 63) + 1, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32,
        0xFFFF_FFFF_8000_0000, 0xFFFF_FFFF_7FFF_FFFF, 0xFFFF_FFFF_0000_0000, 0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA, 0x8000_0000_8000_0000, 31, 32, 63, 64,
    ];

    static void FillVector(Span<byte> lanes, int kind, ref EncodingRandom random)
    {
        switch (kind)
        {
            case 0:
                for (int i = 0; i < 16; i++) lanes[i] = ByteEdges[random.Below(ByteEdges.Length)];
                break;
            case 1:
                for (int i = 0; i < 16; i += 2) MemoryMarshal.Write(lanes[i..], (ushort)Integer(ref random));
                break;
            case 2:
                for (int i = 0; i < 16; i += 4) MemoryMarshal.Write(lanes[i..], (uint)Integer(ref random));
                break;
            case 3:
                for (int i = 0; i < 16; i += 8) MemoryMarshal.Write(lanes[i..], Integer(ref random));
                break;
            case 4 or 5:
                for (int i = 0; i < 16; i += 4) MemoryMarshal.Write(lanes[i..], (uint)FloatingPoint(8, 23, ref random));
                break;
            case 6 or 7:
                for (int i = 0; i < 16; i += 8) MemoryMarshal.Write(lanes[i..], FloatingPoint(11, 52, ref random));
                break;
            default:
                if (random.Below(2) == 0)
                {
                    for (int i = 0; i < 16; i += 2) MemoryMarshal.Write(lanes[i..], (ushort)FloatingPoint(5, 10, ref random));
                }
                else
                {
                    for (int i = 0; i < 16; i += 8) MemoryMarshal.Write(lanes[i..], random.Next());
                }

                break;
        }
    }

    static readonly byte[] ByteEdges = [0, 0, 1, 2, 7, 8, 0x7F, 0x80, 0x81, 0xFE, 0xFF, 0xFF, 0x55, 0xAA, 0x10, 0x3C];

    static ulong Halfway(int fractionBits, int cut, ref EncodingRandom random)
    {
        int lost = Math.Min(cut, fractionBits - 1);
        ulong kept = random.Next() & ((1UL << fractionBits) - 1) & ~((1UL << lost) - 1), half = 1UL << (lost - 1);
        return kept | random.Below(4) switch { 0 => half - 1, 1 => (half + 1) & ((1UL << lost) - 1), _ => half };
    }

    /// <summary>A number of a format with that many exponent and fraction bits.</summary>
    static ulong FloatingPoint(int exponentBits, int fractionBits, ref EncodingRandom random)
    {
        ulong sign = (random.Next() & 1) << (exponentBits + fractionBits);
        ulong ones = (1UL << exponentBits) - 1, quiet = 1UL << (fractionBits - 1), mask = (1UL << fractionBits) - 1;
        ulong bias = ones >> 1;
        ulong fraction = random.Below(4) switch { 0 => 0, 1 => mask, 2 => random.Next() & mask & ~(mask >> 3), _ => random.Next() & mask };
        (ulong exponent, fraction) = random.Below(20) switch
        {
            0 => (0UL, 0UL),
            1 => (0UL, 1UL),
            2 => (0UL, fraction),
            3 => (ones, 0UL),
            4 => (ones, quiet | random.Next() & mask & 0xFF),
            5 => (ones, (random.Next() & (quiet - 1)) | 1),
            6 => (1UL, fraction),
            7 => (ones - 1, fraction),
            // Around the borders of 32- and 64-bit integers, and small numbers with halves.
            8 => (Math.Min(bias + 30 + (ulong)random.Below(3), ones - 1), fraction),
            9 => (Math.Min(bias + 62 + (ulong)random.Below(3), ones - 1), fraction),
            10 or 11 or 12 => (bias - 2 + (ulong)random.Below(6), fraction & ~(mask >> 4)),
            13 => (bias + (ulong)random.Below(fractionBits + 2), random.Next() & mask),
            14 => (bias - (ulong)random.Below((int)Math.Min(bias, 40)), fraction),
            15 => (random.Next() & ones, fraction),
            // The greatest denormal number, the least normal one, and neighbours.
            16 => random.Below(2) == 0 ? (0UL, mask - (ulong)random.Below(2)) : (1UL, (ulong)random.Below(2)),
            17 => (ones, random.Next() & mask | 1),
            // Halfway, or next to it, between two numbers with fewer fraction bits.
            18 => ((bias - 20 + (ulong)random.Below(40)) & ones, Halfway(fractionBits, 13, ref random)),
            _ => (Math.Max(1, bias - 160 + (ulong)random.Below(320)) & ones, Halfway(fractionBits, 29, ref random)),
        };
        return sign | exponent << fractionBits | fraction;
    }
}
