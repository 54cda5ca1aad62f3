using Dbt.Translator.Guests;

namespace Dbt.Translator.Execution;

/// <summary>The kernel's guest code, and which of its pages were seen to use tagged pointers. From any thread.</summary>
sealed class TaggedCode(ICodeSource kernel) : ICodeSource
{
    /// <summary>Unit of marking, in bytes.</summary>
    public const ulong PageSize = 4096;

    readonly HashSet<ulong> pages = [];

    /// <inheritdoc/>
    public nint WindowBase => kernel.WindowBase;

    /// <inheritdoc/>
    public bool IsExecutable(ulong address, int length) => kernel.IsExecutable(address, length);

    /// <inheritdoc/>
    public bool ChangesSilently(ulong address) => kernel.ChangesSilently(address);

    /// <inheritdoc/>
    public bool IgnoresTopByte(ulong address)
    {
        if (pages.Count == 0) return false;
        lock (pages) return pages.Contains(address / PageSize);
    }

    /// <summary>Has the page with this address translated for tagged pointers from now on; false if it was before. The caller discards what there is.</summary>
    public bool Mark(ulong address)
    {
        lock (pages) return pages.Add(address / PageSize);
    }
}
