namespace Dbt.Linux.Memory;

/// <summary>Chooses addresses for programs and libraries that do not ask for one: the same in every process, whatever was mapped before, so that translations of their code can be kept.</summary>
/// <remarks>
/// A loader maps a library as a whole first, from the file or as a reservation without access, and its segments over that; all there is to know it by is its size. So a size has a place;
/// libraries of one size, and those that overlap, take the next place that is free.
/// </remarks>
static class ImagePlacement
{
    const ulong Start = 0x5600_0000_0000, Unit = 2 << 20, Places = 1 << 15, MaxSize = 64 << 20;
    const int Attempts = 16;
    const long Private = 2, Anonymous = 0x20, NoReserve = 0x4000, Stack = 0x20000, Grows = 0x100, Populate = 0x8000, HugePages = 0x40000;
    const long TypeMask = 3, Read = 1, Execute = 4;

    /// <summary>Whether a mapping without a wanted address looks like the beginning of a library.</summary>
    public static bool IsImage(ulong size, long protection, long flags, ulong offset) =>
        size <= MaxSize && offset == 0 && (flags & TypeMask) == Private && (flags & (NoReserve | Stack | Grows | Populate | HugePages)) == 0
        && ((flags & Anonymous) != 0 ? protection == 0 : protection is Read or (Read | Execute));

    /// <summary>The place for a size; false if all that may be tried are taken.</summary>
    public static bool TryFind(MemoryMap map, ulong size, out ulong address)
    {
        ulong place = (size / AddressSpace.PageSize * 0x9E37_79B9_7F4A_7C15) >> 49;
        for (int i = 0; i < Attempts; i++, place++)
        {
            address = Start + (place % Places * Unit);
            if (!map.ContainsAny(address, address + size, Protection.None)) return true;
        }
        address = 0;
        return false;
    }
}
