using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>LD1-LD4, ST1-ST4 and LD1R-LD4R: structures in memory, their members in separate registers. Arm ARM C4.1.94.</summary>
/// <remarks>
/// Memory is accessed in chunks of 16 bytes, which permutations sort into registers. Members of structures of two and four are separated by taking even and odd elements,
/// of three by a byte table per chunk and member.
/// </remarks>
sealed partial class Arm64Lifter
{
    /// <summary>Number of registers of a load or store of multiple structures.</summary>
    public static int StructureRegisters(int opcode) => opcode switch { 0 or 2 => 4, 4 or 6 => 3, 7 => 1, _ => 2 };

    [Instruction("0 Q 001100 post L 0 Rm:5 opcode:4 size:2 Rn:5 Rt:5",
        Asm = "{Either L \"st\" \"ld\"}{Pick opcode \"4,,1,,3,,1,1,2,,1,,,,,\"} {StructureList Rt opcode size Q}, {StructureAddress post Rn Rm ((Q?16:8)*Arm64Lifter.StructureRegisters(opcode))}",
        When = "(post || Rm == 0) && (opcode == 0 || opcode == 2 || opcode == 4 || opcode == 6 || opcode == 7 || opcode == 8 || opcode == 10) && (size != 3 || Q || opcode == 2 || opcode == 6 || opcode == 7 || opcode == 10)")]
    bool LoadStoreMultipleStructures(bool Q, bool post, bool L, int Rm, int opcode, int size, int Rn, int Rt)
    {
        int count = StructureRegisters(opcode);
        bool interleaved = opcode is 0 or 4 or 8;
        var address = XOrSp(Rn, true);
        Span<Value> registers = stackalloc Value[4];
        Span<Value> chunks = stackalloc Value[4];
        registers = registers[..count];
        if (L)
        {
            if (interleaved)
            {
                LoadChunks(chunks, address, count * (Q ? 16 : 8));
                Deinterleave(Q, size, chunks, registers);
                for (int i = 0; i < count; i++) SetV((Rt + i) & 31, Q, registers[i]);
            }
            else
            {
                for (int i = 0; i < count; i++) registers[i] = LoadV(address, Q ? 4 : 3, i * (Q ? 16 : 8));
                for (int i = 0; i < count; i++) SetV((Rt + i) & 31, registers[i]);
            }
        }
        else
        {
            for (int i = 0; i < count; i++) registers[i] = V((Rt + i) & 31);
            if (interleaved)
            {
                Interleave(Q, size, registers, chunks);
                StoreChunks(chunks, address, count * (Q ? 16 : 8));
            }
            else
            {
                for (int i = 0; i < count; i++) ir.Store(address, registers[i], MemoryAccess.Of(Q ? 4 : 3), i * (Q ? 16 : 8));
            }
        }

        StructureWriteBack(post, Rn, Rm, address, count * (Q ? 16 : 8));
        return true;
    }

    void StructureWriteBack(bool post, int Rn, int Rm, Value address, int bytes)
    {
        if (post) SetXOrSp(Rn, ir.Add(address, Rm == 31 ? ir.Const64((long)bytes) : X(Rm, true)));
    }

    void LoadChunks(Span<Value> chunks, Value address, int bytes)
    {
        for (int at = 0; at < bytes; at += 16) chunks[at >> 4] = LoadV(address, bytes - at >= 16 ? 4 : 3, at);
    }

    void StoreChunks(Span<Value> chunks, Value address, int bytes)
    {
        for (int at = 0; at < bytes; at += 16) ir.Store(address, chunks[at >> 4], MemoryAccess.Of(bytes - at >= 16 ? 4 : 3), at);
    }

