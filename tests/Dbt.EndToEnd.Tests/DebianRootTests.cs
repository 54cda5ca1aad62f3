namespace Dbt.EndToEnd.Tests;

/// <summary>A Debian arm64 root made by unpacking packages, in which its package tools work under --rootfs.</summary>
public sealed class DebianRootTests
{
    const string Fetch = "guest-binaries/fetch --root debian arm64 bash coreutils dash diffutils dpkg apt grep libc-bin mawk sed tar";

    static string Root
    {
        get
        {
            string dpkg = Workplace.Made("guest-binaries/roots/debian/usr/bin/dpkg", Fetch);
            string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(dpkg)!, "../.."));
            // What the installation of dpkg would have left, for two of the unpacked packages.
            string state = Path.Combine(root, "var/lib/dpkg");
            File.WriteAllText(Path.Combine(state, "available"), "");
            File.WriteAllText(Path.Combine(state, "status"), Status("sed", "4.9-1") + Status("mawk", "1.3.4"));
            return root;
        }
    }

    static string Status(string package, string version) =>
        $"Package: {package}\nStatus: install ok installed\nMaintainer: Nobody <nobody@example.org>\nArchitecture: arm64\nVersion: {version}\nDescription: of the test\n\n";

    [Theory]
    [InlineData("dpkg --print-architecture", "arm64\n")]
    [InlineData("dpkg -l 2>/dev/null | grep ^ii | tr -s ' ' | cut -d' ' -f1-4", "ii mawk 1.3.4 arm64\nii sed 4.9-1 arm64\n")]
    [InlineData("dpkg-query -W -f '${Package} ${Status}\\n'", "mawk install ok installed\nsed install ok installed\n")]
    [InlineData("mkdir -p /root/p/DEBIAN /root/p/opt; cd /root; printf 'Package: mine\\nVersion: 1\\nArchitecture: arm64\\nMaintainer: n <n@n>\\nDescription: d\\n' > p/DEBIAN/control; echo hi > p/opt/mine; "
        + "dpkg-deb -b p mine.deb >/dev/null && dpkg-deb -f mine.deb Package && dpkg --log=/dev/null -i mine.deb >/dev/null 2>&1; cat /opt/mine; dpkg -L mine | tail -1; dpkg --log=/dev/null -r mine >/dev/null 2>&1; ls /opt; rm -r p mine.deb", "mine\nhi\n/opt/mine\n")]
    [InlineData("apt-get --simulate remove sed mawk 2>/dev/null | grep ^Remv", "Remv mawk [1.3.4]\nRemv sed [4.9-1]\n")]
    [InlineData("apt-cache show sed 2>/dev/null | head -1; apt-cache policy sed | head -2", "Package: sed\nsed:\n  Installed: 4.9-1\n")]
    [InlineData("ldconfig && ldconfig -p | grep -c 'libc.so.6 (libc6,AArch64)'", "1\n")]
    [InlineData("update-alternatives --log /dev/null --quiet --install /usr/bin/awk awk /usr/bin/mawk 5; readlink /usr/bin/awk /etc/alternatives/awk; echo a b | awk '{print $2}'", "/etc/alternatives/awk\n/usr/bin/mawk\nb\n")]
    public void Package_tools_work(string script, string expected)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin", ["HOME"] = "/root", ["LC_ALL"] = "C" };
        var outcome = Workplace.RunDbt(["run", "--rootfs", Root, "/bin/bash", "-c", script], "/", environment);
        Assert.True(expected == outcome.Output, $"{outcome.Output}{outcome.Error}{outcome.End}");
    }
}
