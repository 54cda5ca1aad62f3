namespace Dbt.Translator.Ir;

/// <summary>How floating-point arithmetic behaves: the parts of Arm's FPCR that change results.</summary>
/// <param name="Rounding">Rounding mode of arithmetic (not <see cref="Rounding.Dynamic"/>).</param>
/// <param name="FlushToZero">Subnormal operands and results become zeroes (FPCR.FZ).</param>
/// <param name="DefaultNaN">Every NaN result is the default NaN (FPCR.DN).</param>
/// <param name="FlushHalf">Subnormal operands and results of half precision become zeroes (FPCR.FZ16).</param>
public readonly record struct FloatControl(Rounding Rounding = Rounding.NearestEven, bool FlushToZero = false, bool DefaultNaN = false, bool FlushHalf = false);

/// <summary>Cumulative exceptions, with the bit numbers of Arm's FPSR.</summary>
[Flags]
public enum FloatExceptions
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Invalid operation.</summary>
    Invalid = 1,
    /// <summary>Division by zero.</summary>
    DivideByZero = 2,
    /// <summary>Overflow.</summary>
    Overflow = 4,
    /// <summary>Underflow.</summary>
    Underflow = 8,
    /// <summary>Inexact.</summary>
    Inexact = 16,
    /// <summary>A subnormal operand was flushed.</summary>
    InputDenormal = 128,
}

/// <summary>An IEEE 754 binary interchange format.</summary>
readonly record struct FloatFormat(int FractionBits, int ExponentBits)
{
    public static readonly FloatFormat Half = new(10, 5);
    public static readonly FloatFormat Single = new(23, 8);
    public static readonly FloatFormat Double = new(52, 11);

    public int Bias => (1 << (ExponentBits - 1)) - 1;
    public ulong FractionMask => (1UL << FractionBits) - 1;
    public ulong SignBit => 1UL << (FractionBits + ExponentBits);
    public ulong Infinity => ((1UL << ExponentBits) - 1) << FractionBits;
    public ulong QuietBit => 1UL << (FractionBits - 1);
    /// <summary>Arm's default NaN: positive, quiet, no payload (x86's has the sign set).</summary>
    public ulong DefaultNaN => Infinity | QuietBit;
    /// <summary>FPCR.FZ says nothing about half precision, which FPCR.FZ16 governs.</summary>
    public bool IsFlushable => FractionBits > 10;

    public bool IsNaN(ulong bits) => (bits & ~SignBit) > Infinity;
    public bool IsSignallingNaN(ulong bits) => IsNaN(bits) && (bits & QuietBit) == 0;
    public bool IsInfinity(ulong bits) => (bits & ~SignBit) == Infinity;
    public bool IsZero(ulong bits) => (bits & ~SignBit) == 0;
}

/// <summary>
/// Binary floating point in integer arithmetic, exact in every rounding mode, with the NaN and flush rules of the Arm pseudocode (Arm ARM J1.3, functions FPAdd, FPRound ...).
/// </summary>
/// <remarks>
/// A finite number is taken apart into sign, a 128-bit significand and an exponent (value = significand * 2^exponent). Each operation computes a significand that is exact, or
/// exact but for a lowest "sticky" bit that stands for everything below it; <see cref="Round"/> alone rounds and packs. Precision beyond the format is always at least a dozen
/// bits, so the sticky bit never takes part in a tie. Speed is no aim: this is the oracle.
/// Underflow is detected before rounding, as Arm does.
/// </remarks>
partial struct SoftFloat(FloatControl control)
{
    public FloatControl Control = control;
    public FloatExceptions Raised;

    // ---- NaNs ----

    ulong Invalid(in FloatFormat f)
    {
        Raised |= FloatExceptions.Invalid;
        return f.DefaultNaN;
    }

    ulong ProcessNaN(ulong nan, in FloatFormat f)
    {
        if (f.IsSignallingNaN(nan)) Raised |= FloatExceptions.Invalid;
        return Control.DefaultNaN ? f.DefaultNaN : nan | f.QuietBit;
    }

