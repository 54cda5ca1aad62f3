using System.Text.Json;

namespace Dbt.EndToEnd.Tests;

/// <summary>The options of <c>dbt run</c>.</summary>
public sealed class OptionTests
{
    static string Busybox => Workplace.Made("guest-binaries/roots/arm64/bin/busybox", "guest-binaries/fetch arm64 busybox-static");
    static string Hello => Path.Combine(Workplace.GuestBinaries, "bin/arm64/hello");
    static readonly Dictionary<string, string> Plain = new() { ["PATH"] = "/usr/bin:/bin", ["KEPT"] = "kept", ["DROPPED"] = "dropped" };

    static Outcome Run(string[] arguments, Dictionary<string, string>? environment = null)
    {
        Outcome? outcome = null;
        Workplace.InScratch(directory => outcome = Workplace.RunDbt(arguments, directory, environment ?? Plain));
        return outcome!;
    }

    static void Prints(string expected, params string[] arguments)
    {
        var outcome = Run(arguments);
        Assert.Equal($"{expected}exit 0", $"{outcome.Output}{outcome.Error}{outcome.End}");
    }

    [Fact]
    public void E_sets_a_variable() => Prints("new kept\n", "run", "-E", "ADDED=new", Busybox, "sh", "-c", "echo $ADDED $KEPT");

    [Fact]
    public void E_replaces_a_variable() => Prints("other\n", "run", "-E", "KEPT=other", Busybox, "sh", "-c", "echo $KEPT");

    [Fact]
    public void U_removes_a_variable() => Prints("kept .\n", "run", "-U", "DROPPED", Busybox, "sh", "-c", "echo $KEPT $DROPPED.");

    [Fact]
    public void Zero_sets_the_programs_own_name() => Prints("applet\n", "run", "-0", "echo", Busybox, "applet");

    [Fact]
    public void Two_dashes_end_the_options() => Prints("--strace\n", "run", "--", Busybox, "echo", "--strace");

    [Fact]
    public void Options_behind_the_program_are_the_programs() => Prints("--stats\n", "run", Busybox, "echo", "--stats");

    [Fact]
    public void Variables_of_qemu_are_understood()
    {
        var outcome = Run(["run", Busybox, "sh", "-c", "echo $A $B"], new(Plain) { ["QEMU_SET_ENV"] = "A=1,B=2" });
        Assert.Equal("1 2\n", outcome.Output);
    }

    [Fact]
    public void Strace_prints_system_calls_on_stderr_only()
    {
        var outcome = Run(["run", "--strace", Hello]);
        Assert.Equal("Hello from AArch64\n", outcome.Output);
        Assert.Contains("write(1, \"Hello from AArch64", outcome.Error);
        Assert.Contains("exit", outcome.Error);
    }

    [Theory]
    [InlineData("--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10} ---\n+++ killed by SIGSEGV +++\n", "read")]
    [InlineData("} ---\n+++ killed by SIGTERM +++\n", "signal", "15")]
    public void Strace_prints_the_signal_that_kills_and_where_it_came_from(string end, params string[] arguments)
    {
        var outcome = Run(["run", "--strace", Path.Combine(Workplace.GuestBinaries, "bin/arm64/status"), .. arguments]);
        Assert.EndsWith(end, outcome.Error);
    }

    [Fact]
    public void Strace_may_be_asked_for_by_a_variable()
    {
        var outcome = Run(["run", Hello], new(Plain) { ["DBT_STRACE"] = "1" });
        Assert.Equal("Hello from AArch64\n", outcome.Output);
        Assert.Contains("write(1, ", outcome.Error);
    }

    [Fact]
    public void Stats_as_json_is_json()
    {
        var outcome = Run(["run", "--stats=json", Hello]);
        Assert.Equal("Hello from AArch64\n", outcome.Output);
        using var document = JsonDocument.Parse(outcome.Error);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
    }

    [Fact]
    public void Stats_as_text_goes_to_stderr()
    {
        var outcome = Run(["run", "--stats", Hello]);
        Assert.Equal("Hello from AArch64\n", outcome.Output);
        Assert.Contains("blocks", outcome.Error);
    }

    [Fact]
    public void L_finds_the_interpreter_and_libraries_of_a_dynamic_program()
    {
        Workplace.InScratch(directory =>
        {
            string program = Dynamic(directory);
            var outcome = Workplace.RunDbt(["run", "-L", "/usr/aarch64-linux-gnu", program], directory, Plain);
            Assert.Equal("dynamic 2.0\nexit 0", $"{outcome.Output}{outcome.Error}{outcome.End}");
        });
    }

    [Fact]
    public void A_missing_interpreter_is_named_with_the_option_to_use()
    {
        Workplace.InScratch(directory =>
        {
            var outcome = Workplace.RunDbt(["run", "-L", "/var/empty", Dynamic(directory)], directory, Plain);
            Assert.True(outcome.ExitStatus is 126 or 127, $"{outcome.End} {outcome.Error}");
            Assert.Contains("ld-linux-aarch64.so.1", outcome.Error);
            Assert.Contains("-L", outcome.Error);
        });
    }

    static string Dynamic(string directory)
    {
        string source = Path.Combine(directory, "program.c"), program = Path.Combine(directory, "program");
        File.WriteAllText(source, "#include <stdio.h>\nint main(void) { printf(\"dynamic %.1f\\n\", 2.0); return 0; }\n");
        var outcome = HostProcess.Run([Workplace.Tool("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"), "-O1", "-o", program, source], directory);
        Assert.True(outcome.ExitStatus == 0, outcome.Error);
        return program;
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "--no-such-option", "x")]
    [InlineData("run", "-E")]
    [InlineData("run", "--cache-size", "much", "x")]
    [InlineData("run", "--stats=xml", "x")]
    [InlineData("no-such-command")]
    public void A_wrong_command_line_is_refused_with_a_hint(params string[] arguments)
    {
        var outcome = Run(arguments);
        Assert.Equal("exit 121", outcome.End);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith("dbt: ", outcome.Error);
        Assert.Contains("--help", outcome.Error);
    }

    [Theory]
    [InlineData("--version", "dbt ")]
    [InlineData("--help", "dbt run ")]
    public void Information_goes_to_stdout(string option, string part)
    {
        var outcome = Run([option]);
        Assert.Equal("exit 0", outcome.End);
        Assert.Contains(part, outcome.Output);
        Assert.Equal("", outcome.Error);
    }

    [Fact]
    public void Explain_shows_a_blocks_way()
    {
        var outcome = Run(["explain", Hello, Entry(Hello)]);
        Assert.Equal("exit 0", outcome.End);
        Assert.Contains("svc", outcome.Output);
    }

    static string Entry(string program) => $"0x{BitConverter.ToUInt64(File.ReadAllBytes(program), 24):x}";
}
