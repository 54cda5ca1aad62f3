using Dbt.Linux.Signals;

namespace Dbt.Linux.Tests.Signals;

public sealed class SignalNumbersTests
{
    [Fact]
    public void The_host_blocks_every_signal_that_the_guest_blocks_but_those_of_its_own_faults()
    {
        ulong host = SignalNumbers.HostMask(ulong.MaxValue);
        for (int signal = 1; signal <= 64; signal++) Assert.Equal(signal is not (7 or 8 or 9 or 11 or 19), (host & SignalNumbers.Bit(signal)) != 0);
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
