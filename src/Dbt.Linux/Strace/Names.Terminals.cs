namespace Dbt.Linux.Strace;

/// <summary>Constants of termios (asm-generic/termbits.h) and of signals.</summary>
static partial class Names
{
    static void AddTerminals(Dictionary<string, Func<ulong, string>> kinds)
    {
        AddFlags(kinds, "iflag", "0",
        [
            new(1, "IGNBRK"), new(2, "BRKINT"), new(4, "IGNPAR"), new(8, "PARMRK"), new(0x10, "INPCK"), new(0x20, "ISTRIP"), new(0x40, "INLCR"), new(0x80, "IGNCR"),
            new(0x100, "ICRNL"), new(0x200, "IUCLC"), new(0x400, "IXON"), new(0x800, "IXANY"), new(0x1000, "IXOFF"), new(0x2000, "IMAXBEL"), new(0x4000, "IUTF8"),
        ]);
        AddFlags(kinds, "oflag", "0",
        [
            new(1, "OPOST"), new(2, "OLCUC"), new(4, "ONLCR"), new(8, "OCRNL"), new(0x10, "ONOCR"), new(0x20, "ONLRET"), new(0x40, "OFILL"), new(0x80, "OFDEL"),
        ]);
        AddFlags(kinds, "cflag", "0",
        [
            new(0x40, "CSTOPB"), new(0x80, "CREAD"), new(0x100, "PARENB"), new(0x200, "PARODD"), new(0x400, "HUPCL"), new(0x800, "CLOCAL"), new(0x40000000, "CMSPAR"),
            new(0x80000000, "CRTSCTS"),
        ]);
        AddFlags(kinds, "lflag", "0",
        [
            new(1, "ISIG"), new(2, "ICANON"), new(4, "XCASE"), new(8, "ECHO"), new(0x10, "ECHOE"), new(0x20, "ECHOK"), new(0x40, "ECHONL"), new(0x80, "NOFLSH"),
            new(0x8000, "IEXTEN"), new(0x100, "TOSTOP"), new(0x200, "ECHOCTL"), new(0x400, "ECHOPRT"), new(0x800, "ECHOKE"), new(0x1000, "FLUSHO"), new(0x4000, "PENDIN"),
            new(0x10000, "EXTPROC"),
        ]);
        AddValues(kinds, "baud",
        [
            new(0, "B0"), new(1, "B50"), new(2, "B75"), new(3, "B110"), new(4, "B134"), new(5, "B150"), new(6, "B200"), new(7, "B300"), new(8, "B600"), new(9, "B1200"),
            new(10, "B1800"), new(11, "B2400"), new(12, "B4800"), new(13, "B9600"), new(14, "B19200"), new(15, "B38400"), new(0x1000, "BOTHER"), new(0x1001, "B57600"),
            new(0x1002, "B115200"), new(0x1003, "B230400"), new(0x1004, "B460800"), new(0x1007, "B921600"),
        ]);
        AddValues(kinds, "sent_code",
        [
            new(0, "SI_USER"), new(0x80, "SI_KERNEL"), new(0xffffffff, "SI_QUEUE"), new(0xfffffffe, "SI_TIMER"), new(0xfffffffd, "SI_MESGQ"), new(0xfffffffc, "SI_ASYNCIO"),
            new(0xfffffffb, "SI_SIGIO"), new(0xfffffffa, "SI_TKILL"),
        ]);
        AddValues(kinds, "segv_code",
        [
            new(1, "SEGV_MAPERR"), new(2, "SEGV_ACCERR"), new(3, "SEGV_BNDERR"), new(4, "SEGV_PKUERR"), new(8, "SEGV_MTEAERR"), new(9, "SEGV_MTESERR"),
        ]);
        AddValues(kinds, "bus_code",
        [
            new(1, "BUS_ADRALN"), new(2, "BUS_ADRERR"), new(3, "BUS_OBJERR"),
        ]);
        AddValues(kinds, "fpe_code",
        [
            new(1, "FPE_INTDIV"), new(2, "FPE_INTOVF"), new(3, "FPE_FLTDIV"), new(4, "FPE_FLTOVF"), new(5, "FPE_FLTUND"), new(6, "FPE_FLTRES"), new(7, "FPE_FLTINV"),
            new(8, "FPE_FLTSUB"),
        ]);
        AddValues(kinds, "ill_code",
        [
            new(1, "ILL_ILLOPC"), new(2, "ILL_ILLOPN"), new(3, "ILL_ILLADR"), new(4, "ILL_ILLTRP"), new(5, "ILL_PRVOPC"), new(6, "ILL_PRVREG"), new(7, "ILL_COPROC"),
            new(8, "ILL_BADSTK"),
        ]);
        AddValues(kinds, "trap_code",
        [
            new(1, "TRAP_BRKPT"), new(2, "TRAP_TRACE"), new(3, "TRAP_BRANCH"), new(4, "TRAP_HWBKPT"),
        ]);
        AddValues(kinds, "child_code",
        [
            new(1, "CLD_EXITED"), new(2, "CLD_KILLED"), new(3, "CLD_DUMPED"), new(4, "CLD_TRAPPED"), new(5, "CLD_STOPPED"), new(6, "CLD_CONTINUED"),
        ]);
        AddValues(kinds, "poll_code",
        [
            new(1, "POLL_IN"), new(2, "POLL_OUT"), new(3, "POLL_MSG"), new(4, "POLL_ERR"), new(5, "POLL_PRI"), new(6, "POLL_HUP"),
        ]);
    }
}
