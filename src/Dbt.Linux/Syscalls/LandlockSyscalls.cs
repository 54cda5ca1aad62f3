using System.Runtime.InteropServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Syscalls;

/// <summary>Landlock: the host's kernel restricts the guest, and dbt with it.</summary>
/// <remarks>Programs that the guest executes begin in a new dbt, so the guest's rules need one more: dbt's own program file may be read and executed. Nothing else of dbt's is let through.</remarks>
static unsafe class LandlockSyscalls
{
    const int PathBeneath = 1;
    const ulong Execute = 1, ReadFile = 4;

    /// <summary>struct landlock_path_beneath_attr.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    struct Rule
    {
        public ulong Allowed;
        public int Parent;
    }

    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.landlock_create_ruleset, "landlock_create_ruleset", "ptr size hex");
        table.Pass(Sys.landlock_add_rule, "landlock_add_rule", "fd int ptr hex");
        table.Add(Sys.landlock_restrict_self, "landlock_restrict_self", "fd hex", &Restrict);
    }

    static long Restrict(in Call call)
    {
        const long PathOnlyCloseOnExec = 0x200000 | 0x80000;
        long own;
        fixed (byte* name = "/proc/self/exe\0"u8) own = Kernel.Call(Sys.openat, -100, (long)name, PathOnlyCloseOnExec);
        if (own >= 0)
        {
            // Rights that the rules do not handle are granted to everybody, and may not be in a rule.
            var rule = new Rule { Allowed = Execute | ReadFile, Parent = (int)own };
            if (!TryAdd(call, &rule))
            {
                rule.Allowed = Execute;
                TryAdd(call, &rule);
                rule.Allowed = ReadFile;
                TryAdd(call, &rule);
            }
            Kernel.Call(Sys.close, own);
        }
        return call.Forward();
    }

    static bool TryAdd(in Call call, Rule* rule) => Kernel.Call(Sys.landlock_add_rule, call[0], PathBeneath, (long)rule, 0) == 0;
}
