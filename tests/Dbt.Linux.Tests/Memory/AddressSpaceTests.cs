using Dbt.Linux.Host;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Tests.Memory;

public sealed unsafe class AddressSpaceTests
{
    const long PrivateAnonymous = 0x22, Fixed = 0x10, ReadWrite = 3, ReadExecute = 5;

    sealed class Watcher : ICodeWatcher
    {
        public List<(ulong Start, ulong Length)> Discarded { get; } = [];
        public void Invalidate(ulong start, ulong length) => Discarded.Add((start, length));
        public void Mapped(in Region region, int descriptor) { }
    }

    static AddressSpace NewSpace(out Watcher watcher) => new(new MemoryMap()) { Watcher = watcher = new Watcher() };

    [Fact]
    public void A_fixed_mapping_cannot_replace_what_is_not_the_guests()
    {
        var space = NewSpace(out _);
        long own = Kernel.Call(Sys.mmap, 0, 3 * 4096, ReadWrite, PrivateAnonymous, -1, 0);
        *(long*)(own + 4096) = 42;
        Assert.Equal(-Errno.ENOMEM, space.MapPages((ulong)own, 2 * 4096, ReadWrite, PrivateAnonymous | Fixed, -1, 0));
        Assert.Equal(0, space.Unmap((ulong)own, 3 * 4096));
        Assert.Equal(-Errno.ENOMEM, space.Protect((ulong)own, 4096, 0));
        Assert.Equal(42, *(long*)(own + 4096));
        Assert.Empty(space.Map.Regions.ToArray());
        Kernel.Call(Sys.munmap, own, 3 * 4096);
    }

    [Fact]
    public void A_fixed_mapping_may_cover_the_guests_pages_and_free_space_together()
    {
        var space = NewSpace(out _);
        ulong start = (ulong)space.MapPages(0, 4 * 4096, ReadWrite, PrivateAnonymous, -1, 0);
        space.Unmap(start + 4096, 4096);
        Assert.Equal((long)start, space.MapPages(start, 4 * 4096, 1, PrivateAnonymous | Fixed, -1, 0));
        Assert.True(space.Map.Allows(start, start + 4 * 4096, Protection.Read));
        Assert.Equal(0, space.Unmap(start, 4 * 4096));
        Assert.Empty(space.Map.Regions.ToArray());
    }

    [Fact]
    public void Guest_code_is_readable_on_the_host_and_executable_only_for_the_guest()
    {
        var space = NewSpace(out _);
        ulong start = (ulong)space.MapPages(0, 4096, 4, PrivateAnonymous, -1, 0);
        Assert.Equal(0, *(int*)start);
        Assert.True(space.Map.Allows(start, start + 4, Protection.Execute));
        string line = File.ReadLines("/proc/self/maps").First(text => text.StartsWith($"{start:x}-", StringComparison.Ordinal) || text.Contains($"-{start + 4096:x} ", StringComparison.Ordinal));
        Assert.Contains(" r--p ", line);
        space.Unmap(start, 4096);
    }

    [Fact]
    public void Translations_are_discarded_when_code_is_unmapped_protected_or_replaced()
    {
        var space = NewSpace(out var watcher);
        ulong data = (ulong)space.MapPages(0, 4096, ReadWrite, PrivateAnonymous, -1, 0);
        space.Unmap(data, 4096);
        Assert.Empty(watcher.Discarded);

        ulong code = (ulong)space.MapPages(0, 2 * 4096, ReadExecute, PrivateAnonymous, -1, 0);
        watcher.Discarded.Clear();
        space.Protect(code, 4096, ReadWrite);
        Assert.Equal((code, 4096UL), Assert.Single(watcher.Discarded));
        watcher.Discarded.Clear();
        space.MapPages(code + 4096, 4096, ReadExecute, PrivateAnonymous | Fixed, -1, 0);
        Assert.Equal((code + 4096, 4096UL), Assert.Single(watcher.Discarded));
        watcher.Discarded.Clear();
        space.Unmap(code, 2 * 4096);
        Assert.Equal((code + 4096, 4096UL), Assert.Single(watcher.Discarded));
    }

    [Fact]
    public void A_flush_reaches_the_aliases_of_the_same_file_page()
    {
        var space = NewSpace(out var watcher);
        ReadOnlySpan<byte> name = "alias\0"u8;
        long file;
        fixed (byte* start = name) file = Kernel.Call(Sys.memfd_create, (long)start, 0);
        Kernel.Call(Sys.ftruncate, file, 3 * 4096);
        ulong writable = (ulong)space.MapPages(0, 3 * 4096, ReadWrite, 1, file, 0);
        ulong executable = (ulong)space.MapPages(0, 2 * 4096, ReadExecute, 1, file, 4096);
        watcher.Discarded.Clear();
        space.Flush(writable, writable + 4096);
        Assert.DoesNotContain(watcher.Discarded, range => range.Start >= executable && range.Start < executable + 2 * 4096);
        // The first flush of a page makes the whole of it code that changes no more without one.
        space.Flush(writable + 4096 + 64, writable + 4096 + 128);
        Assert.Contains((executable, 4096UL), watcher.Discarded);
        watcher.Discarded.Clear();
        space.Flush(writable + 4096 + 64, writable + 4096 + 128);
        Assert.Equal([(writable + 4096 + 64, 64UL), (executable + 64, 64UL)], watcher.Discarded);
        space.Unmap(writable, 3 * 4096);
        space.Unmap(executable, 2 * 4096);
        Kernel.Call(Sys.close, file);
    }

    [Fact]
    public void The_program_break_grows_shrinks_and_stops_at_other_mappings()
    {
        var space = NewSpace(out _);
        ulong area = (ulong)Kernel.Call(Sys.mmap, 0, 64 * 4096, 0, PrivateAnonymous, -1, 0);
        Kernel.Call(Sys.munmap, (long)area, 32 * 4096);
        space.StartProgramBreak(area + 100);
        Assert.Equal((long)area + 100, space.SetProgramBreak(0));
        Assert.Equal((long)area + 20000, space.SetProgramBreak(area + 20000));
        *(byte*)(area + 19999) = 1;
        Assert.Equal((long)area + 20000, space.SetProgramBreak(area + 40 * 4096));
        Assert.Equal((long)area + 5000, space.SetProgramBreak(area + 5000));
        Assert.Equal(area + 2 * 4096, space.Map.Regions[^1].End);
        space.Unmap(area, 32 * 4096);
        Kernel.Call(Sys.munmap, (long)area + 32 * 4096, 32 * 4096);
    }

    [Fact]
    public void A_moved_mapping_is_known_at_its_new_place_only()
    {
        var space = NewSpace(out _);
        ulong start = (ulong)space.MapPages(0, 4096, ReadWrite, PrivateAnonymous, -1, 0);
        *(long*)start = 7;
        ulong target = (ulong)space.MapPages(0, 4 * 4096, 0, PrivateAnonymous, -1, 0);
        Assert.Equal((long)target, space.Remap(start, 4096, 2 * 4096, 3, target));
        Assert.Equal(7, *(long*)target);
        Assert.False(space.Map.TryFind(start, out _));
        Assert.True(space.Map.Allows(target, target + 2 * 4096, Protection.Write));
        Assert.False(space.Map.Allows(target, target + 3 * 4096, Protection.Write));
        space.Unmap(target, 4 * 4096);
    }
}
