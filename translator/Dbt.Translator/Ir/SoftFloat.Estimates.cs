namespace Dbt.Translator.Ir;

/// <summary>Reciprocal and reciprocal square root: estimates to 8 bits and the steps that refine them (Arm ARM J1.3, FPRecipEstimate ... FPRSqrtStepFused).</summary>
partial struct SoftFloat
{
    /// <summary>RecipEstimate: a number of 256 .. 511 as a fraction of 512; the result, 256 .. 511, as a fraction of 256.</summary>
    public static int RecipEstimate(int a)
    {
        int middle = (2 * a) + 1;
        return (((1 << 19) / middle) + 1) / 2;
    }

    /// <summary>RecipSqrtEstimate: a number of 128 .. 511 as a fraction of 512; the result, 256 .. 511, as a fraction of 256.</summary>
    public static int RecipSqrtEstimate(int a)
    {
        // The middle of the interval that the number stands for; from 256 on, two neighbours share one.
        int middle = a < 256 ? (2 * a) + 1 : 2 * ((a & ~1) + 1);
        int b = 512;
        while (middle * (b + 1) * (b + 1) < 1 << 28) b++;
        return (b + 1) / 2;
    }

    public ulong RecipEstimate(ulong a, in FloatFormat f)
    {
        a = FlushInput(a, f);
        if (f.IsNaN(a)) return ProcessNaN(a, f);
        bool negative = (a & f.SignBit) != 0;
        if (f.IsInfinity(a)) return WithSign(0, negative, f);
        if (f.IsZero(a))
        {
            Raised |= FloatExceptions.DivideByZero;
            return WithSign(f.Infinity, negative, f);
        }
        int exponent = (int)((a & f.Infinity) >> f.FractionBits), last = (2 * f.Bias) - 1;
        ulong fraction = a & f.FractionMask;
        if (exponent == 0 && fraction >> (f.FractionBits - 2) == 0) return Overflow(negative, f);
        if (exponent >= last && Flushes(f))
        {
            Raised |= FloatExceptions.Underflow;
            return WithSign(0, negative, f);
        }
        // A denormal has one of the two highest fraction bits: its exponent is 0 or -1.
        while (exponent <= 0 && (fraction & (f.FractionMask + 1)) == 0)
        {
            fraction <<= 1;
            if ((fraction & (f.FractionMask + 1)) == 0) exponent--;
        }
        fraction &= f.FractionMask;
        int estimate = RecipEstimate(256 | (int)(fraction >> (f.FractionBits - 8)));
        int resultExponent = last - exponent;
        ulong result = (ulong)(estimate & 0xFF) << (f.FractionBits - 8);
        // The two smallest results are denormal.
        if (resultExponent <= 0)
        {
            result = (result | (f.FractionMask + 1)) >> (1 - resultExponent);
            resultExponent = 0;
        }
        return WithSign(((ulong)resultExponent << f.FractionBits) | result, negative, f);
    }

    /// <summary>The result too large for the format, as the rounding mode has it.</summary>
    ulong Overflow(bool negative, in FloatFormat f)
    {
        Raised |= FloatExceptions.Overflow | FloatExceptions.Inexact;
        bool toInfinity = Control.Rounding switch { Rounding.TowardsZero => false, Rounding.Up => !negative, Rounding.Down => negative, _ => true };
        return WithSign(toInfinity ? f.Infinity : f.Infinity - 1, negative, f);
    }

    public ulong RecipSqrtEstimate(ulong a, in FloatFormat f)
    {
        a = FlushInput(a, f);
        if (f.IsNaN(a)) return ProcessNaN(a, f);
        bool negative = (a & f.SignBit) != 0;
        if (f.IsZero(a))
        {
            Raised |= FloatExceptions.DivideByZero;
            return WithSign(f.Infinity, negative, f);
        }
        if (negative) return Invalid(f);
        if (f.IsInfinity(a)) return 0;
        int exponent = (int)(a >> f.FractionBits);
        ulong fraction = a & f.FractionMask;
        if (exponent == 0)
        {
            for (fraction <<= 1; (fraction & (f.FractionMask + 1)) == 0; fraction <<= 1) exponent--;
            fraction &= f.FractionMask;
        }
        int top = (int)(fraction >> (f.FractionBits - 8));
        int estimate = RecipSqrtEstimate((exponent & 1) == 0 ? 256 | top : 128 | (top >> 1));
        int resultExponent = ((3 * f.Bias) - 1 - exponent) >> 1;
        return ((ulong)resultExponent << f.FractionBits) | ((ulong)(estimate & 0xFF) << (f.FractionBits - 8));
    }

    /// <summary>FPRecpX: the complement of the exponent, and the largest finite one for zeroes and denormals.</summary>
    public ulong RecipExponent(ulong a, in FloatFormat f)
    {
        a = FlushInput(a, f);
        if (f.IsNaN(a)) return ProcessNaN(a, f);
        ulong exponent = (a & f.Infinity) == 0 ? f.Infinity & ~(f.FractionMask + 1) : ~a & f.Infinity;
        return (a & f.SignBit) | exponent;
    }

    /// <summary>2 - a * b with one rounding: FPRecipStepFused.</summary>
    public ulong RecipStep(ulong a, ulong b, in FloatFormat f) => Step(a, b, 2, 0, f);

    /// <summary>(3 - a * b) / 2 with one rounding: FPRSqrtStepFused.</summary>
    public ulong RecipSqrtStep(ulong a, ulong b, in FloatFormat f) => Step(a, b, 3, -1, f);

    /// <summary>(constant - a * b) * 2^scale.</summary>
    ulong Step(ulong a, ulong b, uint constant, int scale, in FloatFormat f)
    {
        a = FlushInput(a ^ f.SignBit, f);
        b = FlushInput(b, f);
        if (ProcessNaNs(a, b, f, out ulong nan)) return nan;
        bool negative = ((a ^ b) & f.SignBit) != 0;
        UInt128 product = 0;
        int exponent = 0;
        if (!(f.IsInfinity(a) && f.IsZero(b)) && !(f.IsZero(a) && f.IsInfinity(b)))
        {
            if (f.IsInfinity(a) || f.IsInfinity(b)) return WithSign(f.Infinity, negative, f);
            product = Unpack(a, f, out int exponentA) * Unpack(b, f, out int exponentB);
            exponent = exponentA + exponentB + scale;
        }
        return AddParts(negative, product, exponent, false, constant, scale, f);
    }

    /// <summary>UnsignedRecipEstimate of a fraction of 2^32.</summary>
    public static uint RecipEstimate(uint a) => a >> 31 == 0 ? uint.MaxValue : (uint)RecipEstimate((int)(a >> 23)) << 23;

    /// <summary>UnsignedRSqrtEstimate of a fraction of 2^32.</summary>
    public static uint RecipSqrtEstimate(uint a) => a >> 30 == 0 ? uint.MaxValue : (uint)RecipSqrtEstimate((int)(a >> 23)) << 23;
}
