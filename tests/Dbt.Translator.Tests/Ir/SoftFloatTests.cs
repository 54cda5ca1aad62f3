using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Ir;

/// <summary>The software arithmetic against the host's, which rounds to nearest; other modes against properties that define them.</summary>
public sealed class SoftFloatTests
{
    const int Rounds = 20_000;

    static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);
    static ulong Bits(float value) => BitConverter.SingleToUInt32Bits(value);
    static double D(ulong bits) => BitConverter.UInt64BitsToDouble(bits);
    static float S(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    static void Same(ulong host, ulong soft, in FloatFormat f, string what)
    {
        if (f.IsNaN(host) && f.IsNaN(soft)) return; // which NaN is the Arm rule's business, tested below
        Assert.True(host == soft, $"{what}: host {host:x}, soft {soft:x}");
    }

    [Fact]
    public void Double_arithmetic_equals_the_hosts_to_nearest()
    {
        var random = new Random(1);
        var soft = new SoftFloat(default);
        FloatFormat f = FloatFormat.Double;
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = RandomIr.NextFloat(random, IrType.F64), b = RandomIr.NextFloat(random, IrType.F64), c = RandomIr.NextFloat(random, IrType.F64);
            string operands = $"{a:x} {b:x} {c:x}";
            Same(Bits(D(a) + D(b)), soft.Add(a, b, f), f, "add " + operands);
            Same(Bits(D(a) - D(b)), soft.Sub(a, b, f), f, "sub " + operands);
            Same(Bits(D(a) * D(b)), soft.Mul(a, b, f), f, "mul " + operands);
            Same(Bits(D(a) / D(b)), soft.Div(a, b, f), f, "div " + operands);
            Same(Bits(Math.Sqrt(D(a))), soft.Sqrt(a, f), f, "sqrt " + operands);
            Same(Bits(Math.FusedMultiplyAdd(D(a), D(b), D(c))), soft.MulAdd(a, b, c, f), f, "fma " + operands);
            Same(Bits((float)D(a)), soft.Convert(a, f, FloatFormat.Single), FloatFormat.Single, "convert " + operands);
            Same(Bits(Math.Round(D(a), MidpointRounding.ToEven)), soft.RoundToIntegral(a, Rounding.NearestEven, false, f), f, "round " + operands);
            Same(Bits(Math.Round(D(a), MidpointRounding.AwayFromZero)), soft.RoundToIntegral(a, Rounding.NearestAway, false, f), f, "away " + operands);
            Same(Bits(Math.Floor(D(a))), soft.RoundToIntegral(a, Rounding.Down, false, f), f, "floor " + operands);
            Same(Bits(Math.Ceiling(D(a))), soft.RoundToIntegral(a, Rounding.Up, false, f), f, "ceiling " + operands);
            Same(Bits(Math.Truncate(D(a))), soft.RoundToIntegral(a, Rounding.TowardsZero, false, f), f, "truncate " + operands);
        }
    }

    [Fact]
    public void Single_arithmetic_equals_the_hosts_to_nearest()
    {
        var random = new Random(2);
        var soft = new SoftFloat(default);
        FloatFormat f = FloatFormat.Single;
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = RandomIr.NextFloat(random, IrType.F32), b = RandomIr.NextFloat(random, IrType.F32), c = RandomIr.NextFloat(random, IrType.F32);
            string operands = $"{a:x} {b:x} {c:x}";
            Same(Bits(S(a) + S(b)), soft.Add(a, b, f), f, "add " + operands);
            Same(Bits(S(a) - S(b)), soft.Sub(a, b, f), f, "sub " + operands);
            Same(Bits(S(a) * S(b)), soft.Mul(a, b, f), f, "mul " + operands);
            Same(Bits(S(a) / S(b)), soft.Div(a, b, f), f, "div " + operands);
            Same(Bits(MathF.Sqrt(S(a))), soft.Sqrt(a, f), f, "sqrt " + operands);
            Same(Bits(MathF.FusedMultiplyAdd(S(a), S(b), S(c))), soft.MulAdd(a, b, c, f), f, "fma " + operands);
            Same(Bits((double)S(a)), soft.Convert(a, f, FloatFormat.Double), FloatFormat.Double, "convert " + operands);
            Same(BitConverter.HalfToUInt16Bits((Half)S(a)), soft.Convert(a, f, FloatFormat.Half), FloatFormat.Half, "half " + operands);
        }
    }

    [Fact]
    public void Integers_convert_as_on_the_host()
    {
        var random = new Random(3);
        var soft = new SoftFloat(default);
        for (int i = 0; i < Rounds; i++)
        {
            long value = RandomIr.NextInteger(random);
            Assert.Equal(Bits((double)value), soft.FromInteger((ulong)value, 0, unsigned: false, 64, FloatFormat.Double));
            Assert.Equal(Bits((double)(ulong)value), soft.FromInteger((ulong)value, 0, unsigned: true, 64, FloatFormat.Double));
            Assert.Equal(Bits((float)(int)value), soft.FromInteger((ulong)value, 0, unsigned: false, 32, FloatFormat.Single));
            Assert.Equal(Bits((double)value / 4294967296.0), soft.FromInteger((ulong)value, 32, unsigned: false, 64, FloatFormat.Double));
            double number = D(RandomIr.NextFloat(random, IrType.F64));
            Assert.Equal((ulong)Saturate(number), soft.ToInteger(Bits(number), 0, unsigned: false, 64, Rounding.TowardsZero, FloatFormat.Double));
        }

        static long Saturate(double x) => double.IsNaN(x) ? 0 : x >= 9223372036854775808.0 ? long.MaxValue : x < -9223372036854775808.0 ? long.MinValue : (long)x;
    }

    [Fact]
    public void Directed_modes_bracket_the_exact_result_and_meet_where_it_is_exact()
    {
        var random = new Random(4);
        FloatFormat f = FloatFormat.Double;
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = RandomIr.NextFloat(random, IrType.F64), b = RandomIr.NextFloat(random, IrType.F64);
            for (int operation = 0; operation < 5; operation++)
            {
                ulong down = Do(Rounding.Down, out var raised), up = Do(Rounding.Up, out _), zero = Do(Rounding.TowardsZero, out _), nearest = Do(Rounding.NearestEven, out _);
                if (f.IsNaN(nearest)) continue;
                Assert.True(D(down) <= D(up));
                Assert.True(nearest == down || nearest == up);
                Assert.Equal(Math.Min(Math.Abs(D(down)), Math.Abs(D(up))), Math.Abs(D(zero)));
                if ((raised & FloatExceptions.Inexact) == 0) Assert.Equal(D(down), D(up));
                else if (!f.IsInfinity(up) && !f.IsInfinity(down)) Assert.Equal(D(up), Math.BitIncrement(D(down)));

                ulong Do(Rounding rounding, out FloatExceptions exceptions)
                {
                    var soft = new SoftFloat(new FloatControl(rounding));
                    ulong result = operation switch
                    {
                        0 => soft.Add(a, b, f),
                        1 => soft.Mul(a, b, f),
                        2 => soft.Div(a, b, f),
                        3 => soft.Sqrt(a, f),
                        _ => soft.MulAdd(a, b, a, f),
                    };
                    exceptions = soft.Raised;
                    return result;
                }
            }
        }
    }

    [Theory]
    [InlineData("fadd", 0x7FF0_0000_0000_0001, 0x7FF8_0000_0000_0002, 0x7FF8_0000_0000_0001)] // a signalling first operand is quieted
    [InlineData("fadd", 0x7FF8_0000_0000_0002, 0xFFF0_0000_0000_0001, 0xFFF8_0000_0000_0001)] // signalling before quiet
    [InlineData("fsub", 0x3FF0_0000_0000_0000, 0x7FF8_0000_0000_0005, 0x7FF8_0000_0000_0005)] // a subtracted NaN keeps its sign
    [InlineData("fsub", 0x7FF0_0000_0000_0000, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000)] // the default NaN is positive
    [InlineData("fmul", 0x7FF0_0000_0000_0000, 0x8000_0000_0000_0000, 0x7FF8_0000_0000_0000)]
    [InlineData("fdiv", 0, 0, 0x7FF8_0000_0000_0000)]
    [InlineData("fmax", 0x8000_0000_0000_0000, 0, 0)]
    [InlineData("fmin", 0, 0x8000_0000_0000_0000, 0x8000_0000_0000_0000)]
    [InlineData("fmax", 0x7FF8_0000_0000_0000, 0x3FF0_0000_0000_0000, 0x7FF8_0000_0000_0000)]
    [InlineData("fmaxnm", 0x7FF8_0000_0000_0000, 0xBFF0_0000_0000_0000, 0xBFF0_0000_0000_0000)]
    [InlineData("fminnm", 0x3FF0_0000_0000_0000, 0x7FF0_0000_0000_0001, 0x7FF8_0000_0000_0001)]
    [InlineData("fadd.dn", 0x7FF8_0000_0000_0002, 0, 0x7FF8_0000_0000_0000)]
    public void NaNs_and_zeroes_follow_the_Arm_rules(string name, ulong a, ulong b, ulong expected)
    {
        using IrBlock block = IrParser.Parse($"%1 = {name} 0x{a:x}, 0x{b:x} : f64\n%2 = bitcast %1 : i64\nset x0, %2\ngoto 0x0", Arm64State.Layout);
        Assert.StartsWith($"x0={expected:x}\n", InterpretedBlock.Run(block, 0).State);
    }

    [Theory]
    [InlineData(0x7FF0_0000_0000_0000, 0, 0x7FF8_0000_0000_1234, 0x7FF8_0000_0000_0000)] // infinity * 0 + quiet NaN: invalid, default NaN
    [InlineData(0x7FF0_0000_0000_0000, 0, 0x7FF0_0000_0000_1234, 0x7FF8_0000_0000_1234)] // with a signalling addend: that one
    [InlineData(0x7FF8_0000_0000_0001, 0, 0x7FF8_0000_0000_0002, 0x7FF8_0000_0000_0002)] // the addend comes first
    public void Fused_multiply_add_chooses_its_NaN_as_FPMulAdd(ulong a, ulong b, ulong c, ulong expected) =>
        Assert.Equal(expected, new SoftFloat(default).MulAdd(a, b, c, FloatFormat.Double));

    [Fact]
    public void Flush_to_zero_flushes_operands_and_results()
    {
        var soft = new SoftFloat(new FloatControl(FlushToZero: true));
        Assert.Equal(0UL, soft.Add(1, 1, FloatFormat.Double));
        Assert.Equal(FloatExceptions.InputDenormal, soft.Raised);
        Assert.Equal(1UL << 63, soft.Mul(0x8010_0000_0000_0000, Bits(0.5), FloatFormat.Double));
        Assert.True((soft.Raised & FloatExceptions.Underflow) != 0);
    }
}
