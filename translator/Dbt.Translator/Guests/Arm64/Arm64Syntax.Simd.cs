using System.Globalization;
using System.Numerics;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Operands of floating-point and vector instructions.</summary>
static partial class Arm64Syntax
{
    /// <summary>A vector register with its arrangement: <c>v3.16b</c>. Sizes are log2 of the element's bytes.</summary>
    public static string V(int n, int size, bool q) => $"v{n}.{(q ? 16 : 8) >> size}{"bhsdq"[size]}";

    /// <summary>A scalar in a vector register: <c>d3</c>.</summary>
    public static string Scalar(int n, int size) => $"{"bhsdq"[size]}{n}";

    /// <summary>A vector, or a scalar of the element's size.</summary>
    public static string VOrScalar(int n, int size, bool q, bool scalar) => scalar ? Scalar(n, size) : V(n, size, q);

    /// <summary>As <see cref="Two"/>; scalar mnemonics have no suffix.</summary>
    public static string TwoOrScalar(bool q, bool scalar) => q && !scalar ? "2" : "";

    /// <summary>S or D register.</summary>
    public static string Fp(int n, bool isDouble) => Scalar(n, isDouble ? 3 : 2);

    /// <summary>One element: <c>v3.s[1]</c>.</summary>
    public static string Lane(int n, int size, int lane) => $"v{n}.{"bhsdq"[size]}[{lane}]";

    /// <summary>s or u, the prefix of signed and unsigned mnemonics.</summary>
    public static string SU(bool unsigned) => unsigned ? "u" : "s";

    /// <summary>The suffix of mnemonics that work on the upper half of a register.</summary>
    public static string Two(bool q) => q ? "2" : "";

    /// <summary>One of two mnemonics or parts of them.</summary>
    public static string Either(bool second, string one, string other) => second ? other : one;

    /// <summary>One of several mnemonics, separated by commas.</summary>
    public static string Pick(int index, string names) => names.Split(',')[index];

    /// <summary>Element size of a shift by immediate: the highest bit of immh.</summary>
    public static int ShiftSize(int immh) => BitOperations.Log2((uint)immh);

    /// <summary>A vector operand of a shift by immediate.</summary>
    public static string VShift(int n, int immh, bool q) => V(n, ShiftSize(immh), q);

    /// <summary>The double-size operand of a narrowing or widening shift.</summary>
    public static string VShiftWide(int n, int immh) => V(n, ShiftSize(immh) + 1, true);

    /// <summary>A left shift amount from immh:immb.</summary>
    public static string ShiftLeft(int immh, int immb) => $"#{(immh << 3 | immb) - (8 << ShiftSize(immh))}";

    /// <summary>A right shift amount, or number of fraction bits, from immh:immb.</summary>
    public static string ShiftRight(int immh, int immb) => $"#{(16 << ShiftSize(immh)) - (immh << 3 | immb)}";

    /// <summary>Element size of a copy instruction: the lowest bit of imm5.</summary>
    public static int CopySize(int imm5) => BitOperations.TrailingZeroCount(imm5);

    /// <summary>A vector operand of a copy instruction.</summary>
    public static string VCopy(int n, int imm5, bool q) => V(n, CopySize(imm5), q);

    /// <summary>An element operand of a copy instruction.</summary>
    public static string LaneCopy(int n, int imm5) => Lane(n, CopySize(imm5), imm5 >> (CopySize(imm5) + 1));

    /// <summary>The scalar register of a copy instruction.</summary>
    public static string ScalarCopy(int n, int imm5) => Scalar(n, CopySize(imm5));

    /// <summary>Hexadecimal digits.</summary>
    public static string HexDigits(int value) => value.ToString("x");

    /// <summary>The source element of INS (element).</summary>
    public static string LaneCopySource(int n, int imm5, int imm4) => Lane(n, CopySize(imm5), imm4 >> CopySize(imm5));

    /// <summary>The general register of a copy instruction.</summary>
    public static string RegisterCopy(int n, int imm5) => Register(n, CopySize(imm5) == 3);

