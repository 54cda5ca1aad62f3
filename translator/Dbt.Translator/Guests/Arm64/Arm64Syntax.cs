namespace Dbt.Translator.Guests.Arm64;

/// <summary>The pieces of A64 assembly language that the instructions' templates call; the output is that of GNU objdump.</summary>
static partial class Arm64Syntax
{
    /// <summary>A general register, 31 being the zero register.</summary>
    public static string Register(int n, bool sf) => n == 31 ? (sf ? "xzr" : "wzr") : (sf ? "x" : "w") + n;

    /// <summary>A 64-bit general register, 31 being the zero register.</summary>
    public static string X(int n) => Register(n, true);

    /// <summary>A 32-bit general register, 31 being the zero register.</summary>
    public static string W(int n) => Register(n, false);

    /// <summary>A general register, 31 being the stack pointer.</summary>
    public static string OrSp(int n, bool sf) => n == 31 ? (sf ? "sp" : "wsp") : (sf ? "x" : "w") + n;

    /// <summary>A base register.</summary>
    public static string Xsp(int n) => OrSp(n, true);

    /// <summary>A number in hexadecimal.</summary>
    public static string Hex(long value) => value < 0 ? $"-0x{-value:x}" : $"0x{value:x}";
}
