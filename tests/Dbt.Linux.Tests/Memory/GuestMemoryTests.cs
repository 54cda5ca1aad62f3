using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Tests.Memory;

public sealed unsafe class GuestMemoryTests
{
    const long PrivateAnonymous = 0x22;

    [Fact]
    public void Bad_addresses_fail_instead_of_faulting()
    {
        var space = new AddressSpace(new MemoryMap());
        var memory = new GuestMemory(space.Map);
        Assert.False(memory.TryRead(0, out long _));
        Assert.False(memory.TryWrite(8, 1L));
        Assert.False(memory.TryRead(ulong.MaxValue - 3, out long _));
        Assert.False(memory.TryRead(0x8000_0000_0000_0000, out int _));
        ulong page = (ulong)space.MapPages(0, 2 * 4096, 3, PrivateAnonymous, -1, 0);
        space.Protect(page + 4096, 4096, 1);
        Assert.True(memory.TryWrite(page + 4088, 5L));
        Assert.False(memory.TryWrite(page + 4092, 5L));
        Assert.True(memory.TryRead(page + 4092, out long _));
        space.Unmap(page + 4096, 4096);
        Assert.False(memory.TryRead(page + 4092, out long _));
        space.Unmap(page, 4096);
    }

    [Fact]
    public void A_file_mapping_beyond_the_end_of_the_file_fails()
    {
        var space = new AddressSpace(new MemoryMap());
        var memory = new GuestMemory(space.Map);
        ReadOnlySpan<byte> name = "short\0"u8;
        long file;
        fixed (byte* start = name) file = Kernel.Call(Sys.memfd_create, (long)start, 0);
        Kernel.Call(Sys.ftruncate, file, 100);
        ulong page = (ulong)space.MapPages(0, 2 * 4096, 3, 1, file, 0);
        Assert.True(memory.TryRead(page, out long _));
        Assert.False(memory.TryRead(page + 4096, out long _));
        space.Unmap(page, 2 * 4096);
        Kernel.Call(Sys.close, file);
    }

    [Fact]
    public void A_string_ends_at_its_zero_even_at_the_end_of_the_last_page()
    {
        var space = new AddressSpace(new MemoryMap());
        var memory = new GuestMemory(space.Map);
        ulong page = (ulong)space.MapPages(0, 2 * 4096, 3, PrivateAnonymous, -1, 0);
        space.Protect(page + 4096, 4096, 0);
        Encoding.ASCII.GetBytes("name\0").CopyTo(new Span<byte>((void*)(page + 4091), 5));
        Span<byte> buffer = stackalloc byte[64];
        Assert.Equal(4, memory.ReadString(page + 4091, buffer));
        Assert.Equal(-Errno.ENAMETOOLONG, memory.ReadString(page + 4091, buffer[..4]));
        *(byte*)(page + 4095) = 1;
        Assert.Equal(-Errno.EFAULT, memory.ReadString(page + 4091, buffer));
        space.Unmap(page, 2 * 4096);
    }
}
