namespace Dbt.Differential;

/// <summary>How an instruction addresses memory, as far as a case must know to aim it at the window.</summary>
/// <param name="Base">Name of the base register's field.</param>
/// <param name="Index">The index register's field, if its value is part of the address.</param>
/// <param name="Offset">What is added to the base before the access, in bytes.</param>
/// <param name="Shift">Left shift of the index.</param>
/// <param name="Size">Bytes accessed.</param>
/// <param name="Alignment">Bytes to which the address must be aligned.</param>
/// <param name="WritesBase">The base changes.</param>
readonly record struct MemoryForm(string Base, string? Index, long Offset, int Shift, int Size, int Alignment, bool WritesBase)
{
    /// <summary>The form of a word; null if it accesses no memory or a literal.</summary>
    public static MemoryForm? Of(int encoding, uint word)
    {
        int F(string name) => Field.Get(encoding, word, name);
        long Signed(string name) => Field.Signed(encoding, word, name);
        int size = F("size"), pairSize = F("opc") == 2 ? 3 : 2, wide = size | F("wide") << 2, vectorPair = F("opc") + 2;

        MemoryForm Plain(long offset, int bytes, bool writesBase = false) => new("Rn", null, offset, 0, bytes, 1, writesBase);
        MemoryForm Indexed(int scale) => new("Rn", "Rm", 0, F("S") != 0 ? scale : 0, 1 << scale, 1, false);
        MemoryForm Aligned(int bytes, long offset = 0) => new("Rn", null, offset, 0, bytes, bytes, false);
        MemoryForm Structure(int bytes) => Plain(0, bytes, F("post") != 0);

        int members = (F("R") | F("sel") << 1) + 1;
        return Arm64Encodings.All[encoding].Name switch
        {
            "LoadStorePairOffset" => Plain(Signed("imm7") << pairSize, 2 << pairSize),
            "LoadStorePairPreIndex" => Plain(Signed("imm7") << pairSize, 2 << pairSize, true),
            "LoadStorePairPostIndex" => Plain(0, 2 << pairSize, true),
            "LoadStoreUnscaledImmediate" => Plain(Signed("imm9"), 1 << size),
            "LoadStorePostIndex" => Plain(0, 1 << size, true),
            "LoadStorePreIndex" => Plain(Signed("imm9"), 1 << size, true),
            "LoadStoreRegisterOffset" => Indexed(size),
            "LoadStoreUnsignedImmediate" => Plain((long)F("imm12") << size, 1 << size),
            "Prefetch" => Plain(0, 1),
            "LoadAcquireStoreReleaseUnscaled" => Aligned(1 << size, Signed("imm9")),
            "LoadExclusive" or "StoreExclusive" or "LoadAcquire" or "StoreRelease" or "LoadAcquireRcpc" or "CompareAndSwap" or "AtomicMemoryOperation" or "Swap" => Aligned(1 << size),
            "LoadExclusivePair" or "StoreExclusivePair" or "CompareAndSwapPair" => Aligned(8 << F("sz")),
            "LoadStoreVectorOffset" => Plain((long)F("imm12") << wide, 1 << wide),
            "LoadStoreVectorUnscaled" => Plain(Signed("imm9"), 1 << wide),
            "LoadStoreVectorIndexed" => Plain(F("pre") != 0 ? Signed("imm9") : 0, 1 << wide, true),
            "LoadStoreVectorRegister" => Indexed(wide),
            "LoadStoreVectorPair" => Plain(F("mode") == 1 ? 0 : Signed("imm7") << vectorPair, 2 << vectorPair, (F("mode") & 1) != 0),
            "LoadStoreMultipleStructures" => Structure((F("Q") != 0 ? 16 : 8) * Arm64Lifter.StructureRegisters(F("opcode"))),
            "LoadStoreSingleStructureB" => Structure(members),
            "LoadStoreSingleStructureH" => Structure(members << 1),
            "LoadStoreSingleStructureS" => Structure(members << 2),
            "LoadStoreSingleStructureD" => Structure(members << 3),
            "LoadReplicate" => Structure(members << size),
            "CleanDataCache" or "InvalidateInstructionCache" => new("Rt", null, 0, 0, 1, 1, false),
            _ => null,
        };
    }

    /// <summary>Whether the registers of the word make it unpredictable: a written-back base that is also data, a status register that is also operand, one register loaded twice; or qemu-user 7.2 is wrong: CASP with X30 and XZR writes SP.</summary>
    public bool IsUnpredictable(int encoding, uint word)
    {
        string name = Arm64Encodings.All[encoding].Name;
        int n = Field.Get(encoding, word, Base), t = Field.Get(encoding, word, "Rt"), t2 = Field.Get(encoding, word, "Rt2"), s = Field.Get(encoding, word, "Rs");
        bool isPair = Field.Has(encoding, "Rt2"), isVector = Arm64Encodings.All[encoding].Chapter.StartsWith("Simd", StringComparison.Ordinal);
        if (WritesBase && !isVector && n != 31 && (n == t || isPair && n == t2)) return true;
        if (name is "StoreExclusive" or "StoreExclusivePair" && (s == t || isPair && s == t2 || s == n && n != 31)) return true;
        if (!isVector && isPair && t == t2 && (name == "LoadExclusivePair" || Field.Get(encoding, word, "L") == 1)) return true;
        if (name == "CompareAndSwapPair" && s == 30) return true;
        return Index != null && (Field.Get(encoding, word, Index) == n || Field.Get(encoding, word, Index) == 31 && n == 31);
    }
}
