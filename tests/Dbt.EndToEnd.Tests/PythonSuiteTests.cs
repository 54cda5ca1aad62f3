using System.Text;
using System.Xml.Linq;

namespace Dbt.EndToEnd.Tests;

/// <summary>CPython's own tests, run by Debian's python3.11 for arm64: each of their tests ends as under the same package's python3.11 for x86-64.</summary>
public sealed class PythonSuiteTests
{
    static readonly string Mode = Environment.GetEnvironmentVariable("DBT_TEST_MODE") ?? "normal";

    static readonly string[] Always = ["test_grammar", "test_struct", "test_re", "test_mmap", "test_epoll", "test_threadsignals"];

    static readonly string[] Long =
    [
        "test_threading", "test_thread", "test_subprocess", "test_signal", "test_socket", "test_asyncio", "test_multiprocessing_fork", "test_math", "test_json", "test_hashlib", "test_os", "test_posix",
        "test_fork1", "test_select", "test_selectors", "test_pty", "test_fcntl", "test_float", "test_ctypes", "test_concurrent_futures", "test_queue", "test_tempfile", "test_shutil", "test_io",
        "test_ssl", "test_time", "test_faulthandler", "test_wait3", "test_wait4", "test_resource", "test_zipfile",
    ];

    /// <summary>Tests that are not run, and why.</summary>
    static readonly Dictionary<string, string> NotRun = new()
    {
        ["ThreadedVSOCKSocketStreamTest"] = "waits for ever, native too, where the machine has a vsock device but nobody who answers",
    };

    /// <summary>Tests whose outcome is not Python's, and why.</summary>
    static readonly Dictionary<string, string> LeftOut = new()
    {
        ["ctypes.test.test_find.Test_OpenGL_libs.test_gl"] = "native python finds this machine's libraries, not those of its package",
        ["ctypes.test.test_find.Test_OpenGL_libs.test_glu"] = "as test_gl",
        ["test.test_socket.GeneralModuleTests.testHostnameRes"] = "looks up this machine's name, which the root's /etc/hosts does not have",
        ["test.test_socket.GeneralModuleTests.testSockName"] = "as testHostnameRes",
    };

    public static TheoryData<string> Modules => [.. Always, .. Mode == "full" ? Long : []];

    [Theory]
    [MemberData(nameof(Modules))]
    public void Module_has_the_results_of_native_python(string module)
    {
        string guest = Root("arm64"), native = Root("amd64"), libraries = Path.Combine(native, "usr/lib/x86_64-linux-gnu");
        var expected = Run(module, [Path.Combine(native, "usr/bin/python3.11")], ("LD_LIBRARY_PATH", $"{libraries}:{Path.Combine(native, "lib/x86_64-linux-gnu")}"));
        var found = Run(module, [Workplace.Dbt, "run", "--rootfs", guest, "/usr/bin/python3.11"]);
        Assert.NotEmpty(expected);
        Assert.Equal(Text(expected), Text(found));
    }

    static string Text(SortedDictionary<string, string> results) => string.Concat(results.Select(result => $"{result.Key}: {result.Value}\n"));

    static string Root(string architecture)
    {
        foreach (string package in new[] { "python3.11", "libpython3.11-testsuite" })
        {
            string fetched = Path.Combine(Workplace.GuestBinaries, $"roots/.apt/{architecture}/requested", package);
            Assert.True(File.Exists(fetched), $"{package} is missing: run guest-binaries/fetch {architecture} {package}");
        }
        return Path.Combine(Workplace.GuestBinaries, "roots", architecture);
    }

    // Outcome of each test by name; how the whole ended under "end".
    static SortedDictionary<string, string> Run(string module, string[] python, params (string Name, string Value)[] more)
    {
        var results = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Workplace.InScratch(directory =>
        {
            var variables = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = directory, ["LC_ALL"] = "C.UTF-8", ["TZ"] = "UTC", ["PYTHONDONTWRITEBYTECODE"] = "1" };
            foreach (var (name, value) in more) variables[name] = value;
            var outcome = HostProcess.Run([.. python, "-m", "test", .. NotRun.Keys.SelectMany(pattern => new[] { "-i", pattern }), "--junit-xml", "results.xml", module], directory, variables, merge: true, seconds: 2400);
            results["end"] = outcome.End;
            string file = Path.Combine(directory, "results.xml");
            if (!File.Exists(file))
            {
                results["output"] = outcome.Output;
                return;
            }
            foreach (var test in XDocument.Parse(File.ReadAllText(file)).Descendants("testcase"))
            {
                string name = (string)test.Attribute("name")!;
                if (!LeftOut.ContainsKey(name)) results[name] = Outcome(test);
            }
        });
        return results;
    }

    static string Outcome(XElement test)
    {
        var text = new StringBuilder((string?)test.Attribute("status"));
        foreach (var element in test.Elements().Where(element => element.Name.LocalName is "failure" or "error" or "skipped")) text.Append(' ').Append(element.Name.LocalName);
        return text.ToString();
    }
}
