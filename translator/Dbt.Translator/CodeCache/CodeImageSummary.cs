using System.Runtime.CompilerServices;
using System.Text;

namespace Dbt.Translator.CodeCache;

/// <summary>What a file of the store says of itself, for people.</summary>
/// <param name="Blocks">Number of translated blocks.</param>
/// <param name="GuestFile">The guest file whose code they are from, by the name that the writer knew it by.</param>
public sealed record CodeImageSummary(int Blocks, string GuestFile)
{
    /// <summary>Reads the summary of a code image; null if the file is none, whoever wrote it.</summary>
    public static CodeImageSummary? TryRead(Stream file)
    {
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<CodeImageHeader>()];
        if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) return null;
        var header = Unsafe.ReadUnaligned<CodeImageHeader>(ref bytes[0]);
        if (!header.IsValid(file.Length, header.Key)) return null;
        var name = new byte[header.NameLength];
        file.Position = header.NameOffset;
        file.ReadExactly(name);
        return new CodeImageSummary(header.BlockCount, Encoding.UTF8.GetString(name));
    }
}
