using System.Text.RegularExpressions;

namespace Dbt.EndToEnd.Tests;

/// <summary>What dbt tells about a guest: system calls, backtraces, core files, hangs.</summary>
public sealed partial class DiagnosticsTests
{
    static readonly Dictionary<string, string> environment = new() { ["PATH"] = "/usr/bin:/bin", ["LC_ALL"] = "C", ["TZ"] = "UTC" };

    static string Program => Workplace.Made("guest-binaries/out/arm64/diagnostics", "guest-binaries/build");

    [GeneratedRegex("0x[0-9a-f]{6,}")]
    private static partial Regex Addresses();

    [GeneratedRegex("rlim_(cur|max)=[^,}]*")]
    private static partial Regex Limits();

    static Outcome RunIn(string directory, params string[] arguments) => Workplace.RunDbt(["run", .. arguments], directory, environment);

    static Outcome Run(params string[] arguments)
    {
        Outcome? outcome = null;
        Workplace.InScratch(directory => outcome = RunIn(directory, arguments));
        return outcome!;
    }

    // The expected text is that of strace 6.1 on the program built for this machine, with addresses and limits masked.
    [Fact]
    public void Strace_prints_what_strace_prints()
    {
        string text = Run("--strace", Program, "walk").Error;
        text = text[text.IndexOf("write(1, \"walk", StringComparison.Ordinal)..];
        text = Limits().Replace(Addresses().Replace(text, "ADDRESS"), "rlim_$1=N");
        Assert.Equal(File.ReadAllText(Path.Combine(Workplace.GuestBinaries, "tests/diagnostics.strace")), text);
    }

    [Fact]
    public void Strace_tells_of_calls_that_others_interrupt_as_strace_does()
    {
        string text = Pids().Replace(Run("--strace=read,write,exit_group", Program, "interleave").Error, "[pid N]");
        text = text[text.LastIndexOf("[pid N] read(", text.IndexOf("unfinished", StringComparison.Ordinal), StringComparison.Ordinal)..];
        string[] lines = text.Replace("between\n", "", StringComparison.Ordinal).Split('\n');
        Assert.Equal("[pid N] read(3,  <unfinished ...>", lines[0]);
        Assert.Equal("[pid N] write(2, \"between\\n\", 8) = 8", Blanks().Replace(lines[1], " "));
        // Who of the two is seen first after the byte was written is a matter of luck.
        Assert.Contains(lines, line => Blanks().Replace(line, " ") is "[pid N] <... read resumed>\"x\", 1) = 1" or "[pid N] read(3, \"x\", 1) = 1");
        int end = Array.FindIndex(lines, line => line.StartsWith("[pid N] exit_group(0)", StringComparison.Ordinal));
        Assert.True(end > 0);
        Assert.Equal("[pid N] read(3,  <unfinished ...>", lines[..end].Last(line => line.Contains("read", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\[pid +\d+\]")]
    private static partial Regex Pids();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();

    [Theory]
    [InlineData("mkdirat,close", "mkdirat(AT_FDCWD, \"walk.d\", 0755)", "umask")]
    [InlineData("%network", "socketpair(AF_UNIX", "mkdirat")]
    [InlineData("%memory", "mprotect(", "socketpair")]
    [InlineData("!%file,%desc", "umask(022)", "mkdirat")]
    public void A_filter_selects_system_calls_by_name_and_class(string filter, string shown, string hidden)
    {
        string text = Run($"--strace={filter}", Program, "walk").Error;
        Assert.Contains(shown, text);
        Assert.DoesNotContain(hidden + "(", text);
    }

    [Fact]
    public void A_filter_with_an_unknown_name_is_refused()
    {
        var outcome = Run("--strace=nosuchcall", Program, "walk");
        Assert.Contains("there is no system call 'nosuchcall'", outcome.Error);
        Assert.Equal("exit 121", outcome.End);
    }

    [Fact]
    public void Strace_prints_durations_and_the_time_of_day()
    {
        string text = Run("--strace=mkdirat", "--strace-time", "--strace-timestamps", Program, "walk").Error;
        Assert.Matches(@"(?m)^\d\d:\d\d:\d\d\.\d{6} mkdirat\(.*\) = 0 <\d+\.\d{6}>$", text);
    }

    [Fact]
    public void Strace_goes_to_one_file_or_one_for_each_process() => Workplace.InScratch(directory =>
    {
        Assert.Equal("", RunIn(directory, "--strace=%process", "--strace-output", "trace", Program, "walk").Error);
        Assert.Matches(@"^\d+ +execve\(", File.ReadAllText(Path.Combine(directory, "trace")));
        Assert.Equal("", RunIn(directory, "--strace=%process", "--strace-output", "each", "--strace-per-process", Program, "walk").Error);
        string each = Assert.Single(Directory.GetFiles(directory, "each.*"));
        Assert.StartsWith("execve(", File.ReadAllText(each));
    });

    [Fact]
    public void A_backtrace_names_signal_address_and_functions()
    {
        string text = Run("--backtrace", Program, "crash").Error;
        Assert.Contains("is killed by SIGSEGV (SEGV_MAPERR) at address 0x10\n", text);
        Assert.Matches(@"(?s) x0  0x0000000000000010 .* #0 .* in store.* #1 .* in inner\+.* #2 .* in inner\+.* #3 .* in inner\+.* #4 .* in outer\+.* #5 .* in main\+", text);
    }

    [Fact]
    public void A_backtrace_goes_on_below_a_signal_handler()
    {
        string text = Run("--backtrace", Program, "handler").Error;
        Assert.Matches(@"(?s)in outer\+.*in in_handler\+.*<signal handler called>.*in interrupted\+.*in main\+", text);
    }

    [Fact]
    public void A_backtrace_leads_through_functions_without_frame_records()
    {
        string text = Run("--backtrace", Program, "no-records").Error;
        Assert.Matches(@"(?s)#0 [^\n]*in leaf_without_record[^\n]*\n[^\n]*#1 [^\n]*in middle_without_record[^\n]*\n.*in qsort.*in main\+.*in _start\+", text);
    }

    [Fact]
    public void A_debugger_reads_the_core_file_with_the_same_stack_and_all_threads() => Workplace.InScratch(directory =>
    {
        string gdb = Workplace.Tool("gdb-multiarch", "gdb-multiarch");
        Assert.Contains("core file: core.11\n", RunIn(directory, "--core", "core.%s", Program, "threads").Error);
        string text = HostProcess.Run([gdb, "-nx", "-batch", "-ex", "bt", "-ex", "info threads", "-ex", "info registers x0 pc", Program, "core.11"], directory, environment).Output;
        Assert.Contains("terminated with signal SIGSEGV", text);
        Assert.Matches(@"(?s)#0 .*store.*#1 .*inner.*outer.*main", text);
        Assert.Matches(@"(?s)\* 1 .* 2 ", text);
        Assert.Matches(@"x0 +0x10 ", text);
    });

    [Fact]
    public void A_hang_report_shows_all_stacks_and_who_owns_the_mutexes()
    {
        string text = Run("--hang-timeout", "1", Program, "deadlock-for-a-while").Error;
        Assert.Contains("has made progress for 1 s\n", text);
        Assert.Equal(2, Regex.Count(text, @"if it is a mutex, thread \d+ "));
        Assert.Matches(@"(?s)in futex\(0x.*FUTEX_WAIT_PRIVATE, 2, NULL\).*in take_second_then_first\+", text);
        Assert.Matches(@"(?s)in deadlock\+.*in main\+", text);
    }
}
