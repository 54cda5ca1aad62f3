using System.Text;
using Dbt.Linux.Abi;
using Dbt.Linux.Host;

namespace Dbt.Linux.Syscalls;

/// <summary>Writes the page that lists an architecture's system calls, from the rows.</summary>
static unsafe class CoveragePage
{
    /// <summary>The page in Markdown.</summary>
    public static string Make(string architecture, GuestAbi abi, SyscallTable table)
    {
        var page = new StringBuilder();
        page.Append($"# System calls of {architecture} guests\n\nGenerated from the rows in `src/Dbt.Linux/Syscalls`; a test compares. A call without a row returns ENOSYS and is counted.\n\n");
        page.Append("| number | call | how | after a signal |\n|---|---|---|---|\n");
        for (int number = 0; number < abi.SyscallCount; number++)
        {
            Sys host = abi.IdentifySyscall(number);
            if (host == Sys.none) continue;
            ref readonly SyscallRow row = ref table[host];
            page.Append($"| {number} | {host} | {How(row)} | {AfterSignal(row.Traits)} |\n");
        }
        return page.ToString();
    }

    static string How(in SyscallRow row) =>
        row.Handler == null ? "no row"
        : (row.Traits & SyscallTraits.Refused) != 0 ? "refused (ENOSYS)"
        : (row.Traits & SyscallTraits.Passed) != 0 ? "host's" : "converted";

    static string AfterSignal(SyscallTraits traits) =>
        (traits & SyscallTraits.Restarts) != 0 ? "restarts with SA_RESTART"
        : (traits & SyscallTraits.RestartsWithoutHandler) != 0 ? "restarts if no handler runs"
        : (traits & SyscallTraits.Blocks) != 0 ? "EINTR" : "";
}
