using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>System V and POSIX message queues, semaphores, shared memory.</summary>
static unsafe class IpcSyscalls
{
    const int Set = 1, Status = 2, SemaphoreStatus = 18, SemaphoreStatusAny = 20;

    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.shmget, "shmget", "ipc_key size ipc_flags");
        table.Add(Sys.shmat, "shmat", "int ptr shm_attach", &Attach);
        table.Add(Sys.shmdt, "shmdt", "ptr", &Detach);
        table.Pass(Sys.shmctl, "shmctl", "int ipc_command ptr");
        table.Pass(Sys.semget, "semget", "ipc_key int ipc_flags");
        table.Pass(Sys.semop, "semop", "int sembuf:2 size", Blocks);
        table.Pass(Sys.semtimedop, "semtimedop", "int sembuf:2 size timespec", Blocks);
        table.Add(Sys.semctl, "semctl", "int int sem_command ptr", &SemaphoreControl);
        table.Pass(Sys.msgget, "msgget", "ipc_key ipc_flags");
        table.Pass(Sys.msgsnd, "msgsnd", "int ptr size msg_queue", Blocks | RestartsWithoutHandler);
        table.Pass(Sys.msgrcv, "msgrcv", "int ptr size long msg_queue", Blocks | RestartsWithoutHandler);
        table.Pass(Sys.msgctl, "msgctl", "int ipc_command ptr");
        table.Add(Sys.mq_open, "mq_open", "path open_flags open_mode:1 ptr", &OpenQueue);
        table.Pass(Sys.mq_unlink, "mq_unlink", "path");
        table.Pass(Sys.mq_timedsend, "mq_timedsend", "int in:2 size int timespec", Blocks | Restarts);
        table.Pass(Sys.mq_timedreceive, "mq_timedreceive", "int out size ptr timespec", Blocks | Restarts);
        table.Pass(Sys.mq_notify, "mq_notify", "int ptr");
        table.Pass(Sys.mq_getsetattr, "mq_getsetattr", "int ptr ptr");
    }

    static long OpenQueue(in Call call) => call.Forward(call[0], call.Process.Abi.OpenFlagsToHost(call.Int(1)), call[2], call[3]);

    // An attached segment is guest memory; its size is asked from the kernel. What SHM_REMAP replaces must not be dbt's.
    static long Attach(in Call call)
    {
        const int Remap = 0x4000, Round = 0x2000, ReadOnly = 0x1000, Execute = 0x8000, SizeOffset = 48, StructureSize = 112;
        byte* description = stackalloc byte[StructureSize];
        long result = Kernel.Call(Sys.shmctl, call[0], Status, (long)description);
        ulong size = result == 0 ? *(ulong*)(description + SizeOffset) : 0;
        // Nobody may be given the same addresses between the two halves of either call.
        lock (call.Process.Space.Gate)
        {
            if ((call.Int(2) & Remap) != 0)
            {
                ulong start = AddressSpace.PageDown(call.Address(1));
                if (start == 0 || (start != call.Address(1) && (call.Int(2) & Round) == 0)) return -Errno.EINVAL;
                long claimed = call.Process.Space.Claim(start, start + AddressSpace.PageUp(size));
                if (claimed < 0) return claimed;
            }
            result = Kernel.Call(Sys.shmat, call[0], call[1], call[2] & ~Execute);
            if (result is < 0 and >= -4095) return result;
            var protection = Protection.Read | ((call.Int(2) & ReadOnly) == 0 ? Protection.Write : 0) | ((call.Int(2) & Execute) != 0 ? Protection.Execute : 0);
            call.Process.Space.Adopt(new Region((ulong)result, (ulong)result + AddressSpace.PageUp(size), protection, true, new Backing(ulong.MaxValue, (ulong)call[0] + 1, 0)));
            return result;
        }
    }

    static long Detach(in Call call)
    {
        lock (call.Process.Space.Gate)
        {
            if (!call.Process.Space.Map.TryFind(call.Address(0), out Region region) || region.Start != call.Address(0)) return -Errno.EINVAL;
            long result = call.Forward();
            if (result >= 0) call.Process.Space.Release(region);
            return result;
        }
    }

    // struct semid64_ds: x86-64 pads each time (asm/sembuf.h), the generic one does not. Both begin with the 48 bytes of ipc64_perm.
    static long SemaphoreControl(in Call call)
    {
        const int HostSize = 104, GuestSize = 88, Permissions = 48;
        int command = call.Int(2) & 0xFF;
        if (command is not (Set or Status or SemaphoreStatus or SemaphoreStatusAny)) return call.Forward();
        byte* host = stackalloc byte[HostSize];
        byte* guest = stackalloc byte[GuestSize];
        if (command == Set)
        {
            new Span<byte>(host, HostSize).Clear();
            return call.Memory.TryRead(call.Address(3), host, Permissions) ? call.Forward(call[0], call[1], call[2], (long)host) : -Errno.EFAULT;
        }
        long result = call.Forward(call[0], call[1], call[2], (long)host);
        if (result < 0) return result;
        new Span<byte>(guest, GuestSize).Clear();
        new Span<byte>(host, Permissions).CopyTo(new Span<byte>(guest, GuestSize));
        ulong* from = (ulong*)(host + Permissions), to = (ulong*)(guest + Permissions);
        to[0] = from[0];
        to[1] = from[2];
        to[2] = from[4];
        return call.Memory.TryWrite(call.Address(3), guest, GuestSize) ? result : -Errno.EFAULT;
    }
}
