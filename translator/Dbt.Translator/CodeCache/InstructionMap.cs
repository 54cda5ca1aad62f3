using Dbt.Translator.Ir;

namespace Dbt.Translator.CodeCache;

/// <summary>The locations of a block's guest instructions, by their number: kept beside the code, since guest memory may have changed when a fault asks.</summary>
/// <remarks>One byte per instruction after the first: the distance of its pc from the one before, or <see cref="Escape"/> and the 8 bytes of its location.</remarks>
static unsafe class InstructionMap
{
    const byte Escape = 0xFF;

    /// <summary>Most bytes that a block of so many instructions needs.</summary>
    public static int MaxSize(int instructions) => 9 * instructions;

    /// <summary>Encodes the block's instructions; returns the number of bytes.</summary>
    public static int Write(IrBlock block, byte* destination)
    {
        byte* at = destination;
        var previous = block.Start;
        for (int i = 1; i < block.InstructionCount; i++)
        {
            var location = block.InstructionAt(i);
            ulong distance = location.Bits - previous.Bits;
            if (distance < Escape)
            {
                *at++ = (byte)distance;
            }
            else
            {
                *at++ = Escape;
                *(ulong*)at = location.Bits;
                at += sizeof(ulong);
            }
            previous = location;
        }
        return (int)(at - destination);
    }

    /// <summary>The location of an instruction.</summary>
    public static Location Read(BlockInfo* info, int instruction)
    {
        ulong location = info->Location;
        byte* at = info->Instructions;
        for (int i = 0; i < instruction; i++)
        {
            byte distance = *at++;
            if (distance == Escape)
            {
                location = *(ulong*)at;
                at += sizeof(ulong);
            }
            else
            {
                location += distance;
            }
        }
        return new Location(location);
    }
}
