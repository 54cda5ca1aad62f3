namespace Dbt.Differential;

/// <summary>What the comparison leaves out, and why. Everything else must be equal to the last bit.</summary>
static class Exclusions
{
    /// <summary>Encodings that are never run: their results are the implementation's own.</summary>
    // A name, or a name and a part of the pattern.
    static readonly (string Encoding, string Why)[] NotCompared =
    [
        ("SupervisorCall", "a system call's meaning is the kernel's; guest programs test them"),
        ("ReadCacheType", "cache geometry is the implementation's"),
        ("ReadZeroBlockId", "the size of DC ZVA's block is the implementation's"),
        ("ZeroBlock", "as its block is the implementation's"),
        ("ReadCounterFrequency", "the implementation's"),
        ("ReadVirtualCounter", "time"),
        ("ReadIdRegister", "identification is the implementation's"),
        ("ReadReadOnlyThreadPointer", "qemu-user 7.2 lets other values than Linux's zero be seen"),
        ("FloatToJavaScript", "qemu-user 7.2 sets Z for a positive denormal that FPCR.FZ makes zero (Arm ARM J1.3, FPToFixedJS)"),
        ("ScalarHalfToFixed U=0", "qemu-user 7.2 extends a negative result to 32 bits"),
        ("CleanDataCache 1100 001", "qemu-user 7.2 does not know DC CVAP of programs, though it offers FEAT_DPB"),
        ("CleanDataCache 1101 001", "qemu-user 7.2 does not know DC CVADP of programs, though it offers FEAT_DPB2"),
    ];

    public static string? WhyNotCompared(int encoding)
    {
        var data = Arm64Encodings.All[encoding];
        foreach (var (excluded, why) in NotCompared)
        {
            int space = excluded.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 ? excluded == data.Name : data.Name == excluded[..space] && data.Pattern.Contains(excluded[(space + 1)..], StringComparison.Ordinal)) return why;
        }

        return null;
    }

    /// <summary>
    /// Whether a signal may show older flags than those that the instruction before it saw: behind a branch, flags that the program overwrites before it can read them are not kept
    /// (docs/decisions/condition-flags.md). Then NZCV in the signal frame is not compared.
    /// </summary>
    public static bool MayShowOlderFlags(Case item)
    {
        foreach (int encoding in item.Encodings)
        {
            if (encoding >= 0 && Arm64Encodings.All[encoding].Name is ("BranchConditional" or "CompareAndBranch" or "TestAndBranch")) return true;
        }

        return false;
    }
}
