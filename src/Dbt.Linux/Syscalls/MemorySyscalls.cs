using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>The address space. Calls that change it go through <see cref="AddressSpace"/>; calls that only advise go to the host if the range is the guest's.</summary>
static unsafe class MemorySyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Add(Sys.brk, "brk", "ptr", &ProgramBreak);
        table.Add(Sys.mmap, "mmap", "ptr size prot map_flags fd hex", &Map);
        table.Add(Sys.munmap, "munmap", "ptr size", &Unmap);
        table.Add(Sys.mprotect, "mprotect", "ptr size prot", &Protect);
        table.Refuse(Sys.pkey_mprotect, "pkey_mprotect", "ptr size prot int");
        table.Refuse(Sys.pkey_alloc, "pkey_alloc", "hex hex");
        table.Refuse(Sys.pkey_free, "pkey_free", "int");
        table.Add(Sys.mremap, "mremap", "ptr size size mremap_flags mremap_new:3", &Remap);
        table.Add(Sys.madvise, "madvise", "ptr size madvise", &Advise);
        table.Add(Sys.msync, "msync", "ptr size msync_flags", &Synchronize, Blocks);
        table.Add(Sys.mincore, "mincore", "ptr size mincore:1", &OwnRangeOnly);
        table.Add(Sys.mlock, "mlock", "ptr size", &Lock);
        table.Add(Sys.mlock2, "mlock2", "ptr size mlock2_flags", &Lock);
        table.Add(Sys.munlock, "munlock", "ptr size", &Lock);
        table.Add(Sys.mlockall, "mlockall", "mlock_flags", &LockAll);
        table.Add(Sys.munlockall, "munlockall", "", &UnlockAll);
        table.Refuse(Sys.remap_file_pages, "remap_file_pages", "ptr size hex size hex");
        table.Add(Sys.mbind, "mbind", "ptr size memory_policy ptr ulong hex", &OwnRangeOnly);
        table.Pass(Sys.get_mempolicy, "get_mempolicy", "ptr ptr ulong ptr hex");
        table.Pass(Sys.set_mempolicy, "set_mempolicy", "memory_policy ptr ulong");
        table.Add(Sys.set_mempolicy_home_node, "set_mempolicy_home_node", "ptr size ulong hex", &OwnRangeOnly);
        table.Pass(Sys.migrate_pages, "migrate_pages", "int ulong ptr ptr");
        table.Pass(Sys.move_pages, "move_pages", "int ulong ptr ptr ptr hex");
        table.Pass(Sys.membarrier, "membarrier", "membarrier hex membarrier_cpu:1");
        table.Add(Sys.process_vm_readv, "process_vm_readv", "int ptr ulong ptr ulong hex", &VectorSyscalls.TransferBetween);
        table.Add(Sys.process_vm_writev, "process_vm_writev", "int ptr ulong ptr ulong hex", &VectorSyscalls.TransferBetween);
        table.Pass(Sys.process_madvise, "process_madvise", "fd ptr size int hex");
        table.Pass(Sys.process_mrelease, "process_mrelease", "fd hex");
    }

    // Calls that only manage a range ignore a tag of its address.
    static ulong Place(in Call call) => TaggedArguments.Untag(call, 0);

    static long ProgramBreak(in Call call) => call.Process.Space.SetProgramBreak(call.Address(0));
    static long Map(in Call call) => call.Process.Space.MapPages(call.Address(0), call.Address(1), call[2], call[3], call[4], call.Address(5));
    static long Unmap(in Call call) => call.Process.Space.Unmap(Place(call), call.Address(1));
    static long Protect(in Call call) => call.Process.Space.Protect(Place(call), call.Address(1), call[2]);
    static long Remap(in Call call) => call.Process.Space.Remap(Place(call), call.Address(1), call.Address(2), call[3], call.Address(4));

    static long Lock(in Call call)
    {
        const long OnFault = 1;
        if (call.Host == Sys.mlock2 && (call[2] & ~OnFault) != 0) return -Errno.EINVAL;
        return call.Process.Space.LockPages(call.Host, Place(call), call.Address(1), call.Host == Sys.mlock2 ? call[2] : 0);
    }

    static long LockAll(in Call call) => call.Process.Space.LockAll(call.Int(0));
    static long UnlockAll(in Call call) => call.Process.Space.UnlockAll();

    // The kernel goes on behind a hole and tells of it in the end.
    static long Synchronize(in Call call)
    {
        ulong start = Place(call), end = AddressSpace.PageUp(start + call.Address(1));
        var map = call.Process.Space.Map;
        if (call.Process.Space.Owns(start, call.Address(1)) || end <= start) return OwnRangeOnly(call);
        long result = call.Forward((long)start, 0, call[2]);
        while (result >= 0 && map.NextPart(start, end, out Region part))
        {
            result = call.Forward((long)part.Start, (long)(part.End - part.Start), call[2]);
            start = part.End;
        }
        return result < 0 ? result : -Errno.ENOMEM;
    }

    static long OwnRangeOnly(in Call call)
    {
        ulong start = Place(call), length = call.Address(1);
        if (call.Process.Space.Owns(start, length)) return call.Forward((long)start, call[1], call[2], call[3], call[4], call[5]);
        // What is wrong with the other arguments comes before the hole.
        long result = call.Forward((long)start, 0, call[2], call[3], call[4], call[5]);
        return result < 0 ? result : -Errno.ENOMEM;
    }

    static long Advise(in Call call)
    {
        const int DontNeed = 4, Remove = 9, Free = 8, DontFork = 10, WipeOnFork = 18;
        ulong start = Place(call), length = call.Address(1), end = AddressSpace.PageUp(start + length);
        int advice = call.Int(2);
        var space = call.Process.Space;
        // What is wrong with the other arguments comes before any hole.
        long result = space.Owns(start, length) ? call.Forward((long)start, (long)length, advice) : call.Forward((long)start, 0, advice);
        if (result < 0 || length == 0) return result;
        if (end <= start) return -Errno.EINVAL;
        if (!space.Owns(start, length)) result = space.AdviseParts(start, end, advice);
        if (advice == DontFork) space.HasUnforked = true;
        // The bytes are gone or will be: so is what was translated from them.
        if (advice is DontNeed or Remove or Free or DontFork or WipeOnFork) space.Forget(start, end);
        return result;
    }
}
