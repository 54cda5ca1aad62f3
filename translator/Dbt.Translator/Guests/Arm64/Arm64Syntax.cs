namespace Dbt.Translator.Guests.Arm64;

/// <summary>The pieces of A64 assembly language that the instructions' templates call; the output is that of GNU objdump.</summary>
/// <remarks>In parts: registers and numbers here, the names and operand forms of each group of instructions in files of their own.</remarks>
static partial class Arm64Syntax
{
    static readonly string[] Conditions = ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"];
    static readonly string[] Shifts = ["lsl", "lsr", "asr", "ror"];
    static readonly string[] Extends = ["uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"];

    /// <summary>A general register, 31 being the zero register.</summary>
    public static string Register(int n, bool sf) => n == 31 ? (sf ? "xzr" : "wzr") : (sf ? "x" : "w") + n;

    /// <summary>A 64-bit general register, 31 being the zero register.</summary>
    public static string X(int n) => Register(n, true);

    /// <summary>A 32-bit general register, 31 being the zero register.</summary>
    public static string W(int n) => Register(n, false);

    /// <summary>A general register, 31 being the stack pointer.</summary>
    public static string OrSp(int n, bool sf) => n == 31 ? (sf ? "sp" : "wsp") : (sf ? "x" : "w") + n;

    /// <summary>A general register, 31 being the stack pointer unless a condition holds.</summary>
    public static string OrSpUnless(int n, bool sf, bool zero) => zero ? Register(n, sf) : OrSp(n, sf);

    /// <summary>A base register.</summary>
    public static string Xsp(int n) => OrSp(n, true);

    /// <summary>A number in decimal.</summary>
    public static string Text(int value) => value.ToString();

    /// <summary>A number in hexadecimal.</summary>
    public static string Hex(long value) => value < 0 ? $"-0x{-value:x}" : $"0x{value:x}";

    /// <summary>A register's value in hexadecimal.</summary>
    public static string HexUnsigned(ulong value) => $"0x{value:x}";

    /// <summary>A condition.</summary>
    public static string Condition(int cond) => Conditions[cond];

    /// <summary>The opposite of a condition.</summary>
    public static string Inverted(int cond) => Conditions[cond ^ 1];

    /// <summary>A branch's target: a signed number of words from the instruction.</summary>
    public static string Label(ulong pc, int imm, int bits) => HexUnsigned(pc + (ulong)(Arm64Immediate.Signed(imm, bits) * 4));

    /// <summary>ADR's result.</summary>
    public static string PcRelative(ulong pc, int immhi, int immlo) => HexUnsigned(pc + (ulong)(Arm64Immediate.Signed(immhi, 19) * 4 + immlo));

    /// <summary>ADRP's result.</summary>
    public static string PcRelativePage(ulong pc, int immhi, int immlo) =>
        HexUnsigned((pc & ~0xFFFUL) + (ulong)((Arm64Immediate.Signed(immhi, 19) * 4 + immlo) << 12));

    /// <summary>The shift of an immediate by 12, if there is one.</summary>
    public static string Lsl12(bool sh) => sh ? ", lsl #12" : "";

    /// <summary>The shift of MOVZ, MOVN and MOVK, if there is one.</summary>
    public static string LslHalfwords(int hw) => hw == 0 ? "" : $", lsl #{16 * hw}";

    /// <summary>The shift of a register operand, if there is one.</summary>
    public static string Shift(int shift, int amount) => shift == 0 && amount == 0 ? "" : $", {Shifts[shift]} #{amount}";

    /// <summary>A register operand that is extended to 32 or 64 bits: X for the 64-bit extensions, else W.</summary>
    public static string ExtendedRegister(int m, bool sf, int option) => Register(m, sf && (option & 3) == 3);

    /// <summary>The extension of a register operand. Beside the stack pointer, the one of full width is LSL, and left out when it does nothing.</summary>
    public static string Extend(bool sf, int option, int amount, bool besideSp)
    {
        if (besideSp && option == (sf ? 3 : 2)) return amount == 0 ? "" : $", lsl #{amount}";
        return amount == 0 ? $", {Extends[option]}" : $", {Extends[option]} #{amount}";
    }
}
