namespace Dbt.Translator.Ir;

/// <summary>Variants of multiplication and conversion (Arm ARM J1.3, FPMulX, FPRoundIntN, FPToFixedJS; FPRound with FPRounding_ODD).</summary>
partial struct SoftFloat
{
    /// <summary>a * b, where infinity times zero is 2 with the product's sign.</summary>
    public ulong MulExtended(ulong a, ulong b, in FloatFormat f)
    {
        ulong x = FlushInput(a, f), y = FlushInput(b, f);
        bool isTwo = (f.IsInfinity(x) && f.IsZero(y)) || (f.IsZero(x) && f.IsInfinity(y));
        return isTwo ? WithSign((ulong)(f.Bias + 1) << f.FractionBits, ((x ^ y) & f.SignBit) != 0, f) : Mul(a, b, f);
    }

    /// <summary>Conversion to a narrower format, rounded to odd: an inexact result has its lowest bit set, so that rounding it once more gives what rounding once would.</summary>
    public ulong ConvertToOdd(ulong a, in FloatFormat from, in FloatFormat to)
    {
        ulong number = FlushInput(a, from);
        if ((number & from.Infinity) == from.Infinity || from.IsZero(number)) return Convert(a, from, to);
        bool negative = (number & from.SignBit) != 0;
        return RoundToOdd(negative, Unpack(number, from, out int exponent), exponent, to);
    }

    ulong RoundToOdd(bool negative, UInt128 significand, int exponent, in FloatFormat f)
    {
        int top = TopBit(significand), minimum = 1 - f.Bias;
        bool tiny = exponent + top < minimum;
        if (tiny && Flushes(f))
        {
            Raised |= FloatExceptions.Underflow;
            return WithSign(0, negative, f);
        }
        int unit = Math.Max(exponent + top, minimum) - f.FractionBits;
        UInt128 rounded = RoundShift(significand, unit - exponent, negative, Rounding.TowardsZero, out bool inexact);
        if (inexact) Raised |= FloatExceptions.Inexact | (tiny ? FloatExceptions.Underflow : 0);
        UInt128 magnitude = ((UInt128)(unit + f.FractionBits - minimum) << f.FractionBits) + rounded;
        if (magnitude >= f.Infinity)
        {
            Raised |= FloatExceptions.Overflow | FloatExceptions.Inexact;
            return WithSign(f.Infinity - 1, negative, f);
        }
        return WithSign((ulong)magnitude | (inexact ? 1UL : 0), negative, f);
    }

    /// <summary>a rounded to an integral value that a signed integer of so many bits can hold; the integer's least value if there is none.</summary>
    public ulong RoundBounded(ulong a, int bits, Rounding rounding, in FloatFormat f)
    {
        ulong least = f.SignBit | ((ulong)(f.Bias + bits - 1) << f.FractionBits);
        a = FlushInput(a, f);
        if (f.IsZero(a)) return a;
        bool negative = (a & f.SignBit) != 0, inexact = false;
        UInt128 part = Unpack(a, f, out int exponent);
        bool isLarge = (a & f.Infinity) == f.Infinity || exponent + TopBit(part) >= bits;
        UInt128 integral = isLarge ? UInt128.MaxValue : RoundShift(part, -exponent, negative, rounding, out inexact);
        if (integral > (UInt128.One << (bits - 1)) - (negative ? 0UL : 1UL))
        {
            Raised |= FloatExceptions.Invalid;
            return least;
        }
        if (inexact) Raised |= FloatExceptions.Inexact;
        return integral == 0 ? WithSign(0, negative, f) : Round(negative, integral, 0, f);
    }

    /// <summary>a truncated, modulo 2^32; Invalid if that is not the truncated value.</summary>
    public uint ToIntegerModular(ulong a, in FloatFormat f)
    {
        a = FlushInput(a, f);
        if ((a & f.Infinity) == f.Infinity)
        {
            Raised |= FloatExceptions.Invalid;
            return 0;
        }
        bool negative = (a & f.SignBit) != 0, inexact = false;
        UInt128 part = Unpack(a, f, out int exponent);
        // From 2^32 on a lowest bit leaves no trace in the result.
        UInt128 magnitude = exponent >= 32 ? UInt128.One << 32 : RoundShift(part, -exponent, negative, Rounding.TowardsZero, out inexact);
        if (magnitude > 0x7FFF_FFFF + (negative ? 1UL : 0)) Raised |= FloatExceptions.Invalid;
        else if (inexact) Raised |= FloatExceptions.Inexact;
        uint low = (uint)(magnitude & uint.MaxValue);
        return negative ? 0 - low : low;
    }
}
