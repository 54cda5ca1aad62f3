using System.Runtime.InteropServices;
using Dbt.Linux.Host;
using Dbt.Linux.Signals;

namespace Dbt.Linux.Threads;

/// <summary>A host thread that dbt made: by pthread_create, on a stack that dbt maps (DESIGN 4.9), because fork must find every stack of the parent untouched in the child.</summary>
/// <param name="handle">pthread_t.</param>
/// <param name="stack">Start of the mapping, whose first page is the guard.</param>
readonly unsafe struct HostThread(nuint handle, nint stack)
{
    /// <summary>The engine and the system calls run on it, never the guest; only what is touched costs memory.</summary>
    const int StackSize = 512 * 1024;
    const int GuardSize = 4096, AttributesSize = 64;
    const int CredentialsSignal = 33, SetMask = 2;
    const long ReadWrite = 3, PrivateAnonymousStack = 0x2 | 0x20 | 0x4000 | 0x20000;

    [DllImport("libc")]
    static extern int pthread_attr_init(void* attributes);
    [DllImport("libc")]
    static extern int pthread_attr_setstack(void* attributes, nint stack, nuint size);
    [DllImport("libc")]
    static extern int pthread_attr_setstacksize(void* attributes, ulong size);
    [DllImport("libc")]
    static extern int pthread_attr_destroy(void* attributes);
    [DllImport("libc")]
    static extern int pthread_create(nuint* thread, void* attributes, delegate* unmanaged<nint, nint> entry, nint argument);
    [DllImport("libc")]
    static extern nuint pthread_self();
    [DllImport("libc")]
    static extern int pthread_join(nuint thread, nint* result);

    /// <summary>The calling thread, which runs on the stack in <paramref name="mapping"/>.</summary>
    public static HostThread Current(nint mapping) => new(pthread_self(), mapping);

    /// <summary>Where the host's C library keeps the calling thread's id, which clone sets in a child that goes on as this thread; null if it is not found.</summary>
    public static int* OwnId()
    {
        const int First = 128, Last = 256;
        int id = (int)Kernel.Call(Sys.gettid);
        int* words = (int*)pthread_self();
        // struct pthread, behind its header of 704 bytes; the offset is the library's matter.
        for (int i = First; i < Last; i++)
        {
            if (words[i] == id) return words + i;
        }
        return null;
    }

    /// <summary>Start of the stack's mapping.</summary>
    public nint Stack => stack;

    /// <summary>Maps a stack: its address, or 0 if there is no room.</summary>
    public static nint MapStack()
    {
        long mapped = Kernel.Call(Sys.mmap, 0, StackSize, ReadWrite, PrivateAnonymousStack, -1, 0);
        if (mapped is < 0 and >= -4095) return 0;
        Kernel.Call(Sys.mprotect, mapped, GuardSize, 0);
        return (nint)mapped;
    }

    /// <summary>Gives a stack back.</summary>
    public static void UnmapStack(nint mapping) => Kernel.Call(Sys.munmap, mapping, StackSize);

    /// <summary>Lets the host's C library make its first thread's preparations, once, before any of the guest's signal actions are known to the host.</summary>
    /// <remarks>
    /// The first pthread_create installs a handler of signal 33, by which setuid and the like reach all threads, and unblocks it. The guest's C library does the same, before its clone: its
    /// handler would be replaced. A thread whose stack is larger than the address space gets no further than these preparations.
    /// </remarks>
    public static void Prepare()
    {
        const ulong TooLarge = 1UL << 50;
        byte* attributes = stackalloc byte[AttributesSize];
        SignalAction action;
        ulong mask;
        nuint created;
        Kernel.Call(Sys.rt_sigaction, CredentialsSignal, 0, (long)&action, sizeof(ulong));
        Kernel.Call(Sys.rt_sigprocmask, 0, 0, (long)&mask, sizeof(ulong));
        if (pthread_attr_init(attributes) == 0)
        {
            if (pthread_attr_setstacksize(attributes, TooLarge) == 0) _ = pthread_create(&created, attributes, null, 0);
            _ = pthread_attr_destroy(attributes);
        }
        Kernel.Call(Sys.rt_sigaction, CredentialsSignal, (long)&action, 0, sizeof(ulong));
        Kernel.Call(Sys.rt_sigprocmask, SetMask, (long)&mask, 0, sizeof(ulong));
    }

    /// <summary>Starts a thread, which has the caller's signal mask. False if the host refuses (RLIMIT_NPROC, memory).</summary>
    public static bool TryStart(nint mapping, delegate* unmanaged<nint, nint> entry, nint argument)
    {
        byte* attributes = stackalloc byte[AttributesSize];
        nuint created;
        if (pthread_attr_init(attributes) != 0) return false;
        int error = pthread_attr_setstack(attributes, mapping + GuardSize, StackSize - GuardSize);
        if (error == 0) error = pthread_create(&created, attributes, entry, argument);
        _ = pthread_attr_destroy(attributes);
        return error == 0;
    }

    /// <summary>Waits until the thread, which has left its entry function or is about to, has gone and its stack is nobody's.</summary>
    public void Join() => _ = pthread_join(handle, null);
}
