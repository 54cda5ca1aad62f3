namespace Dbt.Differential;

/// <summary>Makes cases: single instructions, branches with landing pads, and sequences.</summary>
static class CaseGenerator
{
    const uint Nop = 0xD503201F;

    /// <summary>The encodings that are compared.</summary>
    public static int[] Compared { get; } = [.. Enumerable.Range(0, Arm64Encodings.Count).Where(encoding => Exclusions.WhyNotCompared(encoding) == null)];

    // A store-exclusive whose load-exclusive had another size is unpredictable, so sequences have them in matching pairs only.
    // FPSR is compared at the end, where its known limits can be told.
    static readonly int[] Straight = [.. Compared.Where(encoding => Chapter(encoding) is not ("Branches" or "Exception generation") && Name(encoding) is not ("StoreExclusive" or "StoreExclusivePair" or "ReadFpsr"))];
    static readonly int[] Integer = [.. Straight.Where(encoding => Chapter(encoding) is "Conditional and flags" or "Data processing immediate" or "Data processing register" or "Loads and stores" or "Loads and stores.Exclusive" || Name(encoding) is "ReadFlags" or "WriteFlags")];
    static readonly int[] Vector = [.. Straight.Where(encoding => Chapter(encoding).StartsWith("Simd", StringComparison.Ordinal) || Chapter(encoding).StartsWith("Float", StringComparison.Ordinal))];
    static readonly int[] ConditionalBranches = [.. Compared.Where(encoding => Name(encoding) is "BranchConditional" or "CompareAndBranch" or "TestAndBranch")];

    static string Chapter(int encoding) => Arm64Encodings.All[encoding].Chapter;
    static string Name(int encoding) => Arm64Encodings.All[encoding].Name;

    /// <summary>One instruction of an encoding.</summary>
    public static Case Single(int encoding, ulong seed)
    {
        var builder = new CaseBuilder(seed);
        if (Chapter(encoding) == "Branches") Branch(builder, encoding);
        else builder.AddAnyRegisters(encoding);
        return builder.ToCase();
    }

    // Every place that the branch may lead to leaves its number in X9.
    //
    //   0 b 5 | 1 pad 1, exit | 3 pad 2, exit | 5 the branch | 6 pad 3, exit | 8 pad 4, exit | 10 pad 5, exit
    static void Branch(CaseBuilder builder, int encoding)
    {
        const int at = 5, end = 12;
        builder.Add(Jump(5));
        void Pad(int number)
        {
            builder.Add(0x91000129 | (uint)number << 10);
            builder.Add(Jump(end - builder.Count));
        }

        Pad(1);
        Pad(2);
        ref var random = ref builder.Random;
        uint word = Arm64Encodings.Encode(encoding, ref random);
        int[] pads = [1, 3, 6, 8, 10];
        int target = pads[random.Below(pads.Length)];
        foreach (string name in (string[])["imm26", "imm19", "imm14"])
        {
            if (Field.Has(encoding, name)) word = Field.Set(encoding, word, name, target - at);
        }

        if (Field.Has(encoding, "Rn"))
        {
            if (Field.Get(encoding, word, "Rn") == 31) word = Field.Set(encoding, word, "Rn", 30);
            // Word 0 of the slot is the runner's.
            builder.SetSlotRelative(Field.Get(encoding, word, "Rn"), (ulong)(4 * (target + 1)));
        }

        builder.Add(word, encoding);
        Pad(3);
        Pad(4);
        Pad(5);
    }

    static uint Jump(int words) => 0x14000000 | (uint)words & 0x3FFFFFF;

    /// <summary>
    /// Two to twelve instructions on few registers, or up to 36 on more than the host has; sometimes with conditional branches over some of them,
    /// sometimes as a loop of a few rounds.
    /// </summary>
    public static Case Sequence(ulong seed)
    {
        const int counter = 28;
        var builder = new CaseBuilder(seed);
        ref var random = ref builder.Random;
        int kind = random.Below(20);
        int[] pool = kind < 10 ? Integer : kind < 15 ? Vector : Straight;
        bool isWide = random.Below(10) == 0, isLoop = random.Below(8) == 0;
        if (isWide) builder.Registers = 20;
        builder.IsLoop = isLoop;
        int length = isWide ? 16 + random.Below(20) : 2 + random.Below(11), fresh = isWide ? 20 : 10;
        if (kind == 19) Exclusives(builder, ref fresh);

        bool branches = random.Below(3) == 0;
        var pending = new List<(int At, int Encoding, uint Word)>();
        while (builder.Count < length)
        {
            if (branches && random.Below(4) == 0)
            {
                int encoding = ConditionalBranches[random.Below(ConditionalBranches.Length)];
                uint word = Arm64Encodings.Encode(encoding, ref random);
                if (Field.Has(encoding, "Rt")) word = Field.Set(encoding, word, "Rt", random.Below(builder.Registers));
                pending.Add((builder.Count, encoding, word));
                builder.Add(word, encoding);
            }
            else
            {
                builder.AddFewRegisters(pool[random.Below(pool.Length)], ref fresh);
            }
        }

        // A branch leads to one of the next words, or to the end.
        foreach (var (at, encoding, word) in pending)
        {
            int distance = 1 + random.Below(Math.Min(4, builder.Count - at));
            builder.Replace(at, Field.Set(encoding, word, Field.Has(encoding, "imm14") ? "imm14" : "imm19", distance));
        }

        if (isLoop)
        {
            int start = -builder.Count - 1;
            builder.Set(counter, (ulong)(1 + random.Below(4)));
            builder.Add(0xD1000400 | counter << 5 | counter);
            builder.Add(0xB5000000 | ((uint)start & 0x7FFFF) << 5 | counter);
        }

        return builder.ToCase();
    }

    // A load-exclusive, some arithmetic, and the store-exclusive of its size and address.
    static void Exclusives(CaseBuilder builder, ref int fresh)
    {
        ref var random = ref builder.Random;
        int size = random.Below(6), address = fresh++, status = random.Below(3), data = 3 + random.Below(3), other = random.Below(3);
        uint pair = size >= 4 ? 1u << 21 : 0, bits = size >= 4 ? (uint)(size - 2) << 30 : (uint)size << 30;
        int bytes = size >= 4 ? 8 << (size - 4) : 1 << size;
        uint load = 0x085F0000 | bits | pair | (uint)random.Below(2) << 15, store = 0x08000000 | bits | pair | (uint)random.Below(2) << 15;
        // Second registers of pairs, ones where there is none.
        uint loadSecond = pair != 0 ? 6u : 31u, storeSecond = pair != 0 ? (uint)other + 3 : 31u;
        builder.Set(address, MachineState.WindowAt + (ulong)(random.Below(MachineState.MemorySize / bytes) * bytes));
        uint first = load | loadSecond << 10 | (uint)address << 5 | (uint)random.Below(6);
        uint second = store | (uint)status << 16 | storeSecond << 10 | (uint)address << 5 | (uint)data;
        builder.Add(first, Arm64Encodings.IndexOf(first));
        for (int i = random.Below(3); i > 0; i--) builder.AddFewRegisters(Integer.First(encoding => Name(encoding) == "AddSubtractShiftedRegister"), ref fresh);
        builder.Add(second, Arm64Encodings.IndexOf(second));
    }

    /// <summary>The case with one instruction replaced by a NOP.</summary>
    public static Case Without(Case original, int at)
    {
        uint[] words = [.. original.Words];
        int[] encodings = [.. original.Encodings];
        words[at] = Nop;
        encodings[at] = -1;
        return original with { Words = words, Encodings = encodings };
    }
}