    /// <summary>FPProcessNaNs3: the first signalling NaN wins, then the first quiet one.</summary>
    bool ProcessNaNs(ulong a, ulong b, ulong c, in FloatFormat f, out ulong result)
    {
        result = 0;
        ulong chosen = f.IsSignallingNaN(a) ? a : f.IsSignallingNaN(b) ? b : f.IsSignallingNaN(c) ? c : f.IsNaN(a) ? a : f.IsNaN(b) ? b : c;
        if (!f.IsNaN(chosen)) return false;
        result = ProcessNaN(chosen, f);
        return true;
    }

    bool ProcessNaNs(ulong a, ulong b, in FloatFormat f, out ulong result) => ProcessNaNs(a, b, 0, f, out result);

    // ---- Taking apart and rounding ----

    ulong FlushInput(ulong bits, in FloatFormat f)
    {
        if (!Flushes(f) || (bits & f.Infinity) != 0 || f.IsZero(bits)) return bits;
        if (f.IsFlushable) Raised |= FloatExceptions.InputDenormal;
        return bits & f.SignBit;
    }

    bool Flushes(in FloatFormat f) => f.IsFlushable ? Control.FlushToZero : Control.FlushHalf;

    static UInt128 Unpack(ulong bits, in FloatFormat f, out int exponent)
    {
        int field = (int)((bits & f.Infinity) >> f.FractionBits);
        ulong fraction = bits & f.FractionMask;
        exponent = Math.Max(field, 1) - f.Bias - f.FractionBits;
        return field == 0 ? fraction : fraction | (f.FractionMask + 1);
    }

    static int TopBit(UInt128 value) => 127 - (int)UInt128.LeadingZeroCount(value);

    /// <summary>Shifts right; bits that fall out leave a sticky bit.</summary>
    static UInt128 ShiftRightSticky(UInt128 value, int amount)
    {
        if (amount == 0) return value;
        if (amount > 127) return value == 0 ? UInt128.Zero : UInt128.One;
        UInt128 shifted = value >> amount;
        return (shifted << amount) == value ? shifted : shifted | 1;
    }

    /// <summary>significand / 2^shift rounded to an integer.</summary>
    static UInt128 RoundShift(UInt128 significand, int shift, bool negative, Rounding rounding, out bool inexact)
    {
        inexact = false;
        if (shift <= 0) return significand << -shift;
        UInt128 kept = shift > 127 ? UInt128.Zero : significand >> shift;
        UInt128 rest = shift > 127 ? significand : significand & ((UInt128.One << shift) - 1);
        if (rest == 0) return kept;
        inexact = true;
        int against = shift > 128 ? -1 : rest.CompareTo(UInt128.One << (shift - 1));
        bool up = rounding switch
        {
            Rounding.NearestEven => against > 0 || (against == 0 && (kept & 1) != 0),
            Rounding.NearestAway => against >= 0,
            Rounding.Up => !negative,
            Rounding.Down => negative,
            _ => false,
        };
        return up ? kept + 1 : kept;
    }

    static ulong WithSign(ulong magnitude, bool negative, in FloatFormat f) => negative ? magnitude | f.SignBit : magnitude;

    /// <summary>Rounds significand * 2^exponent (significand not 0) into the format: FPRound.</summary>
    ulong Round(bool negative, UInt128 significand, int exponent, in FloatFormat f)
    {
        int top = TopBit(significand);
        int minimum = 1 - f.Bias;
        bool tiny = exponent + top < minimum;
        if (tiny && Flushes(f))
        {
            Raised |= FloatExceptions.Underflow;
            return WithSign(0, negative, f);
        }
        int unit = Math.Max(exponent + top, minimum) - f.FractionBits;
        UInt128 rounded = RoundShift(significand, unit - exponent, negative, Control.Rounding, out bool inexact);
        // The hidden bit, if present, adds one to the exponent field; so does a carry out of rounding.
        long field = unit + f.FractionBits - minimum;
        UInt128 magnitude = ((UInt128)field << f.FractionBits) + rounded;
        if (inexact) Raised |= FloatExceptions.Inexact | (tiny ? FloatExceptions.Underflow : 0);
        if (magnitude >= f.Infinity)
        {
            Raised |= FloatExceptions.Overflow | FloatExceptions.Inexact;
            bool toInfinity = Control.Rounding switch { Rounding.TowardsZero => false, Rounding.Up => !negative, Rounding.Down => negative, _ => true };
            return WithSign(toInfinity ? f.Infinity : f.Infinity - 1, negative, f);
        }
        return WithSign((ulong)magnitude, negative, f);
    }