    /// <summary>Chunks of memory to one register per member; the upper halves are unspecified when Q = 0.</summary>
    void Deinterleave(bool Q, int size, Span<Value> chunks, Span<Value> members)
    {
        Value Even(Value a, Value b) => ir.VBinary(Opcode.VUnzipEven, size, a, b);
        Value Odd(Value a, Value b) => ir.VBinary(Opcode.VUnzipOdd, size, a, b);
        switch (members.Length)
        {
            case 2:
                members[0] = Even(chunks[0], chunks[Q ? 1 : 0]);
                members[1] = Odd(chunks[0], chunks[Q ? 1 : 0]);
                break;
            case 3:
                for (int member = 0; member < 3; member++) members[member] = TakeThird(Q, size, chunks, member);
                break;
            default:
                Value even = Even(chunks[0], chunks[1]), odd = Odd(chunks[0], chunks[1]);
                Value even2 = Q ? Even(chunks[2], chunks[3]) : even, odd2 = Q ? Odd(chunks[2], chunks[3]) : odd;
                members[0] = Even(even, even2);
                members[1] = Even(odd, odd2);
                members[2] = Odd(even, even2);
                members[3] = Odd(odd, odd2);
                break;
        }
    }

    void Interleave(bool Q, int size, Span<Value> members, Span<Value> chunks)
    {
        Value Low(Value a, Value b) => ir.VBinary(Opcode.VZipLow, size, a, b);
        Value High(Value a, Value b) => ir.VBinary(Opcode.VZipHigh, size, a, b);
        switch (members.Length)
        {
            case 2:
                chunks[0] = Low(members[0], members[1]);
                if (Q) chunks[1] = High(members[0], members[1]);
                break;
            case 3:
                for (int chunk = 0; chunk < (Q ? 3 : 2); chunk++) chunks[chunk] = MixThirds(Q, size, members, chunk);
                break;
            default:
                Value low02 = Low(members[0], members[2]), low13 = Low(members[1], members[3]);
                chunks[0] = Low(low02, low13);
                chunks[1] = High(low02, low13);
                if (!Q) break;
                Value high02 = High(members[0], members[2]), high13 = High(members[1], members[3]);
                chunks[2] = Low(high02, high13);
                chunks[3] = High(high02, high13);
                break;
        }
    }

    /// <summary>Gathers one member of structures of three from the chunks.</summary>
    Value TakeThird(bool Q, int size, Span<Value> chunks, int member)
    {
        Value result = default;
        Span<byte> table = stackalloc byte[16];
        for (int chunk = 0; chunk < (Q ? 3 : 2); chunk++)
        {
            table.Fill(0xFF);
            for (int i = 0; i < (Q ? 16 : 8); i++)
            {
                int structure = i >> size;
                int from = ((structure * 3 + member) << size) + (i & ((1 << size) - 1)) - 16 * chunk;
                if (from is >= 0 and < 16) table[i] = (byte)from;
            }

            result = OrTable(result, chunks[chunk], table);
        }

        return result;
    }

    /// <summary>Makes one chunk of memory from three members.</summary>
    Value MixThirds(bool Q, int size, Span<Value> members, int chunk)
    {
        Value result = default;
        Span<byte> table = stackalloc byte[16];
        for (int member = 0; member < 3; member++)
        {
            table.Fill(0xFF);
            for (int i = 0; i < 16; i++)
            {
                int at = 16 * chunk + i, element = at >> size;
                if (element % 3 == member && at < (Q ? 48 : 24)) table[i] = (byte)((element / 3 << size) + (at & ((1 << size) - 1)));
            }

            result = OrTable(result, members[member], table);
        }

        return result;
    }

    Value OrTable(Value result, Value from, ReadOnlySpan<byte> table)
    {
        var index = ir.VFromPair(ir.Const64(BitConverter.ToUInt64(table)), ir.Const64(BitConverter.ToUInt64(table[8..])));
        var taken = ir.VBinary(Opcode.VTable, 0, from, index);
        return result.IsNone ? taken : ir.VOr(result, taken);
    }

    [Instruction("0 lane 001101 post L R Rm:5 00 sel lane lane:2 Rn:5 Rt:5",
        Asm = "{Either L \"st\" \"ld\"}{Pick (R|sel<<1) \"1,2,3,4\"} {VLaneList Rt ((R|sel<<1)+1) 0 lane}, {StructureAddress post Rn Rm ((R|sel<<1)+1)}", When = "post || Rm == 0")]
    bool LoadStoreSingleStructureB(int lane, bool post, bool L, int R, int Rm, int sel, int Rn, int Rt) => SingleStructure(L, 0, (R | sel << 1) + 1, lane, post, Rn, Rm, Rt);

