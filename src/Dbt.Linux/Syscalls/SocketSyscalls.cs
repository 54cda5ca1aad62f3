using Dbt.Linux.Host;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Sockets: all structures are the same on every 64-bit Linux.</summary>
static class SocketSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.socket, "socket", "domain socktype protocol:0");
        table.Pass(Sys.socketpair, "socketpair", "domain socktype protocol:0 fds");
        table.Pass(Sys.bind, "bind", "fd sockaddr:2 int");
        table.Pass(Sys.listen, "listen", "fd int");
        table.Pass(Sys.accept, "accept", "fd sockaddr_out:2 socklen_out", Blocks | Restarts);
        table.Pass(Sys.accept4, "accept4", "fd sockaddr_out:2 socklen_out socket_bits", Blocks | Restarts);
        table.Pass(Sys.connect, "connect", "fd sockaddr:2 int", Blocks | Restarts);
        table.Pass(Sys.getsockname, "getsockname", "fd sockaddr_out:2 socklen_out");
        table.Pass(Sys.getpeername, "getpeername", "fd sockaddr_out:2 socklen_out");
        table.Pass(Sys.sendto, "sendto", "fd in:2 size message_flags sockaddr:5 int", Blocks | Restarts);
        table.Pass(Sys.recvfrom, "recvfrom", "fd out size message_flags sockaddr_out:5 socklen_out", Blocks | Restarts);
        table.Pass(Sys.sendmsg, "sendmsg", "fd msghdr message_flags", Blocks | Restarts);
        table.Pass(Sys.recvmsg, "recvmsg", "fd msghdr_out message_flags", Blocks | Restarts);
        table.Pass(Sys.sendmmsg, "sendmmsg", "fd mmsghdr:2 int message_flags", Blocks | Restarts);
        table.Pass(Sys.recvmmsg, "recvmmsg", "fd mmsghdr_out int message_flags timespec", Blocks | Restarts);
        table.Pass(Sys.setsockopt, "setsockopt", "fd socket_level sockopt:1 sockopt_value:4 int");
        table.Pass(Sys.getsockopt, "getsockopt", "fd socket_level sockopt:1 sockopt_value_out:4 socklen_out");
        table.Pass(Sys.shutdown, "shutdown", "fd shutdown");
    }
}
