using Dbt.Linux.Host;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>The machine and the system as a whole, and what dbt does not offer.</summary>
static unsafe class SystemSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Add(Sys.uname, "uname", "utsname", &Name);
        table.Pass(Sys.sethostname, "sethostname", "path size");
        table.Pass(Sys.setdomainname, "setdomainname", "path size");
        table.Pass(Sys.sysinfo, "sysinfo", "sysinfo");
        table.Pass(Sys.syslog, "syslog", "int ptr int", Blocks);
        table.Pass(Sys.getrandom, "getrandom", "random size random_flags", Blocks | Restarts);
        table.Pass(Sys.getrusage, "getrusage", "rusage_who rusage_out");
        table.Pass(Sys.reboot, "reboot", "hex hex hex ptr");
        table.Pass(Sys.swapon, "swapon", "path hex");
        table.Pass(Sys.swapoff, "swapoff", "path");
        table.Pass(Sys.acct, "acct", "path");
        table.Pass(Sys.unshare, "unshare", "clone_bits");
        table.Pass(Sys.setns, "setns", "fd clone_bits");
        table.Pass(Sys.personality, "personality", "hex");
        table.Refuse(Sys.ptrace, "ptrace", "int int ptr ptr");
        // Modules and kernels for the guest's machine are of no use to the host's; the others the kernel has given up.
        table.Refuse(Sys.init_module, "init_module", "ptr size path");
        table.Refuse(Sys.finit_module, "finit_module", "fd path hex");
        table.Refuse(Sys.delete_module, "delete_module", "path hex");
        table.Refuse(Sys.kexec_load, "kexec_load", "ptr ulong ptr hex");
        table.Refuse(Sys.kexec_file_load, "kexec_file_load", "fd fd ulong path hex");
        table.Refuse(Sys.lookup_dcookie, "lookup_dcookie", "hex ptr size");
        table.Refuse(Sys.nfsservctl, "nfsservctl", "int ptr ptr");
        table.Refuse(Sys.seccomp, "seccomp", "seccomp hex ptr");
        table.Refuse(Sys.bpf, "bpf", "int ptr size");
        table.Refuse(Sys.userfaultfd, "userfaultfd", "hex");
        table.Refuse(Sys.perf_event_open, "perf_event_open", "ptr int int int hex");
        table.Refuse(Sys.io_uring_setup, "io_uring_setup", "int ptr");
        table.Refuse(Sys.io_uring_enter, "io_uring_enter", "fd int int hex ptr size");
        table.Refuse(Sys.io_uring_register, "io_uring_register", "fd int ptr int");
        table.Pass(Sys.io_setup, "io_setup", "int ptr");
        table.Pass(Sys.io_destroy, "io_destroy", "ulong");
        table.Pass(Sys.io_submit, "io_submit", "ulong long ptr", Blocks);
        table.Pass(Sys.io_cancel, "io_cancel", "ulong ptr ptr");
        table.Pass(Sys.io_getevents, "io_getevents", "ulong long long ptr timespec", Blocks);
        table.Add(Sys.io_pgetevents, "io_pgetevents", "ulong long long ptr timespec ptr", &PollSyscalls.CompletedEvents, Blocks | RestartsWithoutHandler);
    }

    // struct new_utsname: six fields of 65 bytes; machine is the fifth.
    static long Name(in Call call)
    {
        const int Field = 65, Machine = 4 * Field;
        byte* name = stackalloc byte[6 * Field];
        long result = call.Forward((long)name);
        if (result < 0) return result;
        var machine = new Span<byte>(name + Machine, Field);
        // Under personality(PER_LINUX32) the host calls itself i686.
        bool isWide = machine.StartsWith("x86_64"u8);
        machine.Clear();
        (isWide ? call.Process.Abi.MachineName : call.Process.Abi.NarrowMachineName).CopyTo(machine);
        return call.Memory.TryWrite(call.Address(0), name, 6 * Field) ? 0 : -Errno.EFAULT;
    }
}