    /// <summary>The sum of two numbers in parts; the significands may have up to 107 bits.</summary>
    ulong AddParts(bool negativeA, UInt128 a, int exponentA, bool negativeB, UInt128 b, int exponentB, in FloatFormat f)
    {
        if (a == 0 && b == 0) return WithSign(0, negativeA == negativeB ? negativeA : Control.Rounding == Rounding.Down, f);
        if (a == 0) return Round(negativeB, b, exponentB, f);
        if (b == 0) return Round(negativeA, a, exponentA, f);
        // Both with their top bit at 125: room for a carry. Where more than one bit cancels, the exponents are so close that nothing was shifted out.
        int shiftA = 125 - TopBit(a), shiftB = 125 - TopBit(b);
        a <<= shiftA;
        b <<= shiftB;
        exponentA -= shiftA;
        exponentB -= shiftB;
        if (exponentA >= exponentB) b = ShiftRightSticky(b, exponentA - exponentB);
        else a = ShiftRightSticky(a, exponentB - exponentA);
        int exponent = Math.Max(exponentA, exponentB);
        if (negativeA == negativeB) return Round(negativeA, a + b, exponent, f);
        if (a == b) return WithSign(0, Control.Rounding == Rounding.Down, f);
        return a > b ? Round(negativeA, a - b, exponent, f) : Round(negativeB, b - a, exponent, f);
    }

    // ---- Arithmetic ----

    public ulong Add(ulong a, ulong b, in FloatFormat f)
    {
        a = FlushInput(a, f);
        b = FlushInput(b, f);
        return ProcessNaNs(a, b, f, out ulong nan) ? nan : AddNumbers(a, b, f);
    }

    public ulong Sub(ulong a, ulong b, in FloatFormat f)
    {
        a = FlushInput(a, f);
        b = FlushInput(b, f);
        // The NaN keeps its sign, so b is negated only as a number.
        return ProcessNaNs(a, b, f, out ulong nan) ? nan : AddNumbers(a, b ^ f.SignBit, f);
    }

    ulong AddNumbers(ulong a, ulong b, in FloatFormat f)
    {
        if (f.IsInfinity(a)) return f.IsInfinity(b) && a != b ? Invalid(f) : a;
        if (f.IsInfinity(b)) return b;
        UInt128 partA = Unpack(a, f, out int exponentA), partB = Unpack(b, f, out int exponentB);
        return AddParts((a & f.SignBit) != 0, partA, exponentA, (b & f.SignBit) != 0, partB, exponentB, f);
    }

    public ulong Mul(ulong a, ulong b, in FloatFormat f)
    {
        a = FlushInput(a, f);
        b = FlushInput(b, f);
        if (ProcessNaNs(a, b, f, out ulong nan)) return nan;
        bool negative = ((a ^ b) & f.SignBit) != 0;
        if (f.IsInfinity(a) || f.IsInfinity(b)) return f.IsZero(a) || f.IsZero(b) ? Invalid(f) : WithSign(f.Infinity, negative, f);
        if (f.IsZero(a) || f.IsZero(b)) return WithSign(0, negative, f);
        return Round(negative, Unpack(a, f, out int exponentA) * Unpack(b, f, out int exponentB), exponentA + exponentB, f);
    }

