using Dbt.Linux.Loading;

namespace Dbt.Linux.Tests.Loading;

public sealed class ElfFileTests
{
    [Fact]
    public void A_small_program_is_read()
    {
        var file = ElfImage.Read(ElfImage.Small64());
        Assert.True(file.Is64);
        Assert.False(file.IsBigEndian);
        Assert.Equal(ElfFile.MachineArm64, file.Machine);
        Assert.Equal(0x400078UL, file.Entry);
        var segment = Assert.Single(file.Segments);
        Assert.Equal(0x400000UL, segment.Address);
        Assert.Equal(ElfSegment.Read | ElfSegment.Execute, segment.Flags);
    }

    [Fact]
    public void A_32_bit_big_endian_program_is_read()
    {
        var file = ElfImage.Read(ElfImage.Small32BigEndian());
        Assert.False(file.Is64);
        Assert.True(file.IsBigEndian);
        Assert.Equal(ElfFile.MachineMips, file.Machine);
        Assert.Equal(0x400054UL, file.Entry);
        Assert.Equal(0x1000U, file.Flags);
        var segment = Assert.Single(file.Segments);
        Assert.Equal(0x400000UL, segment.Address);
        Assert.Equal(segment.FileSize + 100, segment.MemorySize);
        Assert.Equal(ElfSegment.Read, segment.Flags);
    }

    [Fact]
    public void Every_truncation_is_refused_with_a_reason()
    {
        foreach (byte[] whole in new[] { ElfImage.Small64(), ElfImage.Small32BigEndian() })
        {
            for (int length = 0; length < whole.Length; length++)
            {
                var refusal = Assert.Throws<LoadException>(() => ElfImage.Read(whole[..length]));
                Assert.NotEmpty(refusal.Message);
                Assert.Equal(126, refusal.ExitCode);
            }
        }
    }

    [Fact]
    public void Random_bytes_behind_the_identification_never_do_more_than_fail()
    {
        var random = new Random(1);
        for (int round = 0; round < 20000; round++)
        {
            byte[] image = ElfImage.Small64();
            int from = round % 2 == 0 ? 6 : 16;
            for (int i = 0; i < 1 + round % 12; i++) image[random.Next(from, image.Length)] = (byte)random.Next(256);
            if (round % 5 == 0) random.NextBytes(image.AsSpan(16));
            try
            {
                ElfImage.Read(image);
            }
            catch (LoadException)
            {
            }
        }
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("#!/bin/sh\n", "it is not an ELF program")]
    [InlineData("hello, world: a text file that is longer than any header could be, and more than that", "it is not an ELF program")]
    public void What_is_not_elf_is_called_so(string content, string reason) =>
        Assert.Equal(reason, Assert.Throws<LoadException>(() => ElfImage.Read(System.Text.Encoding.ASCII.GetBytes(content))).Message);

    [Fact]
    public void A_segment_without_file_bytes_may_have_an_offset_beyond_the_file()
    {
        byte[] image = ElfImage.Small64();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(72), 0x10000);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(96), 0);
        Assert.Single(ElfImage.Read(image).Segments);
    }
}
