namespace Dbt.Translator.CodeCache;

/// <summary>Code images: blocks that other processes have translated.</summary>
/// <remarks>An image is a segment like others, except that its blocks are published one by one, when they are first looked for, and that nothing is added to it.</remarks>
sealed unsafe partial class TranslationCache
{
    readonly List<CodeImage> images = [];
    CodeImageWriter? writer;
    int imageCount;

    /// <summary>Whether there are images. Callable without the lock.</summary>
    public bool HasImages => Volatile.Read(ref imageCount) != 0;

    /// <summary>Blocks published from images.</summary>
    public long LoadedBlocks { get; private set; }

    /// <summary>Maps the image in a file and tells how many blocks it has; 0 if it is none for the key, or there is no room.</summary>
    public int Attach(int descriptor, long length, in CodeImageKey key)
    {
        var image = CodeImage.TryMap(descriptor, length, key);
        if (image == null) return 0;
        if (Size + image.Size > limit)
        {
            image.Dispose();
            return 0;
        }
        Size += image.Size;
        segments.Add(image);
        images.Add(image);
        imageCount = images.Count;
        return image.StoredCount;
    }

    /// <summary>Looks for a block that is stored for a location and not published yet; newest image first.</summary>
    public bool TryFindStored(ulong location, out CodeImage? image, out StoredBlock* stored)
    {
        for (int i = images.Count - 1; i >= 0; i--)
        {
            image = images[i];
            stored = image.Find(location);
            if (stored != null) return true;
        }
        image = null;
        stored = null;
        return false;
    }

    /// <summary>Publishes a stored block whose guest bytes were seen to be the same since <paramref name="since"/>; null if they may have changed again.</summary>
    public BlockInfo* Publish(CodeImage image, StoredBlock* stored, long since)
    {
        if (WasInvalidated(image.Record(stored), since)) return null;
        BlockInfo* info = image.Relocate(stored);
        Add(info);
        LoadedBlocks++;
        return info;
    }

    /// <summary>Appends the live blocks that this process has translated itself.</summary>
    public void CollectOwn(List<nint> found)
    {
        foreach (var segment in segments)
        {
            if (segment is not Segment { IsInherited: false }) continue;
            for (int i = 0; i < segment.BlockCount; i++)
            {
                if (segment[i]->Flags == Live) found.Add((nint)segment[i]);
            }
        }
    }

    /// <summary>See <see cref="CodeImageWriter.TryBuild"/>.</summary>
    public CodeImageWriter Writer => writer ??= new CodeImageWriter();

    void Forget(CodeSegment segment)
    {
        if (segment is not CodeImage image) return;
        images.Remove(image);
        imageCount = images.Count;
    }
}
