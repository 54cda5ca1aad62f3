namespace Dbt.Translator.CodeCache;

/// <summary>
/// The one reserved range of host addresses that holds every segment of the process, so that the signal handler's question "is this translated code?" is one comparison with constants.
/// </summary>
/// <remarks>Given out in units of 64 KiB, first fit. Reserved at the size that the first code cache asks for; address space only.</remarks>
static class CodeRegion
{
    public const int Unit = 64 * 1024;
    static readonly Lock Gate = new();
    static bool[] used = [];

    /// <summary>First address, 0 before <see cref="Reserve"/>.</summary>
    public static nint Start { get; private set; }

    /// <summary>Bytes.</summary>
    public static nint Length => (nint)used.Length * Unit;

    /// <summary>Reserves the range, once; later calls keep what there is.</summary>
    public static void Reserve(nint length)
    {
        lock (Gate)
        {
            if (Start != 0) return;
            int units = (int)((length + Unit - 1) / Unit);
            Start = HostMemory.Reserve((nint)units * Unit);
            used = new bool[units];
        }
    }

    /// <summary>Takes address space (a multiple of <see cref="Unit"/>); 0 if there is no hole of that size.</summary>
    public static nint Take(int length)
    {
        int need = length / Unit;
        lock (Gate)
        {
            int run = 0;
            for (int i = 0; i < used.Length; i++)
            {
                run = used[i] ? 0 : run + 1;
                if (run < need) continue;
                used.AsSpan(i - need + 1, need).Fill(true);
                return Start + (nint)(i - need + 1) * Unit;
            }
        }
        return 0;
    }

    /// <summary>Gives address space back and frees its memory.</summary>
    public static void GiveBack(nint address, int length)
    {
        HostMemory.Release(address, length);
        lock (Gate) used.AsSpan((int)((address - Start) / Unit), length / Unit).Clear();
    }
}
