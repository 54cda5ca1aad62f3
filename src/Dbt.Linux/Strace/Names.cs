using System.Text;
using Dbt.Linux.Signals;

namespace Dbt.Linux.Strace;

/// <summary>Symbolic names of flags and commands (host values, which are the generic ones), by argument kind.</summary>
/// <remarks>The table is made when the first system call is traced.</remarks>
static partial class Names
{
    public readonly record struct Flag(ulong Value, string Name);

    public static readonly Flag[] OpenFlags =
    [
        new(0x410000, "O_TMPFILE"), new(0x40, "O_CREAT"), new(0x80, "O_EXCL"), new(0x100, "O_NOCTTY"), new(0x200, "O_TRUNC"), new(0x400, "O_APPEND"), new(0x800, "O_NONBLOCK"),
        new(0x101000, "O_SYNC"), new(0x1000, "O_DSYNC"), new(0x4000, "O_DIRECT"), new(0x8000, "O_LARGEFILE"), new(0x20000, "O_NOFOLLOW"), new(0x40000, "O_NOATIME"),
        new(0x80000, "O_CLOEXEC"), new(0x200000, "O_PATH"), new(0x2000, "FASYNC"), new(0x10000, "O_DIRECTORY"),
    ];

    public static readonly Flag[] ActionFlags =
    [
        new(0x04000000, "SA_RESTORER"), new(0x08000000, "SA_ONSTACK"), new(0x10000000, "SA_RESTART"), new(1, "SA_NOCLDSTOP"), new(2, "SA_NOCLDWAIT"), new(4, "SA_SIGINFO"),
        new(0x40000000, "SA_NODEFER"), new(0x80000000, "SA_RESETHAND"),
    ];

    public static readonly Flag[] StackFlags = [new(1, "SS_ONSTACK"), new(2, "SS_DISABLE"), new(0x80000000, "SS_AUTODISARM")];

    static readonly string[] futexOperations =
    [
        "FUTEX_WAIT", "FUTEX_WAKE", "FUTEX_FD", "FUTEX_REQUEUE", "FUTEX_CMP_REQUEUE", "FUTEX_WAKE_OP", "FUTEX_LOCK_PI", "FUTEX_UNLOCK_PI", "FUTEX_TRYLOCK_PI", "FUTEX_WAIT_BITSET",
        "FUTEX_WAKE_BITSET", "FUTEX_WAIT_REQUEUE_PI", "FUTEX_CMP_REQUEUE_PI", "FUTEX_LOCK_PI2",
    ];

    static readonly Dictionary<string, Func<ulong, string>> byKind = MakeKinds();

    static Dictionary<string, Func<ulong, string>> MakeKinds()
    {
        var kinds = new Dictionary<string, Func<ulong, string>>();
        AddFiles(kinds);
        AddProcesses(kinds);
        AddSockets(kinds);
        AddTerminals(kinds);
        kinds["clone_flags"] = CloneFlags;
        kinds["ipc_flags"] = IpcFlags;
        kinds["sem_flags"] = value => Flags([new(0x800, "IPC_NOWAIT"), new(0x1000, "SEM_UNDO")], value);
        kinds["futex_op"] = value => Indexed(futexOperations, value & 127) + ((value & 128) != 0 ? "_PRIVATE" : "") + ((value & 256) != 0 ? "|FUTEX_CLOCK_REALTIME" : "");
        kinds["socktype"] = SocketType;
        return kinds;
    }

    static void AddFlags(Dictionary<string, Func<ulong, string>> kinds, string kind, string none, Flag[] table) => kinds[kind] = value => Flags(table, value, none);

    static void AddNumbers(Dictionary<string, Func<ulong, string>> kinds, string kind, string[] names) => kinds[kind] = value => Indexed(names, (uint)value);

    static void AddValues(Dictionary<string, Func<ulong, string>> kinds, string kind, Flag[] table) => kinds[kind] = value =>
    {
        foreach (var flag in table)
        {
            if (flag.Value == (uint)value) return flag.Name;
        }
        return value == 0 ? "0" : $"0x{(uint)value:x}";
    };