    /// <summary>The indexed operand of an instruction by element.</summary>
    public static string Indexed(int size, bool h, bool l, bool m, int rm) =>
        Lane(Arm64Lifter.IndexedRegister(size, m, rm), size, Arm64Lifter.IndexedLane(size, h, l, m));

    /// <summary>Four bytes as one element: <c>v3.4b[1]</c>.</summary>
    public static string Bytes(int n, int lane) => $"v{n}.4b[{lane}]";

    /// <summary>A list of consecutive vector registers, as objdump writes it: a range when there are more than two and the numbers do not wrap.</summary>
    public static string VList(int first, int count, int size, bool q) => List(first, count, $".{(q ? 16 : 8) >> size}{"bhsd"[size]}");

    /// <summary>A list of registers of which one element is used.</summary>
    public static string VLaneList(int first, int count, int size, int lane) => List(first, count, $".{"bhsd"[size]}") + $"[{lane}]";

    static string List(int first, int count, string arrangement)
    {
        int last = (first + count - 1) & 31;
        if (count > 2 && last > first) return $"{{v{first}{arrangement}-v{last}{arrangement}}}";
        return "{" + string.Join(", ", Enumerable.Range(0, count).Select(i => $"v{(first + i) & 31}{arrangement}")) + "}";
    }

    /// <summary>Register list of a load or store of multiple structures.</summary>
    public static string StructureList(int first, int opcode, int size, bool q) => VList(first, Arm64Lifter.StructureRegisters(opcode), size, q);

    /// <summary>Address of a structure access, with post-index by the number of bytes or a register.</summary>
    public static string StructureAddress(bool post, int rn, int rm, int bytes) => !post ? $"[{Xsp(rn)}]" : rm == 31 ? $"[{Xsp(rn)}], #{bytes}" : $"[{Xsp(rn)}], {X(rm)}";

    /// <summary>Base and displacement; nothing is written for 0.</summary>
    public static string BaseOffset(int rn, int offset) => offset == 0 ? $"[{Xsp(rn)}]" : $"[{Xsp(rn)}, #{offset}]";

    /// <summary>Base with pre- or post-index.</summary>
    public static string BaseIndexed(bool pre, int rn, int offset) => pre ? $"[{Xsp(rn)}, #{offset}]!" : $"[{Xsp(rn)}], #{offset}";

    /// <summary>Address of a pair: mode 0 no-allocate, 1 post-index, 2 offset, 3 pre-index.</summary>
    public static string PairAddress(int mode, int rn, int offset) => (mode & 1) != 0 ? BaseIndexed(mode == 3, rn, offset) : BaseOffset(rn, offset);

    /// <summary>Address of a literal: a signed number of words from the instruction.</summary>
    public static string Literal(ulong pc, int imm19) => $"0x{pc + (ulong)(((imm19 ^ 0x40000) - 0x40000) * 4L):x}";

    /// <summary>Base, index register and extension of a load or store of 2^scale bytes.</summary>
    public static string BaseIndex(int rn, int rm, int option, bool s, int scale)
    {
        string index = Register(rm, (option & 1) != 0);
        string extension = option switch { 2 => "uxtw", 3 => "lsl", 6 => "sxtw", _ => "sxtx" };
        if (option == 3 && !s) return $"[{Xsp(rn)}, {index}]";
        return $"[{Xsp(rn)}, {index}, {extension}{(s ? $" #{scale}" : "")}]";
    }

    /// <summary>The value of an 8-bit floating-point immediate (VFPExpandImm).</summary>
    public static string FpImmediate(int imm8) =>
        BitConverter.UInt64BitsToDouble(Arm64Lifter.ExpandFloat(imm8, 3)).ToString("0.000000000000000000e+00", CultureInfo.InvariantCulture);

    /// <summary>Operand of MOVI and MVNI with a shifted byte, ORR and BIC.</summary>
    public static string ShiftedImmediate(int imm8, int amount, bool ones) => $"#0x{imm8:x}" + (ones ? $", msl #{amount}" : amount != 0 ? $", lsl #{amount}" : "");

    /// <summary>Operand of the MOVI whose bits select bytes.</summary>
    public static string ByteMask(int imm8) => $"#0x{Arm64Lifter.ExpandByteMask(imm8):x}";
}
