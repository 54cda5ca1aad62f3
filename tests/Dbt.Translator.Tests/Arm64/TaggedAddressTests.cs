using Dbt.Translator.Guests;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Arm64;

public sealed class TaggedAddressTests
{
    [Theory]
    [InlineData(0xf9400420, "ldr x0, [x1, #8]")]
    [InlineData(0xa9bf0820, "stp x0, x2, [x1, #-16]!")]
    [InlineData(0xc85ffc20, "ldaxr x0, [x1]")]
    [InlineData(0xc8027c20, "stxr w2, x0, [x1]")]
    [InlineData(0xf8220020, "ldadd x2, x0, [x1]")]
    [InlineData(0xc8a27c20, "cas x2, x0, [x1]")]
    [InlineData(0x4c000020, "st4 {v0.16b - v3.16b}, [x1]")]
    [InlineData(0x4d40e420, "ld2r")]
    [InlineData(0x3dc00420, "ldr q0, [x1, #16]")]
    [InlineData(0xf8626820, "ldr x0, [x1, x2]")]
    [InlineData(0xd50b7421, "dc zva, x1")]
    public void Every_access_of_code_that_uses_tags_ignores_the_top_byte(uint word, string assembly)
    {
        using var source = new GuestCode(word) { UsesTags = true };
        using var block = new IrBlock(Arm64State.Layout);
        var reader = new CodeReader(source);
        Arm64Guest.Instance.CreateLifter(block).Lift(new Location(GuestCode.Address), ref reader, 1);
        IrVerifier.Verify(block);
        int accesses = 0;
        for (int i = 1; i < block.Count; i++)
        {
            if (block[i].Opcode is < Opcode.Load or > Opcode.StoreExclusive || block[i].Opcode == Opcode.Fence) continue;
            accesses++;
            ref IrOp address = ref block[block[i].A];
            Assert.True(address.Opcode == Opcode.ExtractSigned && (block[i].Opcode is not (Opcode.Load or Opcode.Store) || block[i].Imm == 0), assembly);
        }
        Assert.True(accesses > 0, assembly);
    }

    [Theory]
    [InlineData(0x80_0000_0000_1234, 0xFF80_0000_0000_1234)]
    [InlineData(0xA500_7FFF_0000_1234, 0x7FFF_0000_1234)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF)]
    public void Bit_55_stands_for_the_tag(ulong address, ulong untagged) => Assert.Equal(untagged, Arm64Guest.Instance.Untag(address));
}
