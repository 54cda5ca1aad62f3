using Dbt.Translator.CodeCache;

namespace Dbt.Translator.Execution;

/// <summary>Code images: translations that outlive the process. The kernel decides which guest files have images and where they are kept.</summary>
public sealed unsafe partial class Engine
{
    /// <summary>Whether images can be used at all: when blocks are to be checked they must be translated here.</summary>
    public bool TakesImages => !Options.Check;

    /// <summary>All that changes what this engine makes of the same guest bytes: part of an image's key.</summary>
    public string TranslationOptions => $"{Guest.Name} {(long)Options.HostFeatures.Present:x} {Options.MaxBlockInstructions} {Options.Statistics}";

    /// <summary>Maps the code image in a file: its blocks are run as if they had been translated, as long as the guest bytes are the same. The descriptor may be closed afterwards.</summary>
    /// <returns>Number of blocks in the image; 0 if the file is none for the key.</returns>
    public int AttachImage(int descriptor, long length, in CodeImageKey key)
    {
        lock (cache.Gate) return cache.Attach(descriptor, length, key);
    }

    /// <summary>Number of blocks that this process itself has translated so far.</summary>
    public long TranslatedBlocks => Volatile.Read(ref totals.Blocks);

    /// <summary>Number of live blocks that this process has translated from the guest bytes [start, end).</summary>
    public int CountTranslated(ulong start, ulong end) => stored.Count(start, end);

    /// <summary>
    /// Builds a new image from an earlier one and the live blocks that this process has translated from the guest bytes [start, end).
    /// </summary>
    /// <param name="start">First guest address of the file's code.</param>
    /// <param name="end">End of it.</param>
    /// <param name="previous">The earlier image, or nothing.</param>
    /// <param name="key">Key of both.</param>
    /// <param name="name">Tells the name of the guest file, for people.</param>
    /// <param name="minimum">Fewest new blocks that are worth it, given the number of old ones.</param>
    /// <param name="length">Bytes of the image.</param>
    /// <returns>The image, to be freed with <see cref="System.Runtime.InteropServices.NativeMemory.Free"/>; null if it is not worth it.</returns>
    public byte* TryBuildImage(ulong start, ulong end, ReadOnlySpan<byte> previous, in CodeImageKey key, Func<ReadOnlySpan<byte>> name, Func<int, int> minimum, out long length) =>
        stored.TryBuild(start, end, previous, key, name, minimum, out length);
}
