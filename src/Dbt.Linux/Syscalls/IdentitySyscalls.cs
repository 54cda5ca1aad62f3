using Dbt.Linux.Host;

namespace Dbt.Linux.Syscalls;

/// <summary>Users, groups, capabilities, sessions.</summary>
static class IdentitySyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.getpid, "getpid", "");
        table.Pass(Sys.getppid, "getppid", "");
        table.Pass(Sys.gettid, "gettid", "");
        table.Pass(Sys.getuid, "getuid", "");
        table.Pass(Sys.geteuid, "geteuid", "");
        table.Pass(Sys.getgid, "getgid", "");
        table.Pass(Sys.getegid, "getegid", "");
        table.Pass(Sys.getresuid, "getresuid", "int_out int_out int_out");
        table.Pass(Sys.getresgid, "getresgid", "int_out int_out int_out");
        table.Pass(Sys.setuid, "setuid", "int");
        table.Pass(Sys.setgid, "setgid", "int");
        table.Pass(Sys.setreuid, "setreuid", "int int");
        table.Pass(Sys.setregid, "setregid", "int int");
        table.Pass(Sys.setresuid, "setresuid", "int int int");
        table.Pass(Sys.setresgid, "setresgid", "int int int");
        table.Pass(Sys.setfsuid, "setfsuid", "int");
        table.Pass(Sys.setfsgid, "setfsgid", "int");
        table.Pass(Sys.getgroups, "getgroups", "int groups_out");
        table.Pass(Sys.setgroups, "setgroups", "int groups:0");
        table.Pass(Sys.getpgid, "getpgid", "int");
        table.Pass(Sys.setpgid, "setpgid", "int int");
        table.Pass(Sys.getsid, "getsid", "int");
        table.Pass(Sys.setsid, "setsid", "");
        table.Pass(Sys.capget, "capget", "capability_header capability_out");
        table.Pass(Sys.capset, "capset", "capability_header capability");
        table.Pass(Sys.add_key, "add_key", "path path in:3 size int");
        table.Pass(Sys.request_key, "request_key", "path path path int");
        table.Pass(Sys.keyctl, "keyctl", "int long long long long");
    }
}
