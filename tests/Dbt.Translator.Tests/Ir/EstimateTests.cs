using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Ir;

/// <summary>The estimates' error, edges and exceptions as the manual gives them (Arm ARM J1.3).</summary>
public sealed class EstimateTests
{
    [Fact]
    public void Every_reciprocal_is_right_to_eight_bits()
    {
        for (int a = 256; a < 512; a++)
        {
            int estimate = SoftFloat.RecipEstimate(a);
            Assert.InRange(estimate, 256, 511);
            Assert.InRange(estimate / 256.0 * ((a + 0.5) / 512), 1 - (1 / 256.0), 1 + (1 / 256.0));
        }
    }

    [Fact]
    public void Every_reciprocal_square_root_is_right_to_eight_bits()
    {
        for (int a = 128; a < 512; a++)
        {
            int estimate = SoftFloat.RecipSqrtEstimate(a);
            Assert.InRange(estimate, 256, 511);
            Assert.InRange(estimate / 256.0 * Math.Sqrt((a + 0.5) / 512), 1 - (1 / 256.0), 1 + (1 / 256.0));
        }
    }

    [Theory]
    [InlineData(0x0000_0000u, 0x7F80_0000u, FloatExceptions.DivideByZero)]
    [InlineData(0x8000_0000u, 0xFF80_0000u, FloatExceptions.DivideByZero)]
    [InlineData(0x7F80_0000u, 0x0000_0000u, FloatExceptions.None)]
    [InlineData(0x3F80_0000u, 0x3F7F_8000u, FloatExceptions.None)]
    [InlineData(0x7FA0_0000u, 0x7FE0_0000u, FloatExceptions.Invalid)]
    [InlineData(0x001F_FFFFu, 0x7F80_0000u, FloatExceptions.Overflow | FloatExceptions.Inexact)]
    [InlineData(0x0020_0000u, 0x7F7F_8000u, FloatExceptions.None)]
    [InlineData(0x7E80_0000u, 0x007F_C000u, FloatExceptions.None)]
    [InlineData(0x7F00_0000u, 0x003F_E000u, FloatExceptions.None)]
    public void Reciprocals_at_the_edges(uint a, uint result, FloatExceptions raised)
    {
        var soft = new SoftFloat(new FloatControl());
        Assert.Equal(result, (uint)soft.RecipEstimate(a, FloatFormat.Single));
        Assert.Equal(raised, soft.Raised);
    }

    [Theory]
    [InlineData(Rounding.TowardsZero, 0x7F7F_FFFFu, 0xFF7F_FFFFu)]
    [InlineData(Rounding.Up, 0x7F80_0000u, 0xFF7F_FFFFu)]
    [InlineData(Rounding.Down, 0x7F7F_FFFFu, 0xFF80_0000u)]
    public void A_reciprocal_that_overflows_is_rounded(Rounding rounding, uint positive, uint negative)
    {
        var soft = new SoftFloat(new FloatControl(rounding));
        Assert.Equal(positive, (uint)soft.RecipEstimate(1, FloatFormat.Single));
        Assert.Equal(negative, (uint)soft.RecipEstimate(0x8000_0001, FloatFormat.Single));
    }

    [Fact]
    public void Flushing_makes_zeroes_of_denormal_operands_and_results()
    {
        var soft = new SoftFloat(new FloatControl(FlushToZero: true));
        Assert.Equal(0x8000_0000u, (uint)soft.RecipEstimate(0xFE80_0000, FloatFormat.Single));
        Assert.Equal(FloatExceptions.Underflow, soft.Raised);
        Assert.Equal(0x7F80_0000u, (uint)soft.RecipEstimate(0x0040_0000, FloatFormat.Single));
        Assert.Equal(FloatExceptions.Underflow | FloatExceptions.DivideByZero | FloatExceptions.InputDenormal, soft.Raised);
    }

    [Theory]
    [InlineData(0xFF80_0000u, 0x7FC0_0000u, FloatExceptions.Invalid)]
    [InlineData(0x8000_0000u, 0xFF80_0000u, FloatExceptions.DivideByZero)]
    [InlineData(0x7F80_0000u, 0x0000_0000u, FloatExceptions.None)]
    [InlineData(0x3F80_0000u, 0x3F7F_8000u, FloatExceptions.None)]
    [InlineData(0x0000_0001u, 0x64B4_8000u, FloatExceptions.None)]
    public void Reciprocal_square_roots_at_the_edges(uint a, uint result, FloatExceptions raised)
    {
        var soft = new SoftFloat(new FloatControl());
        Assert.Equal(result, (uint)soft.RecipSqrtEstimate(a, FloatFormat.Single));
        Assert.Equal(raised, soft.Raised);
    }

