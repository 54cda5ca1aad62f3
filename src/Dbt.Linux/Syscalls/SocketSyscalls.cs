using Dbt.Linux.Host;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Sockets: all structures are the same on every 64-bit Linux.</summary>
static class SocketSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.socket, "socket", "domain socktype int");
        table.Pass(Sys.socketpair, "socketpair", "domain socktype int fds");
        table.Pass(Sys.bind, "bind", "fd sockaddr:2 int");
        table.Pass(Sys.listen, "listen", "fd int");
        table.Pass(Sys.accept, "accept", "fd ptr ptr", Blocks | Restarts);
        table.Pass(Sys.accept4, "accept4", "fd ptr ptr hex", Blocks | Restarts);
        table.Pass(Sys.connect, "connect", "fd sockaddr:2 int", Blocks | Restarts);
        table.Pass(Sys.getsockname, "getsockname", "fd ptr ptr");
        table.Pass(Sys.getpeername, "getpeername", "fd ptr ptr");
        table.Pass(Sys.sendto, "sendto", "fd in:2 size hex sockaddr:5 int", Blocks | Restarts);
        table.Pass(Sys.recvfrom, "recvfrom", "fd out size hex ptr ptr", Blocks | Restarts);
        table.Pass(Sys.sendmsg, "sendmsg", "fd ptr hex", Blocks | Restarts);
        table.Pass(Sys.recvmsg, "recvmsg", "fd ptr hex", Blocks | Restarts);
        table.Pass(Sys.sendmmsg, "sendmmsg", "fd ptr int hex", Blocks | Restarts);
        table.Pass(Sys.recvmmsg, "recvmmsg", "fd ptr int hex timespec", Blocks | Restarts);
        table.Pass(Sys.setsockopt, "setsockopt", "fd int int in:4 int");
        table.Pass(Sys.getsockopt, "getsockopt", "fd int int ptr ptr");
        table.Pass(Sys.shutdown, "shutdown", "fd int");
    }
}
