namespace Dbt.EndToEnd.Tests;

/// <summary>--rootfs and -L with a small userland: Debian's static busybox, absolute links, scripts with interpreters inside.</summary>
public sealed class RootDirectoryTests
{
    static string Busybox => Workplace.Made("guest-binaries/roots/arm64/bin/busybox", "guest-binaries/fetch arm64 busybox-static");

    static void InRoot(Action<string> action) => Workplace.InScratch(root =>
    {
        foreach (string folder in (string[])["usr/bin", "etc/alternatives", "root", "run", "usr/lib/deep"]) Directory.CreateDirectory(Path.Combine(root, folder));
        File.Copy(Busybox, Path.Combine(root, "usr/bin/busybox"));
        File.CreateSymbolicLink(Path.Combine(root, "bin"), "/usr/bin");
        foreach (string name in (string[])["sh", "ls", "cat", "readlink", "ln", "mkdir", "rm", "mv", "pwd", "echo", "chroot", "tr", "find", "sort", "head", "stat", "sleep"])
        {
            File.CreateSymbolicLink(Path.Combine(root, "usr/bin", name), "/bin/busybox");
        }
        File.WriteAllText(Path.Combine(root, "etc/marker"), "inside\n");
        File.CreateSymbolicLink(Path.Combine(root, "etc/alternatives/marker"), "/etc/marker");
        File.WriteAllText(Path.Combine(root, "root/script"), "#!/bin/sh\necho $0 $1\n");
        File.SetUnixFileMode(Path.Combine(root, "root/script"), (UnixFileMode)0x1ED);
        action(root);
    });

    static Outcome Run(string root, string script) =>
        Workplace.RunDbt(["run", "--rootfs", root, "/bin/sh", "-c", script], "/", new Dictionary<string, string> { ["PATH"] = "/bin" }, merge: true);

    [Theory]
    [InlineData("ls /", "bin\netc\nroot\nrun\nusr\n")]
    [InlineData("pwd; cd /usr/lib/deep; pwd; cd ../../../../..; pwd; cd /bin; pwd -P", "/\n/usr/lib/deep\n/\n/usr/bin\n")]
    [InlineData("cat /etc/marker /etc/alternatives/marker; cd /etc; cat alternatives/marker ../../../etc/marker", "inside\ninside\ninside\ninside\n")]
    [InlineData("/root/script a; cd /root; ./script b", "/root/script a\n./script b\n")]
    [InlineData("readlink /etc/alternatives/marker; readlink /proc/self/exe; readlink -f /bin/sh", "/etc/marker\n/usr/bin/busybox\n/usr/bin/busybox\n")]
    [InlineData("cd /run; readlink /proc/self/cwd; readlink /proc/$$/cwd; exec 5</etc/marker; readlink /proc/$$/fd/5", "/run\n/run\n/etc/marker\n")]
    [InlineData("mkdir /run/a; echo x > /run/a/f; ln -s /run/a /run/l; mv /run/l/f /run/l/g; cat run/a/g; rm -r /run/a /run/l; ls /run", "x\n")]
    [InlineData("cat /proc/self/root/etc/marker; ls /proc/self/root/root", "inside\nscript\n")]
    [InlineData("echo data > /dev/null && echo done; test -d /sys && test -d /proc/$$ && echo there", "done\nthere\n")]
    [InlineData("cd /; find etc usr/lib | sort", "etc\netc/alternatives\netc/alternatives/marker\netc/marker\nusr/lib\nusr/lib/deep\n")]
    [InlineData("ls /nothing/x 2>&1 | tr -d '\\n'", "ls: /nothing/x: No such file or directory")]
    public void The_guest_sees_the_directory_as_its_root(string script, string expected) => InRoot(root =>
    {
        var outcome = Run(root, script);
        Assert.Equal(expected + "exit 0", outcome.Output + outcome.End);
    });

    [Fact]
    public void A_relative_directory_stays_the_root_when_the_guest_moves() => InRoot(root =>
    {
        var environment = new Dictionary<string, string> { ["PATH"] = "/bin" };
        var outcome = Workplace.RunDbt(["run", "--rootfs", Path.GetFileName(root), "sh", "-c", "cd /etc; cat marker; /bin/cat /etc/marker"], Path.GetDirectoryName(root)!, environment, merge: true);
        Assert.Equal("inside\ninside\nexit 0", outcome.Output + outcome.End);
    });

