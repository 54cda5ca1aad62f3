using System.Diagnostics;
using System.Text;

namespace Dbt.Linux.Tests.Abi;

/// <summary>Structures and constants that go to the host unconverted are the same on AArch64 and x86-64: both compilers are asked, with their own headers.</summary>
public sealed class PassedStructureTests
{
    const string Headers = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <sys/types.h>
        #include <fcntl.h>
        #include <mqueue.h>
        #include <poll.h>
        #include <termios.h>
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/fanotify.h>
        #include <sys/inotify.h>
        #include <sys/ioctl.h>
        #include <sys/ipc.h>
        #include <sys/mman.h>
        #include <sys/msg.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/sem.h>
        #include <sys/shm.h>
        #include <sys/socket.h>
        #include <sys/statfs.h>
        #include <sys/sysinfo.h>
        #include <sys/time.h>
        #include <sys/timerfd.h>
        #include <sys/timex.h>
        #include <sys/un.h>
        #include <sys/xattr.h>
        #include <linux/aio_abi.h>
        #include <linux/fiemap.h>
        #include <linux/fs.h>
        #include <linux/if_packet.h>
        #include <linux/loop.h>
        #include <linux/netlink.h>
        #include <linux/openat2.h>
        #include <linux/quota.h>
        #include <linux/sched.h>
        #include <linux/sched/types.h>
        #include <linux/sockios.h>
        #include <linux/stat.h>
        #include <net/if.h>
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        """;

    // Sizes, and where a layout could differ without the size showing it, offsets.
    const string Structures = """
        struct iovec, struct msghdr, struct mmsghdr, struct cmsghdr, struct ucred, struct sockaddr_un, struct sockaddr_in6, struct sockaddr_nl, struct sockaddr_ll, struct linger, struct ifreq, struct ifconf, struct tcp_info,
        struct statx, struct statfs, struct flock, struct f_owner_ex, struct open_how, struct file_handle, struct inotify_event, struct fanotify_event_metadata,
        struct pollfd, struct timespec, struct timeval, struct itimerval, struct itimerspec, struct timex, struct rusage, struct rlimit, struct sysinfo,
        struct shmid_ds, struct shminfo, struct msqid_ds, struct msginfo, struct sembuf, struct mq_attr, struct termios, struct winsize, struct sched_attr, struct clone_args,
        struct iocb, struct io_event, struct loop_info64, struct file_clone_range, struct fstrim_range, struct fsxattr, struct if_dqblk
        """;

    const string Offsets = """
        struct msghdr.msg_control, struct msghdr.msg_flags, struct flock.l_start, struct flock.l_pid, struct statfs.f_namelen, struct shmid_ds.shm_nattch, struct msqid_ds.msg_qnum, struct ipc_perm.mode, struct ipc_perm.__seq,
        struct iocb.aio_lio_opcode, struct iocb.aio_resfd, struct termios.c_cc, struct statx.stx_mnt_id, struct timex.tai, struct if_dqblk.dqb_valid
        """;

    const string Constants = """
        F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_SETOWN, F_GETOWN, F_SETOWN_EX, F_SETLEASE, F_NOTIFY, F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_ADD_SEALS, F_GET_RW_HINT, F_RDLCK, F_UNLCK,
        SOL_SOCKET, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_SNDBUF, SO_KEEPALIVE, SO_LINGER, SO_REUSEPORT, SO_PASSCRED, SO_PEERCRED, SO_RCVTIMEO, SO_SNDTIMEO, SO_ATTACH_FILTER, SO_TIMESTAMP, SO_PROTOCOL, SO_PEERSEC,
        SCM_RIGHTS, SCM_CREDENTIALS, SOCK_STREAM, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_CLOEXEC, MSG_NOSIGNAL, MSG_CMSG_CLOEXEC, MSG_WAITFORONE,
        POLLIN, POLLWRNORM, POLLRDHUP, EPOLL_CTL_ADD, EPOLL_CLOEXEC, EPOLLET, EPOLLEXCLUSIVE, EFD_SEMAPHORE, EFD_NONBLOCK, TFD_NONBLOCK, IN_NONBLOCK, IN_DONT_FOLLOW, FAN_MARK_ADD, FAN_CLASS_NOTIF,
        MAP_SHARED, MAP_FIXED, MAP_ANONYMOUS, MAP_NORESERVE, MAP_GROWSDOWN, MAP_LOCKED, MAP_POPULATE, MAP_STACK, MAP_HUGETLB, MAP_FIXED_NOREPLACE, MADV_DONTNEED, MADV_FREE, MCL_FUTURE, MCL_ONFAULT, MFD_CLOEXEC,
        IPC_CREAT, IPC_STAT, SHM_STAT, SHM_HUGETLB, MSG_EXCEPT, SEM_UNDO, SETALL, RLIMIT_NOFILE, RLIMIT_AS, RLIMIT_NPROC, RLIMIT_MEMLOCK, RLIMIT_RTTIME,
        TCGETS, TCSETSF, TCSBRK, TIOCGWINSZ, TIOCSPGRP, TIOCSCTTY, TIOCGPTN, TIOCSPTLCK, TIOCGPTPEER, TIOCEXCL, TIOCPKT, TIOCGSERIAL, FIONREAD, FIONBIO, FIOASYNC, FIOCLEX, TIOCOUTQ,
        SIOCGIFCONF, SIOCGIFADDR, SIOCGIFFLAGS, SIOCGIFINDEX, SIOCGIFHWADDR, SIOCATMARK, SIOCGPGRP, SIOCSPGRP, SIOCETHTOOL,
        FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IOC_FSGETXATTR, FS_IOC_FIEMAP, FICLONE, FICLONERANGE, FIDEDUPERANGE, FIFREEZE, FITRIM, FIBMAP, BLKGETSIZE64, BLKROSET, BLKRRPART, BLKSSZGET, BLKDISCARD, BLKZEROOUT,
        LOOP_SET_FD, LOOP_GET_STATUS64, LOOP_CTL_GET_FREE, LOOP_CONFIGURE, ECHO, ICANON, ISIG, CBAUD, B115200, VMIN, VTIME, VEOF, NCCS,
        PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, CLONE_NEWUSER, CLONE_NEWNS, CLONE_PIDFD, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, AT_EACCESS, STATX_ALL, RENAME_EXCHANGE, RWF_NOWAIT, SEEK_DATA, FALLOC_FL_PUNCH_HOLE, XATTR_CREATE
        """;

    [Fact]
    public void What_is_passed_on_has_the_same_layout_and_numbers_for_guest_and_host()
    {
        var source = new StringBuilder(Headers).Append("\n#include <linux/falloc.h>\n#define SAY(name, value) __asm__ volatile(\"\\n->\" name \" %0\" : : \"i\"((long)(value)))\nvoid ask(void) {\n");
        foreach (string structure in Words(Structures)) source.Append($"SAY(\"sizeof {structure}\", sizeof({structure}));\n");
        foreach (string field in Words(Offsets))
        {
            int dot = field.IndexOf('.', StringComparison.Ordinal);
            source.Append($"SAY(\"offset {field}\", offsetof({field[..dot]}, {field[(dot + 1)..]}));\n");
        }
        foreach (string constant in Words(Constants)) source.Append($"SAY(\"{constant}\", {constant});\n");
        source.Append("}\n");
        string guest = Answers("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", source.ToString());
        Assert.True(guest.Length > 1000, guest);
        Assert.Equal(Answers("gcc", "gcc", source.ToString()), guest);
    }

    [Fact]
    public void What_differs_between_guest_and_host_is_known()
    {
        string source = Headers + """

