using Dbt.Linux.Files;
using Dbt.Linux.Host;

namespace Dbt.Linux.Memory;

/// <summary>Mappings that the host's kernel changes by itself: MAP_GROWSDOWN grows by page faults, MADV_DONTFORK is missing in a child. The map learns of it before it is asked about.</summary>
sealed unsafe partial class AddressSpace
{
    const long MapGrowsDown = 0x100, ProtGrowsDown = 0x01000000, ProtGrowsUp = 0x02000000;

    /// <summary>An address in each mapping that grows; nearly always none.</summary>
    readonly List<ulong> growing = [];

    /// <summary>The guest has asked for mappings that a child shall not have.</summary>
    public bool HasUnforked { get; set; }

    /// <summary>Notes how far growing mappings have grown. Requires <see cref="Gate"/>.</summary>
    public void LearnGrowth()
    {
        if (growing.Count == 0) return;
        foreach (string line in HostFile.Lines("/proc/thread-self/maps"))
        {
            if (!MapsLine.TryParse(line, out var host)) continue;
            for (int i = growing.Count - 1; i >= 0; i--)
            {
                if (growing[i] < host.Start || growing[i] >= host.End) continue;
                if (!Map.TryFind(growing[i], out Region region)) growing.RemoveAt(i);
                else if (host.Start < region.Start) Map.Set(region with { Start = host.Start, End = region.Start });
            }
        }
    }

    /// <summary>In a forked child: takes out of the map what the kernel has left out.</summary>
    public void AfterFork()
    {
        futureLocks = 0;
        if (!HasUnforked) return;
        HasUnforked = false;
        var present = new List<MapsLine>();
        foreach (string line in HostFile.Lines("/proc/thread-self/maps"))
        {
            if (MapsLine.TryParse(line, out var host)) present.Add(host);
        }
        foreach (Region region in Map.Regions.ToArray())
        {
            ulong at = region.Start;
            foreach (var host in present)
            {
                if (host.End <= at) continue;
                if (host.Start >= region.End) break;
                if (host.Start > at) Release(region.Clip(at, host.Start));
                at = host.End;
            }
            if (at < region.End) Release(region.Clip(at, region.End));
        }
    }

    // mprotect's PROT_GROWSDOWN: from the beginning of the mapping. The main stack is one of those in the guest's eyes, though not in the host's.
    bool TryExtendProtection(ref ulong address, ulong end, ref long protection)
    {
        if ((protection & (ProtGrowsDown | ProtGrowsUp)) == 0) return true;
        bool isStack = MainStack.Start <= address && address < MainStack.End;
        if ((protection & ProtGrowsUp) != 0 || !Map.TryFind(address, out Region region)) return false;
        if (!isStack && !growing.Exists(place => place >= region.Start && place < region.End)) return false;
        address = isStack ? MainStack.Start : region.Start;
        protection &= ~ProtGrowsDown;
        return address < end;
    }

    /// <summary>The first thread's stack.</summary>
    public Region MainStack { get; set; }
}
