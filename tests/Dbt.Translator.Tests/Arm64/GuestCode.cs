using System.Runtime.InteropServices;
using Dbt.Translator.Guests;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Arm64;

/// <summary>Words of A64 code at guest address 0x1000: one executable page, the rest of it zero.</summary>
sealed unsafe class GuestCode : ICodeSource, IDisposable
{
    public const ulong Address = 0x1000;

    /// <summary>The first address that cannot be executed.</summary>
    public const ulong End = 0x2000;

    readonly uint* words;

    public GuestCode(params uint[] code)
    {
        words = (uint*)NativeMemory.AllocZeroed((nuint)(End - Address));
        code.CopyTo(new Span<uint>(words, code.Length));
    }

    public nint WindowBase => (nint)words - (nint)Address;

    public bool IsExecutable(ulong address, int length) => address >= Address && address + (ulong)length <= End;

    public bool UsesTags { get; init; }

    public bool IgnoresTopByte(ulong address) => UsesTags;

    public bool ChangesUnseen { get; init; }

    public bool ChangesSilently(ulong address) => ChangesUnseen;

    public void Dispose() => NativeMemory.Free(words);

    /// <summary>The verified IR of the block at <see cref="Address"/> of as many instructions as there are words, values numbered in order.</summary>
    public static string Lift(params uint[] code) => Lift(new Location(Address), code.Length, out _, code);

    public static string Lift(Location start, int maxInstructions, out ulong[] ranges, params uint[] code)
    {
        using var source = new GuestCode(code);
        using var block = new IrBlock(Arm64State.Layout);
        var lifter = Arm64Guest.Instance.CreateLifter(block);
        var reader = new CodeReader(source);
        lifter.Lift(start, ref reader, maxInstructions);
        ranges = lifter.Ranges.ToArray();
        IrVerifier.Verify(block);
        return IrPrinter.Print(block, renumber: true);
    }

    /// <summary>Bytes that the last <see cref="FlagsAreDead"/> relied on.</summary>
    public static ulong PeekedBytes { get; private set; }

    public static bool FlagsAreDead(params uint[] code)
    {
        using var source = new GuestCode(code);
        var reader = new CodeReader(source);
        bool dead = Arm64Guest.Instance.FlagsAreDeadAt(new Location(Address), ref reader);
        PeekedBytes = 0;
        for (int i = 0; i < reader.Peeked.Length; i += 2) PeekedBytes += reader.Peeked[i + 1] - reader.Peeked[i];
        return dead;
    }
}
