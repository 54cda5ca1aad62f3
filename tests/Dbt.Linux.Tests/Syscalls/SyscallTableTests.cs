using System.Runtime.CompilerServices;
using Dbt.Linux.Abi.Arm64;
using Dbt.Linux.Host;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Tests.Syscalls;

public sealed class SyscallTableTests
{
    /// <summary>What no ordinary process may call, or what Linux has dropped.</summary>
    static readonly Sys[] Missing =
    [
        Sys.lookup_dcookie, Sys.nfsservctl, Sys.kexec_load, Sys.kexec_file_load, Sys.init_module, Sys.delete_module, Sys.finit_module, Sys.migrate_pages, Sys.move_pages, Sys.io_pgetevents,
        Sys.set_mempolicy_home_node,
    ];

    [Fact]
    public void Every_system_call_of_the_architecture_has_a_row()
    {
        var table = new SyscallTable();
        var abi = new Arm64Abi();
        for (int number = 0; number < abi.SyscallCount; number++)
        {
            Sys host = abi.IdentifySyscall(number);
            if (host == Sys.none || Missing.Contains(host)) continue;
            Assert.True(table[host].Name is not null, $"{number} {host}");
            Assert.Equal(host.ToString(), table[host].Name);
            Assert.Equal(host, table[host].Host);
        }
    }

    [Fact]
    public void The_coverage_page_is_up_to_date()
    {
        string path = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs", "syscalls-arm64.md");
        string page = CoveragePage.Make("AArch64", new Arm64Abi(), new SyscallTable());
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, page);
        Assert.Equal(page, File.ReadAllText(path));
    }

    static string Here([CallerFilePath] string path = "") => path;
}
