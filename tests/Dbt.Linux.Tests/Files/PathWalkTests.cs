using System.Text;
using Dbt.Linux.Files;

namespace Dbt.Linux.Tests.Files;

/// <summary>What paths mean when a directory of the host is the guest's root.</summary>
public sealed class PathWalkTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("dbt-root-").FullName;

    public PathWalkTests()
    {
        Directory.CreateDirectory(Path.Combine(root, "usr/lib"));
        Directory.CreateDirectory(Path.Combine(root, "etc/alternatives"));
        File.WriteAllText(Path.Combine(root, "usr/lib/real"), "");
        File.CreateSymbolicLink(Path.Combine(root, "lib"), "/usr/lib");
        File.CreateSymbolicLink(Path.Combine(root, "relative"), "usr/lib");
        File.CreateSymbolicLink(Path.Combine(root, "etc/alternatives/editor"), "/lib/real");
        File.CreateSymbolicLink(Path.Combine(root, "escape"), "../../../../../../usr");
        File.CreateSymbolicLink(Path.Combine(root, "loop"), "/loop");
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("/usr/lib/real", "/usr/lib/real")]
    [InlineData("/lib/real", "/usr/lib/real")]
    [InlineData("/relative/real", "/usr/lib/real")]
    [InlineData("/etc/alternatives/editor", "/usr/lib/real")]
    [InlineData("/escape/lib", "/usr/lib")]
    [InlineData("/../..//usr/./lib", "/usr/lib")]
    [InlineData("/lib/../missing", "/usr/missing")]
    [InlineData("/usr/missing/../lib", "/usr/missing/../lib")]
    [InlineData("real", "/usr/lib/real")]
    [InlineData("../../../../etc", "/etc")]
    [InlineData("/usr/lib/", "/usr/lib/")]
    public void Names_are_found_inside_of_the_root(string path, string expected) => Assert.Equal(root + expected, Resolve(path));

    [Fact]
    public void A_link_at_the_end_is_kept_if_it_is_not_to_be_followed() => Assert.Equal(root + "/etc/alternatives/editor", Resolve("/etc/alternatives/editor", follow: false));

    [Fact]
    public void A_link_with_a_slash_behind_is_followed() => Assert.Equal(root + "/usr/lib/", Resolve("/lib/", follow: false));

    [Fact]
    public void Links_in_a_circle_are_an_error() => Assert.Equal("-40", Resolve("/loop"));

    [Theory]
    [InlineData("/proc/version")]
    [InlineData("/dev/null")]
    [InlineData("/tmp/x")]
    public void Special_directories_are_the_host_s(string path) => Assert.Equal(path, Resolve(path));

    [Fact]
    public void The_root_of_a_process_is_the_guest_s() => Assert.Equal(root + "/etc", Resolve("/proc/self/root/etc"));

    [Fact]
    public void A_changed_root_is_where_absolute_names_and_climbing_end()
    {
        var names = Names();
        names.ChangeRoot("/usr"u8);
        Assert.Equal(root + "/usr/lib", Resolve(names, "/../lib", true));
        Assert.Equal("/lib", Show(names, root + "/usr/lib"));
    }

    [Fact]
    public void Host_names_are_shown_without_the_directory()
    {
        Assert.Equal("/usr/lib", Show(Names(), root + "/usr/lib"));
        Assert.Equal("/", Show(Names(), root));
        Assert.Equal("/dev/null", Show(Names(), "/dev/null"));
        Assert.Null(Show(Names(), "/var/lib"));
    }

    FileNamespace Names() => new(Encoding.UTF8.GetBytes(root));

    string Resolve(string path, bool follow = true) => Resolve(Names(), path, follow);

    static string Resolve(FileNamespace names, string path, bool follow)
    {
        byte[] host = new byte[FileNamespace.HostPathMax];
        long length = PathWalk.Resolve(names, "/usr/lib"u8, Encoding.UTF8.GetBytes(path), follow, host);
        return length < 0 ? length.ToString(System.Globalization.CultureInfo.InvariantCulture) : Encoding.UTF8.GetString(host, 0, (int)length);
    }

    static string? Show(FileNamespace names, string host)
    {
        byte[] path = new byte[FileNamespace.PathMax];
        int length = names.Show(path, Encoding.UTF8.GetBytes(host, path));
        return length < 0 ? null : Encoding.UTF8.GetString(path, 0, length);
    }
}
