using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dbt.Linux.Processes;

/// <summary>
/// The memory of one execve: words and vectors at fixed addresses, owned by the garbage collector. A vfork child that executes a program never comes back to free anything, and its memory is its parent's:
/// native memory would stay there for ever.
/// </summary>
sealed unsafe class ExecutionMemory
{
    // What is in use; only to keep it.
    readonly List<Array> blocks = [];

    /// <summary>Uninitialised room for pointers.</summary>
    public nint* Vector(int count)
    {
        nint[] block = GC.AllocateUninitializedArray<nint>(count, pinned: true);
        blocks.Add(block);
        return (nint*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block));
    }

    /// <summary>A copy with a terminating zero.</summary>
    public nint Text(ReadOnlySpan<byte> bytes)
    {
        byte[] block = GC.AllocateUninitializedArray<byte>(bytes.Length + 1, pinned: true);
        blocks.Add(block);
        bytes.CopyTo(block);
        block[^1] = 0;
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block));
    }
}
