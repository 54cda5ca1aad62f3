using System.Buffers.Binary;

namespace Dbt.EndToEnd.Tests;

/// <summary>What cannot be run: one clear message on stderr, nothing on stdout, 126 or 127 as a shell says it.</summary>
public sealed class BadInputTests
{
    const int CannotExecute = 126, NotFound = 127;
    static readonly byte[] Hello = File.ReadAllBytes(Path.Combine(Workplace.GuestBinaries, "bin/arm64/hello"));

    [Fact]
    public void An_empty_file() => Refused([], CannotExecute);

    [Fact]
    public void A_text_file() => Refused("Dear reader,\nthis is a letter.\n"u8, CannotExecute);

    [Fact]
    public void A_script_whose_interpreter_is_missing() => Refused("#!/no/such/interpreter\nexit 0\n"u8, null);

    [Fact]
    public void A_script_without_an_interpreters_name() => Refused("#!\n"u8, CannotExecute);

    [Fact]
    public void Random_bytes()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            byte[] bytes = new byte[seed * 97];
            new Random(seed).NextBytes(bytes);
            Refused(bytes, CannotExecute);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(243)]
    public void A_program_of_another_machine(int machine)
    {
        byte[] bytes = [.. Hello];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), (ushort)machine);
        Refused(bytes, CannotExecute);
    }

    [Fact]
    public void A_relocatable_file() => Refused(With(16, 1), CannotExecute);

    [Fact]
    public void A_core_file() => Refused(With(16, 4), CannotExecute);

    [Fact]
    public void A_32_bit_file() => Refused(With(4, 1), CannotExecute);

    [Fact]
    public void A_big_endian_file() => Refused(With(5, 2), CannotExecute);

    static byte[] With(int at, byte value)
    {
        byte[] bytes = [.. Hello];
        bytes[at] = value;
        return bytes;
    }

    [Fact]
    public void A_program_truncated_anywhere()
    {
        // What lies behind the last segment is not missed.
        int programHeaders = BinaryPrimitives.ReadInt32LittleEndian(Hello.AsSpan(32)), count = BinaryPrimitives.ReadUInt16LittleEndian(Hello.AsSpan(56));
        int needed = 0;
        for (int i = 0; i < count; i++)
        {
            var header = Hello.AsSpan(programHeaders + 56 * i);
            if (BinaryPrimitives.ReadInt32LittleEndian(header) == 1) needed = Math.Max(needed, BinaryPrimitives.ReadInt32LittleEndian(header[8..]) + BinaryPrimitives.ReadInt32LittleEndian(header[32..]));
        }

        Assert.InRange(needed, 100, Hello.Length);
        for (int length = 0; length < needed; length++) Refused(Hello.AsSpan(0, length), CannotExecute, $"{length} of {needed} bytes: ");
    }

    [Fact]
    public void Random_bytes_after_a_valid_header()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            byte[] bytes = [.. Hello, .. new byte[seed]];
            new Random(seed).NextBytes(bytes.AsSpan(64));
            Survives(bytes, $"seed {seed}");
        }
    }

    [Fact]
    public void One_wrong_byte_in_the_headers()
    {
        for (int at = 16; at < 64 + 56; at++)
        {
            foreach (byte value in (byte[])[0x00, 0x7F, 0xFF])
            {
                byte[] bytes = [.. Hello];
                bytes[at] = value;
                Survives(bytes, $"byte {at} is {value:x2}");
            }
        }
    }

    /// <summary>It may run, and even fault, but dbt itself neither fails nor hangs.</summary>
    static void Survives(byte[] program, string what)
    {
        var outcome = Run(program);
        Assert.True(outcome.End is "exit 0" or "exit 126" or "exit 127" or "signal 11" or "signal 4" or "signal 5" or "signal 7" or "signal 9", $"{what}: {outcome.End}\n{outcome.Error}");
        if (outcome.End is "exit 126" or "exit 127") OneMessage(outcome, what);
        Assert.DoesNotContain("   at ", outcome.Error);
    }

    [Fact]
    public void A_missing_file() => Refused("./no-such-program", NotFound);

    [Fact]
    public void A_name_that_is_not_in_PATH() => Refused("no-such-program-anywhere", NotFound);

    [Fact]
    public void A_directory() => Refused("/usr", CannotExecute);

    [Fact]
    public void A_path_through_a_file() => Refused("/etc/passwd/program", null);

    [Fact]
    public void A_file_without_permission_to_execute()
    {
        Workplace.InScratch(directory =>
        {
            string path = Path.Combine(directory, "program");
            File.WriteAllBytes(path, Hello);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            IsRefused(Workplace.RunDbt(["run", path], directory), CannotExecute, "");
        });
    }

    static void Refused(string program, int? status) => Workplace.InScratch(directory => IsRefused(Workplace.RunDbt(["run", program], directory), status, ""));
    static void Refused(ReadOnlySpan<byte> program, int? status, string what = "") => IsRefused(Run(program), status, what);

    static Outcome Run(ReadOnlySpan<byte> program)
    {
        Outcome? outcome = null;
        byte[] bytes = program.ToArray();
        Workplace.InScratch(directory =>
        {
            string path = Path.Combine(directory, "program");
            File.WriteAllBytes(path, bytes);
            File.SetUnixFileMode(path, (UnixFileMode)0x1ED);
            outcome = HostProcess.Run([Workplace.Dbt, "run", path], directory, seconds: 20);
        });
        return outcome!;
    }

    static void IsRefused(Outcome outcome, int? status, string what)
    {
        Assert.True(status is { } exact ? outcome.ExitStatus == exact : outcome.ExitStatus is CannotExecute or NotFound, $"{what}{outcome.End}\n{outcome.Error}");
        OneMessage(outcome, what);
    }

    static void OneMessage(Outcome outcome, string what)
    {
        Assert.Equal("", outcome.Output);
        string[] lines = outcome.Error.TrimEnd('\n').Split('\n');
        Assert.True(lines[0].StartsWith("dbt: ", StringComparison.Ordinal) && lines.Length <= 3 && lines[1..].All(line => line.StartsWith(' ')), $"{what}{outcome.Error}");
        Assert.DoesNotContain("   at ", outcome.Error);
        Assert.DoesNotContain("Exception", outcome.Error);
        Assert.DoesNotContain("internal error", outcome.Error);
    }
}
