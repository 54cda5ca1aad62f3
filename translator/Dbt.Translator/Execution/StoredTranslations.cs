using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Guests;

namespace Dbt.Translator.Execution;

/// <summary>Takes blocks from code images if the guest bytes are those that they were made from, and gives this process' blocks to new images.</summary>
/// <remarks>
/// Translation is a pure function of location, guest bytes and options; options are in an image's key, the location is looked up, the bytes are compared. So it does not matter where an image is
/// from or what has happened to its guest file. From any thread.
/// </remarks>
sealed unsafe class StoredTranslations(TranslationCache cache, ICodeSource source)
{
    readonly List<nint> own = [];

    /// <summary>Publishes the stored block of a location; null if there is none.</summary>
    public BlockInfo* TryLoad(ulong location)
    {
        if (!cache.HasImages) return null;
        lock (cache.Gate)
        {
            BlockInfo* published = cache.Find(location);
            if (published != null) return published;
            long version = cache.Version;
            if (!cache.TryFindStored(location, out var image, out var stored)) return null;
            byte* guest = stackalloc byte[StoredBlock.MaxGuestSize];
            if (ReadGuest(image!.Record(stored), guest) != stored->GuestSize) return null;
            if (!new ReadOnlySpan<byte>(guest, stored->GuestSize).SequenceEqual(new ReadOnlySpan<byte>(image.GuestBytes(stored), stored->GuestSize))) return null;
            return cache.Publish(image, stored, version);
        }
    }

    // The bytes of all ranges; -1 if they cannot all be had as translation would have read them.
    int ReadGuest(BlockInfo* info, byte* buffer)
    {
        int size = 0;
        for (int i = 0; i < info->RangeCount; i++)
        {
            ulong start = info->Ranges[2 * i], length = info->Ranges[(2 * i) + 1] - start;
            if (length > (ulong)(StoredBlock.MaxGuestSize - size) || !source.IsExecutable(start, (int)length)) return -1;
            if (source.IgnoresTopByte(start) || source.IgnoresTopByte(start + length - 1) || source.ChangesSilently(start) || source.ChangesSilently(start + length - 1)) return -1;
            if (!GuardedMemory.TryCopy(buffer + size, (void*)(source.WindowBase + (nint)start), (nuint)length)) return -1;
            size += (int)length;
        }
        return size;
    }

    /// <summary>Number of blocks that this process has made from [start, end).</summary>
    public int Count(ulong start, ulong end)
    {
        lock (cache.Gate)
        {
            own.Clear();
            cache.CollectOwn(own);
            int count = 0;
            foreach (nint block in own)
            {
                if (CanBeKept((BlockInfo*)block, start, end)) count++;
            }
            return count;
        }
    }

    /// <summary>
    /// An image of an earlier one and of the blocks that this process has made from [start, end); null if there are too few new ones.
    /// The caller frees it with <see cref="NativeMemory.Free"/>.
    /// </summary>
    public byte* TryBuild(ulong start, ulong end, ReadOnlySpan<byte> previous, in CodeImageKey key, Func<ReadOnlySpan<byte>> name, Func<int, int> minimum, out long length)
    {
        lock (cache.Gate)
        {
            own.Clear();
            cache.CollectOwn(own);
            var candidates = new List<ImageCandidate>();
            var guest = new List<byte>();
            byte* buffer = stackalloc byte[StoredBlock.MaxGuestSize];
            foreach (nint block in own)
            {
                var info = (BlockInfo*)block;
                if (!CanBeKept(info, start, end)) continue;
                int size = ReadGuest(info, buffer);
                if (size <= 0) continue;
                candidates.Add(new ImageCandidate(info, guest.Count, size));
                guest.AddRange(new ReadOnlySpan<byte>(buffer, size));
            }
            return cache.Writer.TryBuild(previous, key, name, CollectionsMarshal.AsSpan(candidates), CollectionsMarshal.AsSpan(guest), minimum, out length);
        }
    }

    // Code that could not be fetched may be there the next time.
    static bool CanBeKept(BlockInfo* info, ulong start, ulong end)
    {
        for (int i = 0; i < info->RangeCount; i++)
        {
            if (info->Ranges[2 * i] < start || info->Ranges[(2 * i) + 1] > end) return false;
        }
        for (int i = 0; i < info->ExitCount; i++)
        {
            if (info->Exits[i] is { Kind: ExitKind.Trap, Trap: Ir.TrapKind.InstructionFetch }) return false;
        }
        return true;
    }
}
