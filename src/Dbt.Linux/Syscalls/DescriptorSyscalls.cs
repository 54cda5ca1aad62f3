using Dbt.Linux.Host;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Descriptors: duplication, pipes, fcntl, ioctl, and descriptors that are not files.</summary>
static unsafe class DescriptorSyscalls
{
    const int GetFlags = 3, SetFlags = 4, SetLockWait = 7, OpenFileSetLockWait = 38;

    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.close, "close", "fd");
        table.Pass(Sys.close_range, "close_range", "uint uint close_range");
        table.Pass(Sys.dup, "dup", "fd");
        table.Pass(Sys.dup3, "dup3", "fd fd descriptor_flags");
        table.Add(Sys.pipe2, "pipe2", "fds descriptor_flags", &Pipe);
        table.Add(Sys.fcntl, "fcntl", "fd fcntl fcntl_arg:1", &Control, Blocks | Restarts);
        table.Pass(Sys.ioctl, "ioctl", "fd ioctl ioctl_arg:1", Blocks | Restarts);
        table.Pass(Sys.flock, "flock", "fd flock", Blocks | Restarts);
        table.Pass(Sys.eventfd2, "eventfd2", "int eventfd_flags");
        table.Pass(Sys.memfd_create, "memfd_create", "path memfd_flags");
        table.Pass(Sys.memfd_secret, "memfd_secret", "hex");
        table.Pass(Sys.vhangup, "vhangup", "");
        table.Pass(Sys.kcmp, "kcmp", "int int int long long");
    }

    static long Pipe(in Call call) => call.Forward(call[0], call.Process.Abi.OpenFlagsToHost(call.Int(1)));

    static long Control(in Call call)
    {
        switch (call.Int(1))
        {
            case GetFlags:
                long flags = Kernel.Call(Sys.fcntl, call[0], GetFlags);
                return flags < 0 ? flags : call.Process.Abi.OpenFlagsFromHost((int)flags);
            case SetFlags:
                return Kernel.Call(Sys.fcntl, call[0], SetFlags, call.Process.Abi.OpenFlagsToHost(call.Int(2)));
            case SetLockWait or OpenFileSetLockWait:
                return call.Forward();
            default:
                return Kernel.Call(Sys.fcntl, call[0], call[1], call[2]);
        }
    }
}
