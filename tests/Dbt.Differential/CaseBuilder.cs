namespace Dbt.Differential;

/// <summary>Collects the words of one case, and the values that their registers need.</summary>
/// <remarks>
/// <code>
///   word 0        MRS X30, TPIDR_EL0 (the runner's)
///   word 1..      the case's words
///   next          jump to the end stub (the runner's)
///   word 48..63   constants for literal loads
/// </code>
/// </remarks>
sealed class CaseBuilder(ulong seed)
{
    public const int SlotWords = 64, FirstConstant = 48, MostWords = 40;
    const uint MaskFpcr = MachineState.FpcrMask, MaskFpsr = MachineState.FpsrMask;

    readonly List<uint> words = [];
    readonly List<int> encodings = [];
    readonly Dictionary<int, Operand> operands = [];
    EncodingRandom random = new(seed);

    /// <summary>How many general and vector registers the words of a sequence compute on.</summary>
    public int Registers { get; set; } = 6;

    /// <summary>The words run more than once: an address must not move by an arbitrary register's value.</summary>
    public bool IsLoop { get; set; }

    public int Count => words.Count;
    public ref EncodingRandom Random => ref random;

    public Case ToCase() => new(seed, [.. words], [.. operands.Values], [.. encodings]);

    public void Add(uint word, int encoding = -1)
    {
        words.Add(word);
        encodings.Add(encoding);
    }

    public void Replace(int at, uint word) => words[at] = word;
    public void Set(int register, ulong value) => operands[register] = new(register, value);
    public void SetSlotRelative(int register, ulong value) => operands[register] = new(register, value, true);

    /// <summary>Adds a random word of an encoding, its registers as they come.</summary>
    public void AddAnyRegisters(int encoding)
    {
        for (; ; )
        {
            uint word = Adjust(encoding, Arm64Encodings.Encode(encoding, ref random));
            if (MemoryForm.Of(encoding, word) is { } form)
            {
                if (form.IsUnpredictable(encoding, word)) continue;
                int n = Field.Get(encoding, word, form.Base);
                if (!Aim(form, n, form.Index == null ? -1 : Field.Get(encoding, word, form.Index), encoding, word)) continue;
            }

            ConstrainOperand(encoding, word);
            Add(word, encoding);
            return;
        }
    }

    /// <summary>Adds a random word of an encoding that computes on few registers; base and index registers are not used by other words.</summary>
    /// <param name="fresh">The next register for an address.</param>
    public void AddFewRegisters(int encoding, ref int fresh)
    {
        for (int attempt = 0; attempt < 200; attempt++)
        {
            uint word = Adjust(encoding, Arm64Encodings.Encode(encoding, ref random));
            foreach (string name in RegisterFields)
            {
                if (Field.Has(encoding, name)) word = Field.Set(encoding, word, name, random.Below(14) == 0 ? 31 : random.Below(Registers));
            }

            int next = fresh;
            var form = MemoryForm.Of(encoding, word);
            string name0 = Arm64Encodings.All[encoding].Name;
            if (form is { } memory)
            {
                word = Field.Set(encoding, word, memory.Base, next++);
                if (memory.Index != null) word = Field.Set(encoding, word, memory.Index, next++);
            }
            else if (name0 is "WriteFpcr" or "WriteFpsr")
            {
                word = Field.Set(encoding, word, "Rt", next++);
            }

            if (next > 28 || Arm64Encodings.IndexOf(word) != encoding || !Arm64Encodings.IsAllocated(encoding, word)) continue;
            if (IsLoop && form is { WritesBase: true } && Field.Has(encoding, "Rm") && Field.Get(encoding, word, "Rm") != 31) continue;
            if (form is { } access && (access.IsUnpredictable(encoding, word) || !Aim(access, fresh, access.Index == null ? -1 : fresh + 1, encoding, word))) continue;
            ConstrainOperand(encoding, word);
            fresh = next;
            Add(word, encoding);
            return;
        }
    }

    static readonly string[] RegisterFields = ["Rd", "Rn", "Rm", "Ra", "Rt", "Rt2", "Rs"];

    // Literals lie among the slot's constants; a HLT immediate must not be a semihosting call.
    uint Adjust(int encoding, uint word) => Arm64Encodings.All[encoding].Name switch
    {
        "LoadLiteral" or "LoadLiteralSignedWord" or "PrefetchLiteral" or "LoadVectorLiteral" => Field.Set(encoding, word, "imm19", FirstConstant + random.Below(12) - (Count + 1)),
        "PermanentlyUndefined" when word == 0xD45E0000 => word ^ 0x20,
        _ => word,
    };

    // Reserved bits of control registers stay zero.
    void ConstrainOperand(int encoding, uint word)
    {
        string name = Arm64Encodings.All[encoding].Name;
        int t = Field.Get(encoding, word, "Rt");
        if (t == 31) return;
        if (name == "WriteFpcr") Set(t, random.Next() & MaskFpcr);
        if (name == "WriteFpsr") Set(t, random.Next() & MaskFpsr);
    }

    static bool IsMultiple(int encoding) => Arm64Encodings.All[encoding].Chapter == "Simd.Structures" || Arm64Encodings.All[encoding].Name == "LoadStoreVectorPair";

    /// <summary>Chooses base and index so that the access hits the window: now and then beyond its page, or unaligned.</summary>
    bool Aim(MemoryForm form, int n, int m, int encoding, uint word)
    {
        long index = 0;
        if (m >= 0 && m != 31)
        {
            // 32-bit indices have garbage above; only signed ones may be negative.
            int option = Field.Get(encoding, word, "option");
            bool isWord = (option & 1) == 0, isSigned = (option & 4) != 0;
            index = isWord && !isSigned ? random.Below(16) : random.Below(32) - 16;
            ulong value = isWord ? (uint)index | random.Next() << 32 : (ulong)index;
            Set(m, value);
            index <<= form.Shift;
        }

        int places = (MachineState.MemorySize - form.Size) / form.Alignment + 1;
        ulong address = MachineState.WindowAt + (ulong)(random.Below(places) * form.Alignment);
        int kind = random.Below(64);
        // What a partly done access of several registers leaves behind is not defined: those fault as a whole.
        if (kind == 0 && !IsMultiple(encoding)) address = MachineState.DataAt + MachineState.PageSize - (ulong)(form.Size - form.Size / 2) / (ulong)form.Alignment * (ulong)form.Alignment;
        if (kind == 1) address = random.Below(2) == 0 ? (ulong)(form.Alignment * random.Below(16)) : MachineState.DataAt - (ulong)form.Alignment;
        ulong start = address - (ulong)form.Offset - (ulong)index;
        if (n == 31 && (start & 15) != 0) return false;
        Set(n, start);
        return true;
    }
}
