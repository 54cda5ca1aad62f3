namespace Dbt.Linux.Memory;

/// <summary>Pages for which the guest has flushed its instruction cache: a program that announces what it writes there. From any thread.</summary>
/// <remarks>
/// Code in memory that can be written without anybody noticing (writable and executable, or shared) is compared with its translation as it runs, until the first flush of its page: so programs that
/// forget to flush work, at the cost of a comparison per instruction, and those that flush, as the architecture asks them to, pay nothing.
/// </remarks>
sealed class FlushedPages
{
    const int Shift = 12;
    readonly HashSet<ulong> pages = [];

    /// <summary>Adds the pages of [start, end); true if one of them is new.</summary>
    public bool Add(ulong start, ulong end)
    {
        bool isNew = false;
        lock (pages)
        {
            for (ulong page = start >> Shift; page <= (end - 1) >> Shift; page++) isNew |= pages.Add(page);
        }
        return isNew;
    }

    /// <summary>Whether the page with an address is among them.</summary>
    public bool Contains(ulong address)
    {
        lock (pages) return pages.Contains(address >> Shift);
    }

    /// <summary>Whether all pages of [start, end) are among them.</summary>
    public bool ContainsAll(ulong start, ulong end)
    {
        lock (pages)
        {
            for (ulong page = start >> Shift; page <= (end - 1) >> Shift; page++)
            {
                if (!pages.Contains(page)) return false;
            }
            return true;
        }
    }

    /// <summary>Something else is at [start, end) from now on.</summary>
    public void Remove(ulong start, ulong end)
    {
        lock (pages)
        {
            if (pages.Count == 0) return;
            (ulong first, ulong last) = (start >> Shift, (end - 1) >> Shift);
            if (last - first < (ulong)pages.Count)
            {
                for (ulong page = first; page <= last; page++) pages.Remove(page);
            }
            else
            {
                pages.RemoveWhere(page => page >= first && page <= last);
            }
        }
    }
}
