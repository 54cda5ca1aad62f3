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
        var memory = new GuestMemory();
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
        var memory = new GuestMemory();
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
        var memory = new GuestMemory();
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

    [Fact]
    public void Memory_that_another_thread_unmaps_meanwhile_fails_and_does_not_crash()
    {
        var space = new AddressSpace(new MemoryMap());
        var memory = new GuestMemory();
        ulong page = (ulong)space.MapPages(0, 4 * 4096, 3, PrivateAnonymous, -1, 0);
        bool stop = false;
        var other = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                space.Protect(page, 4 * 4096, 0);
                space.Protect(page, 4 * 4096, 3);
            }
        });
        other.Start();
        byte* buffer = stackalloc byte[3000];
        for (int i = 0; i < 20_000; i++)
        {
            memory.TryRead(page + 2000, buffer, 3000);
            memory.TryWrite(page + 2000, buffer, 3000);
            memory.TryCompareExchange(page, 0, 0, out _);
            memory.TryWrite(page + 4092, 0L);
        }
        Volatile.Write(ref stop, true);
        other.Join();
        Assert.True(memory.TryRead(page, out long zero));
        Assert.Equal(0, zero);
        space.Unmap(page, 4 * 4096);
    }

    [Fact]
    public void A_copy_of_any_length_copies_just_that()
    {
        var memory = new GuestMemory();
        byte* from = stackalloc byte[80], to = stackalloc byte[80];
        for (int i = 0; i < 80; i++) from[i] = (byte)(i + 1);
        for (int length = 0; length < 70; length++)
        {
            new Span<byte>(to, 80).Clear();
            Assert.True(memory.TryRead((ulong)from, to, (nuint)length));
            Assert.True(new Span<byte>(from, length).SequenceEqual(new Span<byte>(to, length)));
            Assert.Equal(-1, new Span<byte>(to + length, 80 - length).IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public void Exchanging_a_word_of_read_only_memory_fails()
    {
        var space = new AddressSpace(new MemoryMap());
        var memory = new GuestMemory();
        ulong page = (ulong)space.MapPages(0, 4096, 3, PrivateAnonymous, -1, 0);
        Assert.True(memory.TryCompareExchange(page, 0, 0xFFFF_FFFF, out uint seen));
        Assert.Equal(0u, seen);
        Assert.True(memory.TryCompareExchange(page, 1, 2, out seen));
        Assert.Equal(0xFFFF_FFFF, seen);
        space.Protect(page, 4096, 1);
        Assert.False(memory.TryCompareExchange(page, 0xFFFF_FFFF, 1, out _));
        space.Unmap(page, 4096);
    }
}
