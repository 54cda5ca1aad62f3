using System.Net;
using System.Net.Sockets;

namespace Dbt.EndToEnd.Tests;

/// <summary>Debian's static busybox for arm64: shell scripts and applets, against the same version for this machine.</summary>
/// <remarks>PATH has nothing but links to the busybox under test, so that every applet is a guest process.</remarks>
public sealed class BusyboxTests : IClassFixture<BusyboxTests.Applets>
{
    readonly Applets applets;

    public BusyboxTests(Applets applets) => this.applets = applets;

    /// <summary>Directories with a link per applet.</summary>
    public sealed class Applets : IDisposable
    {
        public string Guest { get; } = Workplace.Made("guest-binaries/roots/arm64/bin/busybox", "guest-binaries/fetch arm64 busybox-static");
        public string Native { get; } = Workplace.Tool("busybox", "busybox-static");
        public string GuestLinks { get; }
        public string NativeLinks { get; }
        readonly string directory = Directory.CreateTempSubdirectory("dbt-applets-").FullName;

        public Applets()
        {
            string[] names = HostProcess.Run([Native, "--list"], "/").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(names.Contains("nc"), "this busybox has not all applets: apt-get install busybox-static");
            GuestLinks = Link("guest", Guest, names);
            NativeLinks = Link("native", Native, names);
        }

        string Link(string name, string busybox, string[] applets)
        {
            string links = Path.Combine(directory, name);
            Directory.CreateDirectory(links);
            foreach (string applet in applets) File.CreateSymbolicLink(Path.Combine(links, applet), busybox);
            return links;
        }

        public void Dispose() => Directory.Delete(directory, recursive: true);
    }

    public static TheoryData<string> Names => [.. BusyboxScripts.All.Where(script => !script.IsLong || Environment.GetEnvironmentVariable("DBT_TEST_MODE") != "fast").Select(script => script.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Script_ends_as_the_native_busyboxs(string name)
    {
        string text = BusyboxScripts.All.First(script => script.Name == name).Text;
        var expected = RunNative(text);
        var outcome = RunGuest(text);
        Assert.Equal($"{expected.Output}{expected.Error}{expected.End}", $"{outcome.Output}{outcome.Error}{outcome.End}");
    }

    [Theory]
    [InlineData("uname -m", "aarch64\n")]
    [InlineData("uname -s", "Linux\n")]
    [InlineData("readlink /proc/self/exe | sed 's,.*/,,'", "busybox\n")]
    [InlineData("cat /proc/self/cmdline | tr '\\0' ' '", "cat /proc/self/cmdline ")]
    public void The_machine_looks_like_the_guests(string script, string expected)
    {
        var outcome = RunGuest(script);
        Assert.Equal($"{expected}exit 0", $"{outcome.Output}{outcome.Error}{outcome.End}");
    }

    [Fact]
    public void A_shell_killed_by_itself_dies_by_that_signal() => Assert.Equal("signal 9", RunGuest("kill -9 $$").End);

    Outcome RunGuest(string script)
    {
        Outcome? outcome = null;
        Workplace.InScratch(directory => outcome = Workplace.RunDbt(["run", applets.Guest, "sh", "-c", script], directory, Variables(applets.GuestLinks, directory)));
        return outcome!;
    }

    Outcome RunNative(string script)
    {
        Outcome? outcome = null;
        Workplace.InScratch(directory => outcome = HostProcess.Run([applets.Native, "sh", "-c", script], directory, Variables(applets.NativeLinks, directory)));
        return outcome!;
    }

    static Dictionary<string, string> Variables(string path, string home) => new() { ["PATH"] = path, ["HOME"] = home, ["LC_ALL"] = "C", ["TZ"] = "UTC", ["PORT"] = $"{FreePort()}" };

    static int lastPort = 10000 + (Environment.ProcessId * 16 % 20000);

    // Below the ports that the kernel gives to clients by itself (ip_local_port_range): a free one of those may be anybody's client by the time it is listened at.
    static int FreePort()
    {
        while (true)
        {
            int port = Interlocked.Increment(ref lastPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
