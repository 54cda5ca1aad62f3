namespace Dbt.Linux.Strace;

/// <summary>Constants of sockets and of ioctl (linux/socket.h, linux/in.h, linux/tcp.h, asm-generic/ioctls.h and others).</summary>
static partial class Names
{
    static void AddSockets(Dictionary<string, Func<ulong, string>> kinds)
    {
        AddValues(kinds, "domain",
        [
            new(0, "AF_UNSPEC"), new(1, "AF_UNIX"), new(2, "AF_INET"), new(3, "AF_AX25"), new(4, "AF_IPX"), new(5, "AF_APPLETALK"), new(10, "AF_INET6"), new(15, "AF_KEY"),
            new(16, "AF_NETLINK"), new(17, "AF_PACKET"), new(21, "AF_RDS"), new(29, "AF_CAN"), new(30, "AF_TIPC"), new(31, "AF_BLUETOOTH"), new(38, "AF_ALG"), new(39, "AF_NFC"),
            new(40, "AF_VSOCK"), new(41, "AF_KCM"), new(42, "AF_QIPCRTR"), new(43, "AF_SMC"), new(44, "AF_XDP"),
        ]);
        AddValues(kinds, "socket_kind",
        [
            new(1, "SOCK_STREAM"), new(2, "SOCK_DGRAM"), new(3, "SOCK_RAW"), new(4, "SOCK_RDM"), new(5, "SOCK_SEQPACKET"), new(6, "SOCK_DCCP"), new(10, "SOCK_PACKET"),
        ]);
        AddFlags(kinds, "socket_bits", "0",
        [
            new(0x80000, "SOCK_CLOEXEC"), new(0x800, "SOCK_NONBLOCK"),
        ]);
        AddValues(kinds, "inet_protocol",
        [
            new(0, "IPPROTO_IP"), new(1, "IPPROTO_ICMP"), new(2, "IPPROTO_IGMP"), new(6, "IPPROTO_TCP"), new(17, "IPPROTO_UDP"), new(41, "IPPROTO_IPV6"),
            new(58, "IPPROTO_ICMPV6"), new(132, "IPPROTO_SCTP"), new(136, "IPPROTO_UDPLITE"), new(255, "IPPROTO_RAW"), new(262, "IPPROTO_MPTCP"),
        ]);
        AddValues(kinds, "netlink_protocol",
        [
            new(0, "NETLINK_ROUTE"), new(2, "NETLINK_USERSOCK"), new(4, "NETLINK_SOCK_DIAG"), new(5, "NETLINK_NFLOG"), new(6, "NETLINK_XFRM"), new(7, "NETLINK_SELINUX"),
            new(9, "NETLINK_AUDIT"), new(11, "NETLINK_CONNECTOR"), new(12, "NETLINK_NETFILTER"), new(15, "NETLINK_KOBJECT_UEVENT"), new(16, "NETLINK_GENERIC"),
            new(21, "NETLINK_CRYPTO"),
        ]);
        AddValues(kinds, "socket_level",
        [
            new(0, "SOL_IP"), new(1, "SOL_SOCKET"), new(6, "SOL_TCP"), new(17, "SOL_UDP"), new(41, "SOL_IPV6"), new(58, "SOL_ICMPV6"), new(132, "SOL_SCTP"), new(255, "SOL_RAW"),
            new(263, "SOL_PACKET"), new(270, "SOL_NETLINK"),
        ]);
        AddValues(kinds, "socket_option",
        [
            new(1, "SO_DEBUG"), new(2, "SO_REUSEADDR"), new(3, "SO_TYPE"), new(4, "SO_ERROR"), new(5, "SO_DONTROUTE"), new(6, "SO_BROADCAST"), new(7, "SO_SNDBUF"),
            new(8, "SO_RCVBUF"), new(9, "SO_KEEPALIVE"), new(10, "SO_OOBINLINE"), new(11, "SO_NO_CHECK"), new(12, "SO_PRIORITY"), new(13, "SO_LINGER"), new(14, "SO_BSDCOMPAT"),
            new(15, "SO_REUSEPORT"), new(16, "SO_PASSCRED"), new(17, "SO_PEERCRED"), new(18, "SO_RCVLOWAT"), new(19, "SO_SNDLOWAT"), new(20, "SO_RCVTIMEO_OLD"),
            new(21, "SO_SNDTIMEO_OLD"), new(25, "SO_BINDTODEVICE"), new(26, "SO_ATTACH_FILTER"), new(27, "SO_DETACH_FILTER"), new(28, "SO_PEERNAME"), new(29, "SO_TIMESTAMP_OLD"),
            new(30, "SO_ACCEPTCONN"), new(31, "SO_PEERSEC"), new(32, "SO_SNDBUFFORCE"), new(33, "SO_RCVBUFFORCE"), new(34, "SO_PASSSEC"), new(35, "SO_TIMESTAMPNS_OLD"),
            new(36, "SO_MARK"), new(37, "SO_TIMESTAMPING_OLD"), new(38, "SO_PROTOCOL"), new(39, "SO_DOMAIN"), new(40, "SO_RXQ_OVFL"), new(42, "SO_PEEK_OFF"),
            new(46, "SO_BUSY_POLL"), new(49, "SO_INCOMING_CPU"), new(57, "SO_COOKIE"), new(59, "SO_PEERGROUPS"), new(60, "SO_ZEROCOPY"),
        ]);
        AddValues(kinds, "ip_option",
        [
            new(1, "IP_TOS"), new(2, "IP_TTL"), new(3, "IP_HDRINCL"), new(4, "IP_OPTIONS"), new(6, "IP_RECVOPTS"), new(8, "IP_PKTINFO"), new(10, "IP_MTU_DISCOVER"),
            new(11, "IP_RECVERR"), new(12, "IP_RECVTTL"), new(14, "IP_MTU"), new(15, "IP_FREEBIND"), new(19, "IP_TRANSPARENT"), new(24, "IP_BIND_ADDRESS_NO_PORT"),
            new(32, "IP_MULTICAST_IF"), new(33, "IP_MULTICAST_TTL"), new(34, "IP_MULTICAST_LOOP"), new(35, "IP_ADD_MEMBERSHIP"), new(36, "IP_DROP_MEMBERSHIP"),
        ]);
        AddValues(kinds, "ipv6_option",
        [
            new(16, "IPV6_UNICAST_HOPS"), new(17, "IPV6_MULTICAST_IF"), new(18, "IPV6_MULTICAST_HOPS"), new(19, "IPV6_MULTICAST_LOOP"), new(20, "IPV6_ADD_MEMBERSHIP"),
            new(23, "IPV6_MTU_DISCOVER"), new(24, "IPV6_MTU"), new(25, "IPV6_RECVERR"), new(26, "IPV6_V6ONLY"), new(49, "IPV6_RECVPKTINFO"), new(50, "IPV6_PKTINFO"),
            new(67, "IPV6_TCLASS"),
        ]);
        AddValues(kinds, "tcp_option",
        [
            new(1, "TCP_NODELAY"), new(2, "TCP_MAXSEG"), new(3, "TCP_CORK"), new(4, "TCP_KEEPIDLE"), new(5, "TCP_KEEPINTVL"), new(6, "TCP_KEEPCNT"), new(7, "TCP_SYNCNT"),
            new(8, "TCP_LINGER2"), new(9, "TCP_DEFER_ACCEPT"), new(10, "TCP_WINDOW_CLAMP"), new(11, "TCP_INFO"), new(12, "TCP_QUICKACK"), new(13, "TCP_CONGESTION"),
            new(14, "TCP_MD5SIG"), new(18, "TCP_USER_TIMEOUT"), new(23, "TCP_FASTOPEN"), new(25, "TCP_NOTSENT_LOWAT"), new(30, "TCP_FASTOPEN_CONNECT"), new(31, "TCP_ULP"),
        ]);
        AddFlags(kinds, "message_flags", "0",
        [
            new(1, "MSG_OOB"), new(2, "MSG_PEEK"), new(4, "MSG_DONTROUTE"), new(8, "MSG_CTRUNC"), new(0x10, "MSG_PROBE"), new(0x20, "MSG_TRUNC"), new(0x40, "MSG_DONTWAIT"),
            new(0x80, "MSG_EOR"), new(0x100, "MSG_WAITALL"), new(0x200, "MSG_FIN"), new(0x400, "MSG_SYN"), new(0x800, "MSG_CONFIRM"), new(0x1000, "MSG_RST"),
            new(0x2000, "MSG_ERRQUEUE"), new(0x4000, "MSG_NOSIGNAL"), new(0x8000, "MSG_MORE"), new(0x10000, "MSG_WAITFORONE"), new(0x40000, "MSG_BATCH"),
            new(0x4000000, "MSG_ZEROCOPY"), new(0x20000000, "MSG_FASTOPEN"), new(0x40000000, "MSG_CMSG_CLOEXEC"),
        ]);
        AddNumbers(kinds, "shutdown",
        [
            "SHUT_RD", "SHUT_WR", "SHUT_RDWR",
        ]);
        AddValues(kinds, "control_type",
        [
            new(1, "SCM_RIGHTS"), new(2, "SCM_CREDENTIALS"), new(3, "SCM_SECURITY"),
        ]);
        AddValues(kinds, "ioctl",
        [
            new(0x5401, "TCGETS"), new(0x5402, "TCSETS"), new(0x5403, "TCSETSW"), new(0x5404, "TCSETSF"), new(0x5405, "TCGETA"), new(0x5406, "TCSETA"), new(0x5409, "TCSBRK"),
            new(0x540a, "TCXONC"), new(0x540b, "TCFLSH"), new(0x540c, "TIOCEXCL"), new(0x540d, "TIOCNXCL"), new(0x540e, "TIOCSCTTY"), new(0x540f, "TIOCGPGRP"),
            new(0x5410, "TIOCSPGRP"), new(0x5411, "TIOCOUTQ"), new(0x5412, "TIOCSTI"), new(0x5413, "TIOCGWINSZ"), new(0x5414, "TIOCSWINSZ"), new(0x5415, "TIOCMGET"),
            new(0x5416, "TIOCMBIS"), new(0x5417, "TIOCMBIC"), new(0x5418, "TIOCMSET"), new(0x5419, "TIOCGSOFTCAR"), new(0x541a, "TIOCSSOFTCAR"), new(0x541b, "FIONREAD"),
            new(0x541c, "TIOCLINUX"), new(0x541d, "TIOCCONS"), new(0x541e, "TIOCGSERIAL"), new(0x541f, "TIOCSSERIAL"), new(0x5420, "TIOCPKT"), new(0x5421, "FIONBIO"),
            new(0x5422, "TIOCNOTTY"), new(0x5423, "TIOCSETD"), new(0x5424, "TIOCGETD"), new(0x5425, "TCSBRKP"), new(0x5427, "TIOCSBRK"), new(0x5428, "TIOCCBRK"),
            new(0x5429, "TIOCGSID"), new(0x80045430, "TIOCGPTN"), new(0x40045431, "TIOCSPTLCK"), new(0x80045432, "TIOCGDEV"), new(0x80045438, "TIOCGPKT"),
            new(0x80045439, "TIOCGPTLCK"), new(0x80045440, "TIOCGEXCL"), new(0x5441, "TIOCGPTPEER"), new(0x5450, "FIONCLEX"), new(0x5451, "FIOCLEX"), new(0x5452, "FIOASYNC"),
            new(0x5460, "FIOQSIZE"), new(0x802c542a, "TCGETS2"), new(0x402c542b, "TCSETS2"), new(1, "FIBMAP"), new(2, "FIGETBSZ"), new(0xc0045877, "FIFREEZE"),
            new(0xc0045878, "FITHAW"), new(0xc0185879, "FITRIM"), new(0x40049409, "FICLONE"), new(0x4020940d, "FICLONERANGE"), new(0xc0189436, "FIDEDUPERANGE"),
            new(0x80086601, "FS_IOC_GETFLAGS"), new(0x40086602, "FS_IOC_SETFLAGS"), new(0x80087601, "FS_IOC_GETVERSION"), new(0xc020660b, "FS_IOC_FIEMAP"),
            new(0x801c581f, "FS_IOC_FSGETXATTR"), new(0x401c5820, "FS_IOC_FSSETXATTR"), new(0x125d, "BLKROSET"), new(0x125e, "BLKROGET"), new(0x125f, "BLKRRPART"),
            new(0x1260, "BLKGETSIZE"), new(0x1261, "BLKFLSBUF"), new(0x1262, "BLKRASET"), new(0x1263, "BLKRAGET"), new(0x1268, "BLKSSZGET"), new(0x80081270, "BLKBSZGET"),
            new(0x80081272, "BLKGETSIZE64"), new(0x1277, "BLKDISCARD"), new(0x1278, "BLKIOMIN"), new(0x1279, "BLKIOOPT"), new(0x127a, "BLKALIGNOFF"), new(0x127b, "BLKPBSZGET"),
            new(0x127c, "BLKDISCARDZEROES"), new(0x127d, "BLKSECDISCARD"), new(0x127e, "BLKROTATIONAL"), new(0x127f, "BLKZEROOUT"), new(0x4c00, "LOOP_SET_FD"),
            new(0x4c01, "LOOP_CLR_FD"), new(0x4c02, "LOOP_SET_STATUS"), new(0x4c03, "LOOP_GET_STATUS"), new(0x4c04, "LOOP_SET_STATUS64"), new(0x4c05, "LOOP_GET_STATUS64"),
            new(0x4c82, "LOOP_CTL_GET_FREE"), new(0x8910, "SIOCGIFNAME"), new(0x8912, "SIOCGIFCONF"), new(0x8913, "SIOCGIFFLAGS"), new(0x8914, "SIOCSIFFLAGS"),
            new(0x8915, "SIOCGIFADDR"), new(0x8916, "SIOCSIFADDR"), new(0x8917, "SIOCGIFDSTADDR"), new(0x8919, "SIOCGIFBRDADDR"), new(0x891b, "SIOCGIFNETMASK"),
            new(0x891d, "SIOCGIFMETRIC"), new(0x8921, "SIOCGIFMTU"), new(0x8922, "SIOCSIFMTU"), new(0x8927, "SIOCGIFHWADDR"), new(0x8933, "SIOCGIFINDEX"),
            new(0x8942, "SIOCGIFTXQLEN"), new(0x8946, "SIOCETHTOOL"), new(0x890b, "SIOCADDRT"), new(0x890c, "SIOCDELRT"), new(0x8905, "SIOCATMARK"), new(0x8904, "SIOCGPGRP"),
            new(0x8902, "SIOCSPGRP"), new(0x8901, "FIOSETOWN"), new(0x8903, "FIOGETOWN"), new(0x8906, "SIOCGSTAMP_OLD"), new(0x8907, "SIOCGSTAMPNS_OLD"),
            new(0x80045200, "RNDGETENTCNT"), new(0xb701, "NS_GET_USERNS"), new(0xb702, "NS_GET_PARENT"), new(0xb703, "NS_GET_NSTYPE"),
        ]);
    }
}