    public ulong Div(ulong a, ulong b, in FloatFormat f)
    {
        a = FlushInput(a, f);
        b = FlushInput(b, f);
        if (ProcessNaNs(a, b, f, out ulong nan)) return nan;
        bool negative = ((a ^ b) & f.SignBit) != 0;
        if (f.IsInfinity(a)) return f.IsInfinity(b) ? Invalid(f) : WithSign(f.Infinity, negative, f);
        if (f.IsInfinity(b)) return WithSign(0, negative, f);
        if (f.IsZero(b))
        {
            if (f.IsZero(a)) return Invalid(f);
            Raised |= FloatExceptions.DivideByZero;
            return WithSign(f.Infinity, negative, f);
        }
        if (f.IsZero(a)) return WithSign(0, negative, f);
        UInt128 partA = Unpack(a, f, out int exponentA), partB = Unpack(b, f, out int exponentB);
        int shift = 126 - TopBit(partA);
        (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(partA << shift, partB);
        return Round(negative, (quotient << 1) | (remainder != 0 ? UInt128.One : 0), exponentA - shift - exponentB - 1, f);
    }

    public ulong Sqrt(ulong a, in FloatFormat f)
    {
        a = FlushInput(a, f);
        if (f.IsNaN(a)) return ProcessNaN(a, f);
        if (f.IsZero(a)) return a;
        if ((a & f.SignBit) != 0) return Invalid(f);
        if (f.IsInfinity(a)) return a;
        UInt128 part = Unpack(a, f, out int exponent);
        int shift = 124 - TopBit(part);
        if (((exponent - shift) & 1) != 0) shift++;
        part <<= shift;
        UInt128 root = 0;
        for (int bit = 63; bit >= 0; bit--)
        {
            UInt128 trial = root | (UInt128.One << bit);
            if (trial * trial <= part) root = trial;
        }
        return Round(false, (root << 1) | (root * root != part ? UInt128.One : 0), (exponent - shift) / 2 - 1, f);
    }

    /// <summary>a * b + c with one rounding: FPMulAdd(c, a, b).</summary>
    public ulong MulAdd(ulong a, ulong b, ulong c, in FloatFormat f)
    {
        a = FlushInput(a, f);
        b = FlushInput(b, f);
        c = FlushInput(c, f);
        bool invalidProduct = (f.IsInfinity(a) && f.IsZero(b)) || (f.IsZero(a) && f.IsInfinity(b));
        if (ProcessNaNs(c, a, b, f, out ulong nan)) return invalidProduct && !f.IsSignallingNaN(c) ? Invalid(f) : nan;
        if (invalidProduct) return Invalid(f);
        ulong productSign = (a ^ b) & f.SignBit;
        if (f.IsInfinity(a) || f.IsInfinity(b)) return f.IsInfinity(c) && (c & f.SignBit) != productSign ? Invalid(f) : productSign | f.Infinity;
        if (f.IsInfinity(c)) return c;
        UInt128 product = Unpack(a, f, out int exponentA) * Unpack(b, f, out int exponentB);
        UInt128 addend = Unpack(c, f, out int exponentC);
        return AddParts(productSign != 0, product, exponentA + exponentB, (c & f.SignBit) != 0, addend, exponentC, f);
    }

    // ---- Comparison ----

    /// <summary>NZCV of a comparison: FPCompare.</summary>
    public int Compare(ulong a, ulong b, bool signalling, in FloatFormat f)
    {
        a = FlushInput(a, f);
        b = FlushInput(b, f);
        if (f.IsNaN(a) || f.IsNaN(b))
        {
            if (signalling || f.IsSignallingNaN(a) || f.IsSignallingNaN(b)) Raised |= FloatExceptions.Invalid;
            return 0b0011;
        }
        long order = Ordered(a, f).CompareTo(Ordered(b, f));
        return order < 0 ? 0b1000 : order == 0 ? 0b0110 : 0b0010;
    }

    /// <summary>Maps numbers to integers in the same order; both zeroes to 0.</summary>
    static long Ordered(ulong bits, in FloatFormat f)
    {
        long magnitude = (long)(bits & ~f.SignBit);
        return (bits & f.SignBit) != 0 ? -magnitude : magnitude;
    }

    public ulong Extreme(ulong a, ulong b, bool maximum, in FloatFormat f)
    {
        a = FlushInput(a, f);
        b = FlushInput(b, f);
        if (ProcessNaNs(a, b, f, out ulong nan)) return nan;
        if (f.IsZero(a) && f.IsZero(b)) return maximum ? a & b : a | b;
        bool greater = Ordered(a, f) > Ordered(b, f);
        return greater == maximum ? a : b;
    }

    /// <summary>FPMaxNum, FPMinNum: a quiet NaN beside a number counts as the infinity that loses.</summary>
    public ulong ExtremeNumber(ulong a, ulong b, bool maximum, in FloatFormat f)
    {
        ulong loser = maximum ? f.SignBit | f.Infinity : f.Infinity;
        bool quietA = f.IsNaN(a) && !f.IsSignallingNaN(a), quietB = f.IsNaN(b) && !f.IsSignallingNaN(b);
        if (quietA && !quietB) a = loser;
        else if (quietB && !quietA) b = loser;
        return Extreme(a, b, maximum, f);
    }

    // ---- Conversion ----

    public ulong RoundToIntegral(ulong a, Rounding rounding, bool raiseInexact, in FloatFormat f)
    {
        a = FlushInput(a, f);
        if (f.IsNaN(a)) return ProcessNaN(a, f);
        UInt128 part = Unpack(a, f, out int exponent);
        if (f.IsInfinity(a) || f.IsZero(a) || exponent >= 0) return a;
        bool negative = (a & f.SignBit) != 0;
        UInt128 integral = RoundShift(part, -exponent, negative, rounding, out bool inexact);
        if (inexact && raiseInexact) Raised |= FloatExceptions.Inexact;
        return integral == 0 ? WithSign(0, negative, f) : Round(negative, integral, 0, f);
    }

    public ulong Convert(ulong a, in FloatFormat from, in FloatFormat to)
    {
        a = FlushInput(a, from);
        bool negative = (a & from.SignBit) != 0;
        if (from.IsNaN(a))
        {
            if (from.IsSignallingNaN(a)) Raised |= FloatExceptions.Invalid;
            if (Control.DefaultNaN) return to.DefaultNaN;
            ulong payload = a & from.FractionMask;
            int widen = to.FractionBits - from.FractionBits;
            return WithSign(to.DefaultNaN | (widen > 0 ? payload << widen : payload >> -widen), negative, to);
        }
        if (from.IsInfinity(a)) return WithSign(to.Infinity, negative, to);
        if (from.IsZero(a)) return WithSign(0, negative, to);
        return Round(negative, Unpack(a, from, out int exponent), exponent, to);
    }

    /// <summary>a * 2^fractionBits as a saturated integer of <paramref name="width"/> bits: FPToFixed.</summary>
    public ulong ToInteger(ulong a, int fractionBits, bool unsigned, int width, Rounding rounding, in FloatFormat f)
    {
        a = FlushInput(a, f);
        ulong mask = ulong.MaxValue >> (64 - width);
        if (f.IsNaN(a))
        {
            Raised |= FloatExceptions.Invalid;
            return 0;
        }
        bool negative = (a & f.SignBit) != 0;
        UInt128 part = Unpack(a, f, out int exponent);
        exponent += fractionBits;
        UInt128 limit = unsigned ? (negative ? UInt128.Zero : mask) : (mask >> 1) + (negative ? 1UL : 0);
        bool inexact = false;
        UInt128 magnitude = f.IsInfinity(a) || (part != 0 && exponent + TopBit(part) > 70) ? UInt128.MaxValue : RoundShift(part, -exponent, negative, rounding, out inexact);
        if (magnitude > limit)
        {
            Raised |= FloatExceptions.Invalid;
            magnitude = limit;
        }
        else if (inexact)
        {
            Raised |= FloatExceptions.Inexact;
        }
        ulong result = (ulong)magnitude;
        return (negative ? 0 - result : result) & mask;
    }

    /// <summary>value / 2^fractionBits: FixedToFP.</summary>
    public ulong FromInteger(ulong value, int fractionBits, bool unsigned, int width, in FloatFormat f)
    {
        long signed = (long)(value << (64 - width)) >> (64 - width);
        bool negative = !unsigned && signed < 0;
        ulong magnitude = negative ? 0 - (ulong)signed : value & (ulong.MaxValue >> (64 - width));
        return magnitude == 0 ? 0 : Round(negative, magnitude, -fractionBits, f);
    }
}
