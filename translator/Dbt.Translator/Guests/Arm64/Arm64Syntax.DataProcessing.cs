namespace Dbt.Translator.Guests.Arm64;

/// <summary>Names of the data processing instructions.</summary>
static partial class Arm64Syntax
{
    /// <summary>ADD, ADDS, SUB, SUBS.</summary>
    public static string AddOrSubtract(bool op, bool s) => (op ? "sub" : "add") + (s ? "s" : "");

    /// <summary>CMN or CMP.</summary>
    public static string CompareOf(bool op) => op ? "cmp" : "cmn";

    /// <summary>AND, ORR, EOR, ANDS and those with an inverted operand.</summary>
    public static string Logical(int opc, bool n) => opc switch
    {
        0 => n ? "bic" : "and",
        1 => n ? "orn" : "orr",
        2 => n ? "eon" : "eor",
        _ => n ? "bics" : "ands",
    };

    /// <summary>MOVN, MOVZ, MOVK.</summary>
    public static string MoveWide(int opc) => opc switch
    {
        0 => "movn",
        2 => "movz",
        _ => "movk",
    };

    /// <summary>CSEL, CSINC, CSINV, CSNEG.</summary>
    public static string ConditionalSelect(bool op, bool o2) => (op ? (o2 ? "csneg" : "csinv") : (o2 ? "csinc" : "csel"));

    /// <summary>LSL, LSR, ASR, ROR by a register.</summary>
    public static string ShiftName(int op2) => Shifts[op2];

    /// <summary>CRC32B to CRC32CX.</summary>
    public static string Crc32(bool castagnoli, int size) => (castagnoli ? "crc32c" : "crc32") + "bhwx"[size];

    /// <summary>ADC, ADCS, SBC, SBCS.</summary>
    public static string AddOrSubtractCarry(bool op, bool s) => (op ? "sbc" : "adc") + (s ? "s" : "");

    /// <summary>NGC, NGCS.</summary>
    public static string NegateCarry(bool s) => s ? "ngcs" : "ngc";

    /// <summary>MADD, MSUB.</summary>
    public static string MultiplyAdd(bool o0) => o0 ? "msub" : "madd";

    /// <summary>MUL, MNEG.</summary>
    public static string Multiply(bool o0) => o0 ? "mneg" : "mul";

    /// <summary>The rest of SMULL, SMNEGL.</summary>
    public static string MultiplyLong(bool o0) => o0 ? "mnegl" : "mull";

    /// <summary>The letter U or S.</summary>
    public static string UnsignedOrSigned(bool unsigned) => unsigned ? "u" : "s";

    /// <summary>CCMN, CCMP.</summary>
    public static string ConditionalCompare(bool op) => op ? "ccmp" : "ccmn";

    /// <summary>SETF8, SETF16.</summary>
    public static string SetFlagsName(bool sz) => sz ? "setf16" : "setf8";

    /// <summary>CBZ, CBNZ.</summary>
    public static string CompareAndBranch(bool op) => op ? "cbnz" : "cbz";

    /// <summary>TBZ, TBNZ.</summary>
    public static string TestAndBranch(bool op) => op ? "tbnz" : "tbz";
}