    [Instruction("0 lane 001101 post L R Rm:5 01 sel lane lane 0 Rn:5 Rt:5",
        Asm = "{Either L \"st\" \"ld\"}{Pick (R|sel<<1) \"1,2,3,4\"} {VLaneList Rt ((R|sel<<1)+1) 1 lane}, {StructureAddress post Rn Rm (((R|sel<<1)+1)*2)}", When = "post || Rm == 0")]
    bool LoadStoreSingleStructureH(int lane, bool post, bool L, int R, int Rm, int sel, int Rn, int Rt) => SingleStructure(L, 1, (R | sel << 1) + 1, lane, post, Rn, Rm, Rt);

    [Instruction("0 lane 001101 post L R Rm:5 10 sel lane 00 Rn:5 Rt:5",
        Asm = "{Either L \"st\" \"ld\"}{Pick (R|sel<<1) \"1,2,3,4\"} {VLaneList Rt ((R|sel<<1)+1) 2 lane}, {StructureAddress post Rn Rm (((R|sel<<1)+1)*4)}", When = "post || Rm == 0")]
    bool LoadStoreSingleStructureS(int lane, bool post, bool L, int R, int Rm, int sel, int Rn, int Rt) => SingleStructure(L, 2, (R | sel << 1) + 1, lane, post, Rn, Rm, Rt);

    [Instruction("0 lane 001101 post L R Rm:5 10 sel 0 01 Rn:5 Rt:5",
        Asm = "{Either L \"st\" \"ld\"}{Pick (R|sel<<1) \"1,2,3,4\"} {VLaneList Rt ((R|sel<<1)+1) 3 ((int)lane)}, {StructureAddress post Rn Rm (((R|sel<<1)+1)*8)}", When = "post || Rm == 0")]
    bool LoadStoreSingleStructureD(int lane, bool post, bool L, int R, int Rm, int sel, int Rn, int Rt) => SingleStructure(L, 3, (R | sel << 1) + 1, lane, post, Rn, Rm, Rt);

    bool SingleStructure(bool load, int size, int count, int lane, bool post, int Rn, int Rm, int Rt)
    {
        var address = XOrSp(Rn, true);
        var type = IntegerType(size == 3);
        if (load)
        {
            Span<Value> elements = stackalloc Value[4];
            for (int i = 0; i < count; i++) elements[i] = ir.Load(type, address, MemoryAccess.Of(size), (long)i << size);
            for (int i = 0; i < count; i++)
            {
                int register = (Rt + i) & 31;
                SetV(register, ir.VInsert(size, V(register), lane, elements[i]));
            }
        }
        else
        {
            for (int i = 0; i < count; i++) ir.Store(address, ir.VExtract(type, size, V((Rt + i) & 31), lane), MemoryAccess.Of(size), (long)i << size);
        }

        StructureWriteBack(post, Rn, Rm, address, count << size);
        return true;
    }

    [Instruction("0 Q 001101 post 1 R Rm:5 11 sel 0 size:2 Rn:5 Rt:5",
        Asm = "ld{Pick (R|sel<<1) \"1,2,3,4\"}r {VList Rt ((R|sel<<1)+1) size Q}, {StructureAddress post Rn Rm (((R|sel<<1)+1)<<size)}", When = "post || Rm == 0")]
    bool LoadReplicate(bool Q, bool post, int R, int Rm, int sel, int size, int Rn, int Rt)
    {
        int count = (R | sel << 1) + 1;
        var address = XOrSp(Rn, true);
        Span<Value> elements = stackalloc Value[4];
        for (int i = 0; i < count; i++) elements[i] = ir.Load(IntegerType(size == 3), address, MemoryAccess.Of(size), (long)i << size);
        for (int i = 0; i < count; i++) SetV((Rt + i) & 31, Q, ir.VBroadcast(size, elements[i]));
        StructureWriteBack(post, Rn, Rm, address, count << size);
        return true;
    }
}
