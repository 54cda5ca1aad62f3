using Dbt.Linux.Signals;

namespace Dbt.Linux.Tests.Signals;

public sealed class SignalNumbersTests
{
    [Fact]
    public void Every_guest_signal_but_the_last_has_its_own_host_signal_and_none_is_the_runtimes()
    {
        var seen = new HashSet<int>();
        for (int signal = 1; signal < 64; signal++)
        {
            int host = SignalNumbers.ToHost(signal);
            Assert.InRange(host, 1, 64);
            Assert.NotEqual(34, host);
            Assert.True(seen.Add(host));
            Assert.Equal(signal, SignalNumbers.ToGuest(host));
        }
        Assert.Equal(-1, SignalNumbers.ToHost(64));
        Assert.Equal(-1, SignalNumbers.ToHost(65));
        Assert.Equal(-1, SignalNumbers.ToHost(-1));
        Assert.Equal(0, SignalNumbers.ToHost(0));
    }

    [Fact]
    public void The_host_never_blocks_faults_or_the_runtimes_signal()
    {
        ulong host = SignalNumbers.MaskToHost(ulong.MaxValue);
        foreach (int signal in new[] { 4, 5, 7, 8, 9, 11, 19, 34 }) Assert.Equal(0UL, host & SignalNumbers.Bit(signal));
        Assert.NotEqual(0UL, host & SignalNumbers.Bit(64));
        Assert.Equal(SignalNumbers.Bit(34) | SignalNumbers.Bit(10), SignalNumbers.MaskToGuest(SignalNumbers.Bit(64) | SignalNumbers.Bit(10)));
    }

    [Fact]
    public void The_alternate_stack_counts_as_used_between_its_ends()
    {
        var stack = new SignalStack { Start = 0x1000, Size = 0x2000 };
        Assert.False(stack.IsOn(0x1000));
        Assert.True(stack.IsOn(0x1001));
        Assert.True(stack.IsOn(0x3000));
        Assert.False(stack.IsOn(0x3001));
        Assert.False(SignalStack.None.IsOn(0));
        Assert.False((stack with { Flags = SignalStack.AutoDisarm }).IsOn(0x2000));
    }
}