            #include <sys/stat.h>
            #define SAY(name, value) __asm__ volatile("\n->" name " %0" : : "i"((long)(value)))
            void ask(void) {
                SAY("stat", sizeof(struct stat)); SAY("semid_ds", sizeof(struct semid_ds)); SAY("epoll_event", sizeof(struct epoll_event));
                SAY("O_DIRECTORY", O_DIRECTORY); SAY("O_NOFOLLOW", O_NOFOLLOW); SAY("O_DIRECT", O_DIRECT); SAY("O_TMPFILE", O_TMPFILE); SAY("O_PATH", O_PATH); SAY("O_CLOEXEC", O_CLOEXEC);
            }
            """;
        Assert.Equal("stat 128|semid_ds 88|epoll_event 16|O_DIRECTORY 16384|O_NOFOLLOW 32768|O_DIRECT 65536|O_TMPFILE 4210688|O_PATH 2097152|O_CLOEXEC 524288", Answers("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", source));
        Assert.Equal("stat 144|semid_ds 104|epoll_event 12|O_DIRECTORY 65536|O_NOFOLLOW 131072|O_DIRECT 16384|O_TMPFILE 4259840|O_PATH 2097152|O_CLOEXEC 524288", Answers("gcc", "gcc", source));
    }

    static IEnumerable<string> Words(string list) => list.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // The compiler writes the values into its assembly text (on x86-64 with a dollar sign); nothing has to run.
    static string Answers(string compiler, string package, string source)
    {
        string directory = Directory.CreateTempSubdirectory("dbt-layout-").FullName;
        try
        {
            string file = Path.Combine(directory, "ask.c");
            File.WriteAllText(file, source);
            Process process;
            try
            {
                process = Process.Start(new ProcessStartInfo(compiler, ["-w", "-O1", "-S", "-o", "-", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Assert.Fail($"{compiler} is missing: apt-get install {package}");
                throw;
            }
            using (process)
            {
                var errors = process.StandardError.ReadToEndAsync();
                string text = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, errors.Result);
                return string.Join('|', text.Split('\n').Where(line => line.StartsWith("->", StringComparison.Ordinal)).Select(line => line[2..].Replace("$", "", StringComparison.Ordinal)));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