    /// <summary>How an argument kind is printed, or null.</summary>
    public static Func<ulong, string>? Find(string kind) => byKind.GetValueOrDefault(kind);

    /// <summary>A value of a kind that is in the table.</summary>
    public static string Of(string kind, ulong value) => byKind[kind](value);

    /// <summary>Combines names with bars; what has no name is printed in hexadecimal.</summary>
    public static string Flags(ReadOnlySpan<Flag> table, ulong value, string none = "0")
    {
        if (value == 0) return none;
        var text = new StringBuilder();
        foreach (var flag in table)
        {
            if ((value & flag.Value) != flag.Value) continue;
            if (text.Length > 0) text.Append('|');
            text.Append(flag.Name);
            value &= ~flag.Value;
        }
        if (value != 0) text.Append(text.Length > 0 ? "|" : "").Append($"0x{value:x}");
        return text.ToString();
    }

    /// <summary>The flags of open and of descriptors, in host values.</summary>
    public static string Open(int flags)
    {
        string mode = (flags & 3) switch { 0 => "O_RDONLY", 1 => "O_WRONLY", 2 => "O_RDWR", _ => "O_ACCMODE" };
        return (flags & ~3) == 0 ? mode : $"{mode}|{Flags(OpenFlags, (uint)(flags & ~3))}";
    }

    /// <summary>A file's type and permissions.</summary>
    public static string FileMode(uint mode)
    {
        string type = (mode & 0xF000) switch { 0x1000 => "S_IFIFO|", 0x2000 => "S_IFCHR|", 0x4000 => "S_IFDIR|", 0x6000 => "S_IFBLK|", 0x8000 => "S_IFREG|", 0xA000 => "S_IFLNK|", 0xC000 => "S_IFSOCK|", _ => "" };
        string special = ((mode & 0x800) != 0 ? "S_ISUID|" : "") + ((mode & 0x400) != 0 ? "S_ISGID|" : "") + ((mode & 0x200) != 0 ? "S_ISVTX|" : "");
        return type + special + Octal(mode & 0x1FF);
    }

    /// <summary>At least three digits.</summary>
    public static string Octal(uint value) => ("0" + Convert.ToString(value, 8)).PadLeft(3, '0');

    static string Indexed(string[] names, ulong value) => value < (ulong)names.Length ? names[value] : $"0x{value:x}";

    static string CloneFlags(ulong value)
    {
        int signal = (int)(value & 0xFF);
        string flags = (value & ~0xFFUL) == 0 ? "" : Of("clone_bits", value & ~0xFFUL);
        if (signal == 0) return flags.Length == 0 ? "0" : flags;
        return flags.Length == 0 ? SignalNumbers.Name(signal) : $"{flags}|{SignalNumbers.Name(signal)}";
    }

    static string IpcFlags(ulong value)
    {
        string permissions = Octal((uint)value & 0x1FF);
        return (value & ~0x1FFUL) == 0 ? permissions : $"{Flags([new(0x200, "IPC_CREAT"), new(0x400, "IPC_EXCL"), new(0x800, "SHM_HUGETLB"), new(0x1000, "SHM_NORESERVE")], value & ~0x1FFUL)}|{permissions}";
    }

    /// <summary>Address families.</summary>
    public static string Domain(ulong value) => Of("domain", value);

    static string SocketType(ulong value)
    {
        string type = Of("socket_kind", value & 0xF);
        ulong rest = (uint)value & ~0xFU;
        return rest == 0 ? type : $"{type}|{Of("socket_bits", rest)}";
    }

    /// <summary>The name of a signal's si_code.</summary>
    public static string SignalCode(int signal, int code)
    {
        string kind = code is <= 0 or SignalInformation.Kernel ? "sent_code" : signal switch
        {
            SignalNumbers.Segv => "segv_code",
            SignalNumbers.Bus => "bus_code",
            SignalNumbers.Fpe => "fpe_code",
            SignalNumbers.Ill => "ill_code",
            SignalNumbers.Trap => "trap_code",
            SignalNumbers.Child => "child_code",
            29 => "poll_code",
            _ => "sent_code",
        };
        return Of(kind, (uint)code);
    }
}
