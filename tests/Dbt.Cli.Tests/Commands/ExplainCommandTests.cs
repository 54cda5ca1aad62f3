using Dbt.Cli.Commands;
using Dbt.Cli.Options;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Translator.Ir;

namespace Dbt.Cli.Tests.Commands;

public sealed class ExplainCommandTests : IDisposable
{
    // The function fibonacci of guest-binaries/src/fib.c.
    const string Fibonacci = "0x400230";

    readonly ProgramImage image = ProgramImage.Open(CString.Allocate(Repository.PathOf("guest-binaries/bin/arm64/fib")));

    public void Dispose() => image.Dispose();

    string Explain(string address, params string[] options) =>
        ExplainCommand.Explain(image, new Location(ExplainCommand.Resolve(image, address)), ExplainOptions.Parse(["fib", address, .. options]));

    [Fact]
    public void Guest_code_has_address_word_and_assembly()
    {
        string text = Explain(Fibonacci);
        Assert.Contains("""
            program fib (arm64), entry 0x400140

            block 0x400230

            guest code (12 instructions)
              000000400230  a9bd7bfd  stp x29, x30, [sp, #-48]!
              000000400234  910003fd  mov x29, sp
            """, text);
    }

    [Fact]
    public void The_ir_is_shown_as_lifted_and_after_the_passes_that_change_it()
    {
        string text = Explain("0x4000b0");
        Assert.Contains("IR as lifted (", text);
        Assert.Contains("    %1 = get sp : i64\n    %2 = get x29 : i64\n", text);
        Assert.Contains("IR after DeadSlots (", text);
        Assert.DoesNotContain("no change", text);
    }

    [Fact]
    public void All_passes_can_be_shown_and_none()
    {
        Assert.Contains("): no change", Explain(Fibonacci, "--passes=all"));
        Assert.DoesNotContain("IR after", Explain(Fibonacci, "--passes=none"));
    }

    [Fact]
    public void Host_code_names_guest_state_and_exits()
    {
        string text = Explain(Fibonacci);
        Assert.Matches(@"\n  0000  mov \w+, \[rbp\+0x\w+\] +; x29\n", text);
        Assert.Matches(@"jmp qword ptr \[rip\+0x\w+\] +; exit 1: -> link 0x400278\n", text);
        Assert.Contains("; -> stub: link\n", text);
        Assert.Matches(@"j\w+ 0x\w+ +; to exit 0\n", text);
    }

    [Fact]
    public void Exits_tell_where_they_lead()
    {
        string text = Explain(Fibonacci);
        // The function calls itself: its block is a loop, of which there are two copies.
        Assert.Contains(
            "exits (3)\n   0  link    -> 0x400278\n   1  link    -> 0x400278\n   2  link    -> 0x400230\n", text);
        Assert.Contains("   -  indirect return: thread's table, index\n", Explain("0x400278"));
    }

    [Fact]
    public void State_maps_tell_where_values_are() => Assert.Matches(@"state maps \(\d+ records, \d+ bytes\)\n  0008  instruction 0: ", Explain(Fibonacci));

    [Fact]
    public void Bytes_of_the_host_code_are_shown_on_request() => Assert.Matches(@"\n  0000  48[0-9a-f]+ +mov ", Explain(Fibonacci, "--bytes"));

    [Fact]
    public void Direct_exits_are_followed_breadth_first()
    {
        string text = Explain(Fibonacci, "--blocks=3");
        Assert.Equal(["block 0x400230", "block 0x400278", "block 0x400260"], text.Split('\n').Where(line => line.StartsWith("block ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_block_gives_the_same_text() => Assert.Equal(Explain(Fibonacci, "--bytes", "--blocks=8"), Explain(Fibonacci, "--bytes", "--blocks=8"));

    [Theory]
    [InlineData("0x400230", 0x400230)]
    [InlineData("0X400230", 0x400230)]
    [InlineData("400230", 0x400230)]
    public void An_address_is_hexadecimal(string text, ulong expected) => Assert.Equal(expected, ExplainCommand.Resolve(image, text));

    [Theory]
    [InlineData("0xgh", "'0xgh' is not an address: hexadecimal, or a symbol with or without an offset")]
    [InlineData("main", "the program has no symbols, so 'main' is unknown; give a hexadecimal address")]
    [InlineData("main+x", "'main+x' is not an address: hexadecimal, or a symbol with or without an offset")]
    public void An_address_that_is_none_is_named(string text, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => ExplainCommand.Resolve(image, text)).Message);

    [Fact]
    public void Data_are_not_code() => Assert.False(image.IsExecutable(0x10, 1));
}