    [Fact]
    public void Steps_of_infinity_and_zero_are_constants_and_raise_nothing()
    {
        var soft = new SoftFloat(new FloatControl());
        Assert.Equal(0x4000_0000u, (uint)soft.RecipStep(0x7F80_0000, 0x8000_0000, FloatFormat.Single));
        Assert.Equal(0x3FC0_0000u, (uint)soft.RecipSqrtStep(0, 0xFF80_0000, FloatFormat.Single));
        Assert.Equal(FloatExceptions.None, soft.Raised);
        // The NaN's sign changes, as the first operand is negated before anything else.
        Assert.Equal(0xFFC0_0001u, (uint)soft.RecipStep(0x7FC0_0001, 0x3F80_0000, FloatFormat.Single));
        // Halved before it is rounded: 3 + 2^128 is too large, its half is not.
        Assert.Equal(0x7F00_0000u, (uint)soft.RecipSqrtStep(0xFF00_0000, 0x4000_0000, FloatFormat.Single));
        Assert.Equal(FloatExceptions.Inexact, soft.Raised);
    }

    [Theory]
    [InlineData(0x3FF0_0000_0000_0001ul, 0x3F80_0001u, FloatExceptions.Inexact)]
    [InlineData(0x3FF0_0000_3000_0000ul, 0x3F80_0001u, FloatExceptions.Inexact)]
    [InlineData(0x47EF_FFFF_FFFF_FFFFul, 0x7F7F_FFFFu, FloatExceptions.Inexact)]
    [InlineData(0x47F0_0000_0000_0000ul, 0x7F7F_FFFFu, FloatExceptions.Overflow | FloatExceptions.Inexact)]
    [InlineData(0x8000_0000_0000_0001ul, 0x8000_0001u, FloatExceptions.Underflow | FloatExceptions.Inexact)]
    [InlineData(0xFFF0_0000_0000_0000ul, 0xFF80_0000u, FloatExceptions.None)]
    public void Rounding_to_odd_keeps_a_trace_of_what_was_lost(ulong a, uint result, FloatExceptions raised)
    {
        var soft = new SoftFloat(new FloatControl());
        Assert.Equal(result, (uint)soft.ConvertToOdd(a, FloatFormat.Double, FloatFormat.Single));
        Assert.Equal(raised, soft.Raised);
    }

    [Theory]
    [InlineData(0.5, 0u, FloatExceptions.Inexact)]
    [InlineData(-2147483648.5, 0x8000_0000u, FloatExceptions.Inexact)]
    [InlineData(2147483648.0, 0x8000_0000u, FloatExceptions.Invalid)]
    [InlineData(4294967297.5, 1u, FloatExceptions.Invalid)]
    [InlineData(-4294967297.0, 0xFFFF_FFFFu, FloatExceptions.Invalid)]
    [InlineData(1e300, 0u, FloatExceptions.Invalid)]
    [InlineData(double.NaN, 0u, FloatExceptions.Invalid)]
    public void Modular_conversion_wraps(double a, uint result, FloatExceptions raised)
    {
        var soft = new SoftFloat(new FloatControl());
        Assert.Equal(result, soft.ToIntegerModular(BitConverter.DoubleToUInt64Bits(a), FloatFormat.Double));
        Assert.Equal(raised, soft.Raised);
    }

    [Theory]
    [InlineData(2147483647.5, 32, Rounding.TowardsZero, 2147483647.0, FloatExceptions.Inexact)]
    [InlineData(2147483647.5, 32, Rounding.Up, -2147483648.0, FloatExceptions.Invalid)]
    [InlineData(-2147483648.0, 32, Rounding.Down, -2147483648.0, FloatExceptions.None)]
    [InlineData(9223372036854775808.0, 64, Rounding.Down, -9223372036854775808.0, FloatExceptions.Invalid)]
    [InlineData(-0.25, 64, Rounding.NearestEven, -0.0, FloatExceptions.Inexact)]
    public void Bounded_rounding_gives_the_least_integer_where_none_fits(double a, int bits, Rounding rounding, double result, FloatExceptions raised)
    {
        var soft = new SoftFloat(new FloatControl());
        Assert.Equal(BitConverter.DoubleToUInt64Bits(result), soft.RoundBounded(BitConverter.DoubleToUInt64Bits(a), bits, rounding, FloatFormat.Double));
        Assert.Equal(raised, soft.Raised);
    }
}