    [Fact]
    public void Absolute_links_below_a_library_directory_stay_below_it() => InRoot(root =>
    {
        File.CreateSymbolicLink(Path.Combine(root, "lib"), "/usr/lib");
        File.WriteAllText(Path.Combine(root, "usr/lib/only-here"), "library\n");
        var outcome = Workplace.RunDbt(["run", "-L", Path.GetFileName(root), Path.Combine(root, "usr/bin/busybox"), "cat", "/lib/only-here", "/etc/alternatives/marker"], Path.GetDirectoryName(root)!, merge: true);
        Assert.Equal("library\ninside\nexit 0", outcome.Output + outcome.End);
    });

    [Fact]
    public void Empty_mount_points_of_a_library_directory_hide_nothing() => InRoot(root =>
    {
        foreach (string folder in (string[])["proc", "sys", "dev", "tmp"]) Directory.CreateDirectory(Path.Combine(root, folder));
        string[] command = ["run", "-L", root, Path.Combine(root, "usr/bin/busybox"), "sh", "-c", "test -e /proc/self/stat && test -d /sys/kernel && test -c /dev/null && echo there"];
        var outcome = Workplace.RunDbt(command, "/", merge: true);
        Assert.Equal("there\nexit 0", outcome.Output + outcome.End);
    });

    [Fact]
    public void Sockets_are_named_inside_of_the_root() => InRoot(root =>
    {
        Directory.CreateDirectory(Path.Combine(root, "var/tmp"));
        File.Copy(Workplace.Made("guest-binaries/out/arm64/localsockets", "guest-binaries/build"), Path.Combine(root, "localsockets"));
        var expected = HostProcess.Run([Workplace.Made("guest-binaries/out/native/localsockets", "guest-binaries/build --native")], "/");
        var outcome = Workplace.RunDbt(["run", "--rootfs", root, "/localsockets"], "/");
        Assert.Equal(expected.Output + expected.End, outcome.Output + outcome.End);
        Assert.Contains("peer ends in /dbt-local-socket", outcome.Output, StringComparison.Ordinal);
    });

    [Fact]
    public void A_root_that_does_not_exist_is_named()
    {
        var outcome = Workplace.RunDbt(["run", "--rootfs", "/does/not/exist", "/bin/sh"], "/");
        Assert.Contains("/does/not/exist", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("--rootfs", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("exit 127", outcome.End);
    }

    [Theory]
    [InlineData("cat /proc/$$/cmdline | tr '\\0' ' ' | head -c 12", "/bin/sh -c s")]
    [InlineData("sleep 5 & readlink /proc/$!/exe; cat /proc/$!/cmdline | tr '\\0' ' '; kill $!", "/usr/bin/busybox\nsleep 5 ")]
    [InlineData("cat /proc/self/maps | tr -s ' ' | while read a b c d e name; do case $name in *dbt*|*/tmp/*) echo leak $name; esac; done; echo ok", "ok\n")]
    [InlineData("cd /proc/self; cat comm", "cat\n")]
    [InlineData("sleep 5 & readlink /proc/$!/exe; cat /proc/$!/maps | while read a b c d e name; do case $name in *dbt*|*/tmp/*) echo leak $name;; /*) echo $name;; esac; done | sort | head -n 1; kill $!", "/usr/bin/busybox\n/usr/bin/busybox\n")]
    [InlineData("sleep 5 & readlink /proc/$!/exe; read size rest < /proc/$!/statm; test $size -lt 10000 && echo small; kill $!", "/usr/bin/busybox\nsmall\n")]
    [InlineData("test -e /proc/sys/kernel/arch || exec echo aarch64; cat /proc/sys/kernel/arch", "aarch64\n")]
    public void Processes_look_like_the_guests_to_each_other(string script, string expected) => InRoot(root =>
    {
        // The shell may be in its own fork for a moment before the exec: what is looked at is asked for again.
        var outcome = Run(root, "sleep 0.3; " + script.Replace("& readlink", "& sleep 0.5; readlink", StringComparison.Ordinal));
        Assert.Equal(expected + "exit 0", outcome.Output + outcome.End);
    });
}
