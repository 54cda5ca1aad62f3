using Dbt.Linux.Files;
using Dbt.Linux.Host;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Sockets: all structures are the same on every 64-bit Linux; paths in addresses are the guest's.</summary>
static unsafe class SocketSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.socket, "socket", "domain socktype protocol:0");
        table.Pass(Sys.socketpair, "socketpair", "domain socktype protocol:0 fds");
        table.Add(Sys.bind, "bind", "fd sockaddr:2 int", &ToSecond);
        table.Pass(Sys.listen, "listen", "fd int");
        table.Add(Sys.accept, "accept", "fd sockaddr_out:2 socklen_out", &FromSecond, Blocks | Restarts);
        table.Add(Sys.accept4, "accept4", "fd sockaddr_out:2 socklen_out socket_bits", &FromSecond, Blocks | Restarts);
        table.Add(Sys.connect, "connect", "fd sockaddr:2 int", &ToSecond, Blocks | Restarts);
        table.Add(Sys.getsockname, "getsockname", "fd sockaddr_out:2 socklen_out", &FromSecond);
        table.Add(Sys.getpeername, "getpeername", "fd sockaddr_out:2 socklen_out", &FromSecond);
        table.Add(Sys.sendto, "sendto", "fd in:2 size message_flags sockaddr:5 int", &ToFifth, Blocks | Restarts);
        table.Add(Sys.recvfrom, "recvfrom", "fd out size message_flags sockaddr_out:5 socklen_out", &FromFifth, Blocks | Restarts);
        table.Add(Sys.sendmsg, "sendmsg", "fd msghdr message_flags", &MessageSyscalls.Send, Blocks | Restarts);
        table.Add(Sys.recvmsg, "recvmsg", "fd msghdr_out message_flags", &MessageSyscalls.Receive, Blocks | Restarts);
        table.Add(Sys.sendmmsg, "sendmmsg", "fd mmsghdr:2 int message_flags", &MessageSyscalls.SendMany, Blocks | Restarts);
        table.Add(Sys.recvmmsg, "recvmmsg", "fd mmsghdr_out int message_flags timespec", &MessageSyscalls.ReceiveMany, Blocks | Restarts);
        table.Pass(Sys.setsockopt, "setsockopt", "fd socket_level sockopt:1 sockopt_value:4 int");
        table.Pass(Sys.getsockopt, "getsockopt", "fd socket_level sockopt:1 sockopt_value_out:4 socklen_out");
        table.Pass(Sys.shutdown, "shutdown", "fd shutdown");
    }

    static long ToSecond(in Call call) => UnixAddress.To(call, 1);
    static long FromSecond(in Call call) => UnixAddress.From(call, 1);
    static long ToFifth(in Call call) => UnixAddress.To(call, 4);
    static long FromFifth(in Call call) => UnixAddress.From(call, 4);
}
