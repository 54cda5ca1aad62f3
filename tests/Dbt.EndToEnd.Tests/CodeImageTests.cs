using System.Buffers.Binary;
using System.Text.Json;

namespace Dbt.EndToEnd.Tests;

/// <summary>Translations that are kept in files for later processes: they are used, and whatever happens to the files changes nothing but the time.</summary>
public sealed class CodeImageTests
{
    static string Busybox => Workplace.Made("guest-binaries/roots/arm64/bin/busybox", "guest-binaries/fetch arm64 busybox-static");

    static readonly string[] script = ["sh", "-c", "for i in 1 2 3; do echo $i; done | sort -r | md5sum; (exit 7)"];

    static string Expected => Workplace.RunDbt(["run", "--cache-dir=", Busybox, .. script], "/") is var plain ? $"{plain.Output}{plain.Error}{plain.End}" : "";

    static string Run(string cache, params string[] options)
    {
        var outcome = Workplace.RunDbt(["run", "--cache-dir", cache, .. options, Busybox, .. script], "/");
        return $"{outcome.Output}{outcome.Error}{outcome.End}";
    }

    static (long Translated, long Loaded) Count(string cache, params string[] program)
    {
        var outcome = Workplace.RunDbt(["run", "--stats=json", "--cache-dir", cache, .. program], "/");
        string line = outcome.Error.Split('\n').First(line => line.StartsWith('{'));
        var translation = JsonDocument.Parse(line).RootElement.GetProperty("translation");
        return (translation.GetProperty("blocks").GetInt64(), translation.GetProperty("blocks_loaded").GetInt64());
    }

    [Fact]
    public void The_second_process_translates_nothing() => Workplace.InScratch(cache =>
    {
        string[] program = [Busybox, "echo", "text"];
        var first = Count(cache, program);
        var second = Count(cache, program);
        Assert.Equal((0, first.Translated), (first.Loaded, second.Loaded));
        Assert.Equal(0, second.Translated);
    });

    [Fact]
    public void What_one_process_lacks_another_adds() => Workplace.InScratch(cache =>
    {
        Count(cache, Busybox, "true");
        var (translated, loaded) = Count(cache, Busybox, "seq", "1", "3");
        Assert.True(translated > 0 && loaded > 0);
        Assert.Equal((0, translated + loaded), Count(cache, Busybox, "seq", "1", "3"));
    });

    [Fact]
    public void Other_options_have_other_translations() => Workplace.InScratch(cache =>
    {
        Count(cache, Busybox, "true");
        Assert.Equal(0, Count(cache, "--host-features=-avx2", Busybox, "true").Loaded);
    });

