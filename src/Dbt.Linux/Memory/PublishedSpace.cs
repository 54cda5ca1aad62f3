using System.Runtime.CompilerServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Memory;

/// <summary>What a process under dbt lets the others know of its guest's memory: /proc/PID/maps, stat and status of the host are dbt's.</summary>
/// <remarks>
/// dbt is linked to a fixed address, so this record has the same address in every process that runs the same executable; others read it, and the regions it leads to, with process_vm_readv,
/// which asks for the permission that reading /proc/PID/maps asks for. The sequence number is odd during a change.
/// </remarks>
unsafe struct PublishedSpace
{
    const ulong Known = 0x65636170_73746264;
    const int MostRegions = 1 << 20, Attempts = 100;

    static PublishedSpace own;

    ulong magic;
    public Region* Regions;
    public int Count, Sequence;
    /// <summary>The code of the program's file.</summary>
    public ulong CodeStart, CodeEnd;
    /// <summary>The heap that brk makes.</summary>
    public ulong HeapStart, HeapEnd;
    /// <summary>An address in the first thread's stack.</summary>
    public ulong Stack;

    /// <summary>This process' record.</summary>
    public static PublishedSpace* Own => (PublishedSpace*)Unsafe.AsPointer(ref own);

    /// <summary>From now on others may read it.</summary>
    public static void Publish() => own.magic = Known;

    /// <summary>Reads the record of another process that runs this executable, and its regions; false if that is not allowed, or it has none.</summary>
    public static bool TryRead(int process, out PublishedSpace space, out Region[] regions)
    {
        regions = [];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            PublishedSpace first, second;
            space = default;
            if (!TryCopy(process, Own, &first, sizeof(PublishedSpace)) || first.magic != Known || (uint)first.Count > MostRegions) return false;
            if ((first.Sequence & 1) != 0) continue;
            regions = new Region[first.Count];
            fixed (Region* to = regions)
            {
                if (first.Count > 0 && !TryCopy(process, first.Regions, to, first.Count * sizeof(Region))) continue;
            }
            if (!TryCopy(process, Own, &second, sizeof(PublishedSpace))) return false;
            if (first.Sequence != second.Sequence) continue;
            space = first;
            return true;
        }
        space = default;
        return false;
    }

    static bool TryCopy(int process, void* from, void* to, long length)
    {
        long* local = stackalloc long[2] { (long)to, length };
        long* remote = stackalloc long[2] { (long)from, length };
        return Kernel.Call(Sys.process_vm_readv, process, (long)local, 1, (long)remote, 1, 0) == length;
    }
}
