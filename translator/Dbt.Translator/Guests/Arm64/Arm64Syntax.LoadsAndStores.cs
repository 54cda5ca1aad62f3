namespace Dbt.Translator.Guests.Arm64;

/// <summary>Names and addresses of the loads and stores.</summary>
static partial class Arm64Syntax
{
    /// <summary>Whether (size, opc) is a load or store of a general register: no prefetch, and nothing is sign-extended to its own size.</summary>
    public static bool IsLoadStore(int size, int opc) => opc < 2 || size + (opc - 2) < 3;

    /// <summary>LD or ST.</summary>
    public static string LoadStore(bool load) => load ? "ld" : "st";

    /// <summary>A load's or store's name around its stem, as in LDR + SB, STT + R + H.</summary>
    public static string LoadStoreName(int size, int opc, string stem) =>
        (opc == 0 ? "st" : "ld") + stem + (opc >= 2 ? "s" : "") + (size == 2 && opc == 2 ? "w" : SizeSuffix(size));

    /// <summary>STLUR and LDAPUR and their kind: the order's letters differ between loads and stores.</summary>
    public static string LoadStoreName(int size, int opc, string loadOrder, string stem) => LoadStoreName(size, opc, (opc == 0 ? "l" : loadOrder) + stem);

    /// <summary>B, H or nothing.</summary>
    public static string SizeSuffix(int size) => size switch
    {
        0 => "b",
        1 => "h",
        _ => "",
    };

    /// <summary>SW of LDPSW.</summary>
    public static string Sw(int opc) => opc == 1 ? "sw" : "";

    /// <summary>The register loaded or stored.</summary>
    public static string Transfer(int t, int size, int opc) => Register(t, opc == 2 || (size == 3 && opc < 2));

    /// <summary>The register after an even one.</summary>
    public static string NextRegister(int n, bool sf) => Register(n + 1, sf);

    /// <summary>A of LDAXR.</summary>
    public static string Acquire(bool o0) => o0 ? "a" : "";

    /// <summary>L of STLXR.</summary>
    public static string Release(bool o0) => o0 ? "l" : "";

    /// <summary>L of LDLAR and STLLR.</summary>
    public static string LimitedOrdering(bool o0) => o0 ? "" : "l";

    /// <summary>A, L or AL.</summary>
    public static string AcquireRelease(bool acquire, bool release) => (acquire ? "a" : "") + (release ? "l" : "");

    /// <summary>The operation of LDADD and its kind.</summary>
    public static string AtomicName(int opc) => opc switch
    {
        0 => "add",
        1 => "clr",
        2 => "eor",
        3 => "set",
        4 => "smax",
        5 => "smin",
        6 => "umax",
        _ => "umin",
    };

    /// <summary>A prefetch operation, or its number where it has no name.</summary>
    public static string Prefetch(int operation)
    {
        int type = operation >> 3, level = (operation >> 1) & 3;
        if (type == 3 || level == 3) return $"#0x{operation:x2}";
        return (type == 0 ? "pld" : type == 1 ? "pli" : "pst") + $"l{level + 1}" + ((operation & 1) != 0 ? "strm" : "keep");
    }

    static string Base(int n, long offset) => offset == 0 ? $"[{Xsp(n)}]" : $"[{Xsp(n)}, #{offset}]";

    /// <summary>Base and scaled 7-bit offset of a pair of 2^(2 + opc / 2) bytes each.</summary>
    public static string Offset(int n, int imm7, int opc) => Base(n, PairOffset(imm7, opc));

    /// <summary>The same, written back before.</summary>
    public static string PairPreIndex(int n, int imm7, int opc) => $"[{Xsp(n)}, #{PairOffset(imm7, opc)}]!";

    /// <summary>The same, written back after.</summary>
    public static string PairPostIndex(int n, int imm7, int opc) => $"[{Xsp(n)}], #{PairOffset(imm7, opc)}";

    static long PairOffset(int imm7, int opc) => Arm64Immediate.Signed(imm7, 7) << (opc == 2 ? 3 : 2);

    /// <summary>Base and signed 9-bit offset.</summary>
    public static string UnscaledOffset(int n, int imm9) => Base(n, Arm64Immediate.Signed(imm9, 9));

    /// <summary>The same, written back before.</summary>
    public static string PreIndex(int n, int imm9) => $"[{Xsp(n)}, #{Arm64Immediate.Signed(imm9, 9)}]!";

    /// <summary>The same, written back after.</summary>
    public static string PostIndex(int n, int imm9) => $"[{Xsp(n)}], #{Arm64Immediate.Signed(imm9, 9)}";

    /// <summary>Base and unsigned 12-bit offset in units of the access.</summary>
    public static string UnsignedOffset(int n, int imm12, int size) => Base(n, (long)imm12 << size);

    /// <summary>Base and index register, extended and perhaps scaled.</summary>
    public static string RegisterOffset(int n, int m, int option, bool scaled, int size)
    {
        string index = $"[{Xsp(n)}, {Register(m, (option & 1) != 0)}";
        if (option != 3) return index + $", {Extends[option]}" + (scaled ? $" #{size}]" : "]");
        return index + (scaled ? $", lsl #{size}]" : "]");
    }
}