    [Fact]
    public void A_damaged_image_changes_nothing() => Workplace.InScratch(cache =>
    {
        string expected = Expected;
        Assert.Equal(expected, Run(cache));
        string image = Assert.Single(Directory.GetFiles(cache));
        byte[] sound = File.ReadAllBytes(image);
        var random = new Random(1);
        for (int i = 0; i < 60; i++)
        {
            byte[] damaged = [.. sound];
            // The first ones hit the header and the directory.
            for (int k = 0; k < 1 + (50 * (i % 2)); k++) damaged[random.Next(i < 20 ? 128 : i < 30 ? 16384 : damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(image, damaged);
            Assert.Equal(expected, Run(cache));
        }
        foreach (int length in (int[])[0, 1, 100, 4096, sound.Length / 2, sound.Length - 4096, sound.Length - 1])
        {
            File.WriteAllBytes(image, sound[..length]);
            Assert.Equal(expected, Run(cache));
        }
    });

    // The first page, the size and the place of both programs are equal, so they share an image.
    [Fact]
    public void Translations_of_other_guest_bytes_are_not_run() => Workplace.InScratch(directory =>
    {
        string program = Path.Combine(directory, "program"), cache = Path.Combine(directory, "cache");
        foreach (byte status in (byte[])[1, 2, 1, 3, 3])
        {
            File.WriteAllBytes(program, ExitProgram(status));
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
            Assert.Equal($"exit {status}", Workplace.RunDbt(["run", "--cache-dir", cache, program], directory).End);
        }
        Assert.Single(Directory.GetFiles(cache));
    });

    // mov w0, #status; mov x8, #94 (exit_group); svc 0, behind the first page.
    static byte[] ExitProgram(byte status)
    {
        var file = new byte[0x100C];
        void Put16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void Put64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        Put16(16, 2);
        Put16(18, 183);
        Put32(20, 1);
        Put64(24, 0x401000);
        Put64(32, 64);
        Put16(52, 64);
        Put16(54, 56);
        Put16(56, 1);
        Put32(64, 1);
        Put32(68, 5);
        Put64(80, 0x400000);
        Put64(88, 0x400000);
        Put64(96, (ulong)file.Length);
        Put64(104, (ulong)file.Length);
        Put64(112, 0x1000);
        Put32(0x1000, 0x5280_0000u | ((uint)status << 5));
        Put32(0x1004, 0xD280_0BC8);
        Put32(0x1008, 0xD400_0001);
        return file;
    }

    [Fact]
    public void Processes_that_write_at_once_leave_one_sound_image() => Workplace.InScratch(cache =>
    {
        string all = $"for i in 1 2 3 4 5 6 7 8 9 10 11 12; do '{Workplace.Dbt}' run --stats=json --cache-dir '{cache}' '{Busybox}' seq $i $((i + 1)) 2>/dev/null & done; wait";
        var outcome = HostProcess.Run(["/bin/sh", "-c", all], "/");
        Assert.Equal("exit 0", outcome.End);
        string[] lines = [.. Enumerable.Range(1, 12).SelectMany(i => new[] { $"{i}", $"{i + 1}" }).Order(StringComparer.Ordinal)];
        Assert.Equal(lines, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Single(Directory.GetFiles(cache));
        var (translated, loaded) = Count(cache, Busybox, "seq", "1", "2");
        Assert.True(loaded > 10 * translated);
    });

    [Theory]
    [InlineData("chmod 777 CACHE", 0)]
    [InlineData("ulimit -f 0", 0)]
    [InlineData("umask 777", 1)]
    public void Nothing_is_written_where_others_may_write_or_the_guest_may_not(string before, int files) => Workplace.InScratch(cache =>
    {
        var outcome = HostProcess.Run(["/bin/sh", "-c", $"{before.Replace("CACHE", cache, StringComparison.Ordinal)}; exec '{Workplace.Dbt}' run --cache-dir '{cache}' '{Busybox}' true"], "/");
        Assert.Equal("exit 0", outcome.End);
        Assert.Equal("", outcome.Error);
        Assert.Equal(files, Directory.GetFiles(cache).Length);
        foreach (string file in Directory.GetFiles(cache)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    });

    [Fact]
    public void A_directory_that_cannot_be_made_is_no_failure()
    {
        var outcome = Workplace.RunDbt(["run", "--cache-dir", "/proc/no/such", Busybox, "echo", "text"], "/");
        Assert.Equal("text\nexit 0", outcome.Output + outcome.Error + outcome.End);
    }

    [Fact]
    public void The_directory_keeps_to_its_limit() => Workplace.InScratch(cache =>
    {
        for (int i = 0; i < 4; i++) File.WriteAllBytes(Path.Combine(cache, $"old{i}"), new byte[400_000]);
        Workplace.RunDbt(["run", "--cache-dir", cache, "--cache-dir-size", "1M", Busybox, "true"], "/");
        Assert.True(Directory.GetFiles(cache).Sum(file => new FileInfo(file).Length) <= 1 << 20);
    });

    [Fact]
    public void The_kept_translations_are_listed_and_deleted() => Workplace.InScratch(cache =>
    {
        Workplace.RunDbt(["run", "--cache-dir", cache, Busybox, "true"], "/");
        File.WriteAllText(Path.Combine(cache, "text"), "no image");
        var list = Workplace.RunDbt(["cache", "--cache-dir", cache], "/");
        Assert.Matches($@"(?s)^{cache}: 1 image, [\d,]+ blocks, [\d,]+ bytes\n.* /[^\n]*/busybox\n$", list.Output);
        Assert.Matches(@": 2 files of [\d,]+ bytes deleted\n$", Workplace.RunDbt(["cache", "--cache-dir", cache, "clear"], "/").Output);
        Assert.Empty(Directory.GetFiles(cache));
        Assert.Equal("exit 121", Workplace.RunDbt(["cache", "empty"], "/").End);
    });

    [Fact]
    public void Code_that_a_program_changes_is_not_taken_from_an_image() => Workplace.InScratch(cache =>
    {
        string program = Workplace.Made("guest-binaries/out/arm64/mapped_code", "guest-binaries/build");
        var outcomes = Enumerable.Range(0, 3).Select(_ => Workplace.RunDbt(["run", "--cache-dir", cache, program], "/")).ToArray();
        Assert.All(outcomes, outcome => Assert.Equal(outcomes[0].Output + outcomes[0].End, outcome.Output + outcome.End));
    });
}
