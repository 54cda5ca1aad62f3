using System.Text;
using Dbt.Linux.Strace;

namespace Dbt.Linux.Tests.Strace;

public sealed class StraceTests
{
    static string Quote(byte[] bytes)
    {
        var line = new StringBuilder();
        Quoting.Append(line, bytes);
        return line.ToString();
    }

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("two\nlines\t\"q\" \\", "\"two\\nlines\\t\\\"q\\\" \\\\\"")]
    [InlineData("\u0001x\u00011\u007f", "\"\\1x\\0011\\177\"")]
    [InlineData("0123456789012345678901234567890123", "\"01234567890123456789012345678901\"...")]
    public void Bytes_are_quoted_as_strace_does(string text, string expected) => Assert.Equal(expected, Quote(Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData("prot", 0, "PROT_NONE")]
    [InlineData("prot", 5, "PROT_READ|PROT_EXEC")]
    [InlineData("map_flags", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS")]
    [InlineData("clone_flags", 0x1200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD")]
    [InlineData("clone_flags", 0x11, "SIGCHLD")]
    [InlineData("access", 0, "F_OK")]
    [InlineData("access", 5, "R_OK|X_OK")]
    [InlineData("at_flags", 0x100, "AT_SYMLINK_NOFOLLOW")]
    [InlineData("whence", 2, "SEEK_END")]
    [InlineData("fcntl", 1030, "F_DUPFD_CLOEXEC")]
    [InlineData("ioctl", 0x5413, "TIOCGWINSZ")]
    [InlineData("futex_op", 129, "FUTEX_WAKE_PRIVATE")]
    [InlineData("wait_options", 3, "WNOHANG|WSTOPPED")]
    public void Values_have_their_names(string kind, ulong value, string expected) => Assert.Equal(expected, Names.Find(kind)!(value));
}
