using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Operations on halves, emitted, against <see cref="SoftFloat"/>: results and cumulative exceptions, in every rounding mode, with flushing and default NaNs.</summary>
public sealed unsafe class HalfBlockTests
{
    const int V = Arm64State.V0;

    delegate ulong Oracle(ref SoftFloat soft, ulong a, ulong b, ulong c);

    static readonly HostFeatures[] Hosts = [HostFeatures.Detect(), HostFeatures.Detect().Edit("-avx512", HostFeatures.Detect())];

    static readonly Rounding[] Modes = [Rounding.NearestEven, Rounding.Up, Rounding.Down, Rounding.TowardsZero];

    /// <summary>Runs the operation on the operands (the same in every element) in all modes.</summary>
    static void Check(string what, Func<IrBuilder, Value, Value, Value, Value> build, Oracle oracle, IReadOnlyList<(ulong A, ulong B, ulong C)> operands, bool someModes = false)
    {
        foreach (HostFeatures features in Hosts)
        {
            using var emitted = new EmittedBlock(Arm64State.Layout, features);
            for (int variant = 0; variant < 4; variant++)
            {
                bool flush = (variant & 1) != 0, defaultNaN = (variant & 2) != 0;
                using var block = new IrBlock(Arm64State.Layout);
                block.BeginInstruction(new Location(0x1000));
                var ir = new IrBuilder(block) { DefaultNaN = defaultNaN, FlushHalf = flush };
                ir.SetSlot(V + 16, build(ir, ir.GetSlot(V), ir.GetSlot(V + 1), ir.GetSlot(V + 2)));
                ir.Goto(new Location(0x2000));
                emitted.Emit(block);
                foreach (Rounding mode in Modes)
                {
                    if (someModes && variant != 0 && mode != (Rounding)variant) continue;
                    // FPCR.FZ says nothing about halves.
                    bool flushSingles = mode == Rounding.Up;
                    foreach ((ulong a, ulong b, ulong c) in operands)
                    {
                        *emitted.Slot(V) = Everywhere(a);
                        *emitted.Slot(V + 1) = Everywhere(b);
                        *emitted.Slot(V + 2) = Everywhere(c);
                        FloatExceptions raised = Run(emitted, mode, flushSingles);
                        var soft = new SoftFloat(new FloatControl(mode, flushSingles, defaultNaN, flush));
                        ulong expected = oracle(ref soft, a, b, c) & 0xFFFF;
                        UInt128 found = *emitted.Slot(V + 16);
                        if (found != Everywhere(expected) || raised != soft.Raised)
                        {
                            Assert.Fail($"{what} {mode} flush={flush} dn={defaultNaN} avx512={features.Avx512}: a={a:x4} b={b:x4} c={c:x4}: expected {expected:x4} {soft.Raised}, found {found:x32} {raised}\n{emitted.Disassembly()}");
                        }
                    }
                }
            }
        }
    }

    static UInt128 Everywhere(ulong half) => new(half * 0x0001_0001_0001_0001, half * 0x0001_0001_0001_0001);

    static readonly IReadOnlyList<(ulong, ulong, ulong)> AllHalves = [.. Enumerable.Range(0, 65536).Select(x => ((ulong)x, 0ul, 0ul))];

    static readonly ulong[] Edges = MakeEdges();

    // Around every power of two, all bits and single bits of the fraction, NaNs of both kinds.
    static ulong[] MakeEdges()
    {
        var edges = new SortedSet<ulong>();
        foreach (int exponent in (int[])[0, 1, 4, 5, 10, 14, 15, 16, 25, 26, 30, 31])
        {
            foreach (int fraction in (int[])[0, 1, 0x1FF, 0x200, 0x2AA, 0x3FE, 0x3FF])
            {
                edges.Add((ulong)(exponent << 10 | fraction));
                edges.Add((ulong)(0x8000 | exponent << 10 | fraction));
            }
        }
        return [.. edges];
    }

    static readonly IReadOnlyList<(ulong, ulong, ulong)> Pairs = [.. Edges.SelectMany(a => Edges.Select(b => (a, b, 0ul)))];

    [Theory]
    [InlineData(Opcode.VFAdd)]
    [InlineData(Opcode.VFSub)]
    [InlineData(Opcode.VFMul)]
    [InlineData(Opcode.VFDiv)]
    [InlineData(Opcode.VFMax)]
    [InlineData(Opcode.VFMin)]
    [InlineData(Opcode.VFMaxNumber)]
    [InlineData(Opcode.VFMinNumber)]
    public void Operations_on_two_halves_are_exact(Opcode opcode) =>
        Check(opcode.ToString(), (ir, a, b, _) => ir.VHalf(opcode, a, b), (ref SoftFloat soft, ulong a, ulong b, ulong _) => opcode switch
        {
            Opcode.VFAdd => soft.Add(a, b, FloatFormat.Half),
            Opcode.VFSub => soft.Sub(a, b, FloatFormat.Half),
            Opcode.VFMul => soft.Mul(a, b, FloatFormat.Half),
            Opcode.VFDiv => soft.Div(a, b, FloatFormat.Half),
            Opcode.VFMax => soft.Extreme(a, b, true, FloatFormat.Half),
            Opcode.VFMin => soft.Extreme(a, b, false, FloatFormat.Half),
            Opcode.VFMaxNumber => soft.ExtremeNumber(a, b, true, FloatFormat.Half),
            _ => soft.ExtremeNumber(a, b, false, FloatFormat.Half),
        }, Pairs, someModes: opcode >= Opcode.VFMax);

    [Theory]
    [InlineData(Opcode.VFCompareEqual)]
    [InlineData(Opcode.VFCompareGreater)]
    [InlineData(Opcode.VFCompareGreaterOrEqual)]
    public void Comparisons_of_halves_are_exact(Opcode opcode) =>
        Check(opcode.ToString(), (ir, a, b, _) => ir.VHalfCompare(opcode, a, b), (ref SoftFloat soft, ulong a, ulong b, ulong _) =>
        {
            int flags = soft.Compare(a, b, opcode != Opcode.VFCompareEqual, FloatFormat.Half);
            return opcode switch
            {
                Opcode.VFCompareEqual => flags == 0b0110,
                Opcode.VFCompareGreater => flags == 0b0010,
                _ => flags is 0b0010 or 0b0110,
            } ? 0xFFFFul : 0;
        }, Pairs, someModes: true);

    [Fact]
    public void Square_roots_of_all_halves_are_exact() =>
        Check("vfsqrt", (ir, a, _, _) => ir.VHalf(Opcode.VFSqrt, a), (ref SoftFloat soft, ulong a, ulong _, ulong _) => soft.Sqrt(a, FloatFormat.Half), AllHalves, someModes: true);

    [Theory]
    [InlineData(Rounding.NearestEven)]
    [InlineData(Rounding.Up)]
    [InlineData(Rounding.Down)]
    [InlineData(Rounding.TowardsZero)]
    [InlineData(Rounding.NearestAway)]
    [InlineData(Rounding.Dynamic)]
    public void All_halves_round_to_integral_values_exactly(Rounding rounding)
    {
        for (int exact = 0; exact <= 8; exact += 8)
        {
            int imm = exact;
            Check($"vfround {rounding}", (ir, a, _, _) => ir.VHalf(Opcode.VFRound, a, imm: (int)rounding | imm), (ref SoftFloat soft, ulong a, ulong _, ulong _) =>
                soft.RoundToIntegral(a, rounding == Rounding.Dynamic ? soft.Control.Rounding : rounding, imm != 0, FloatFormat.Half), AllHalves, someModes: true);
        }
    }

    [Theory]
    [InlineData(Rounding.NearestEven, 0)]
    [InlineData(Rounding.Up, 0)]
    [InlineData(Rounding.Down, 0)]
    [InlineData(Rounding.TowardsZero, 0)]
    [InlineData(Rounding.NearestAway, 0)]
    [InlineData(Rounding.TowardsZero, 1)]
    [InlineData(Rounding.TowardsZero, 7)]
    [InlineData(Rounding.TowardsZero, 16)]
    public void All_halves_become_integers_exactly(Rounding rounding, int fractionBits)
    {
        foreach (bool unsigned in (bool[])[false, true])
        {
            Check($"vf_to_int {rounding} {fractionBits} {unsigned}", (ir, a, _, _) => ir.VHalfCompare(Opcode.VFToInteger, a, imm: (int)rounding | (unsigned ? 8 : 0) | fractionBits << 8),
                (ref SoftFloat soft, ulong a, ulong _, ulong _) => soft.ToInteger(a, fractionBits, unsigned, 16, rounding, FloatFormat.Half), AllHalves, someModes: true);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(16)]
    public void All_integers_of_16_bits_become_halves_exactly(int fractionBits)
    {
        foreach (bool unsigned in (bool[])[false, true])
        {
            Check($"vint_to_f {fractionBits} {unsigned}", (ir, a, _, _) => ir.VHalfCompare(Opcode.VIntegerToF, a, imm: (unsigned ? 8 : 0) | fractionBits << 8),
                (ref SoftFloat soft, ulong a, ulong _, ulong _) => soft.FromInteger(a, fractionBits, unsigned, 16, FloatFormat.Half), AllHalves);
        }
    }

    [Fact]
    public void Fused_multiplication_and_addition_of_halves_rounds_once()
    {
        var operands = new List<(ulong, ulong, ulong)>();
        var random = new Random(16);
        for (int k = 0; k < 30_000; k++) operands.Add((Edges[random.Next(Edges.Length)], Edges[random.Next(Edges.Length)], Edges[random.Next(Edges.Length)]));
        for (int k = 0; k < 20_000; k++) operands.Add(((ulong)random.Next(65536), (ulong)random.Next(65536), (ulong)random.Next(65536)));
        // Hard ones: a product in the middle between two halves or on a half, and an addend far below that decides; and the reverse.
        for (int k = 0; k < 20_000; k++)
        {
            ulong small = (ulong)(random.Next(2) << 15 | random.Next(1, 64));
            ulong a = (ulong)(random.Next(2) << 15 | random.Next(12, 22) << 10 | 0x200 >> random.Next(10)), b = (ulong)(random.Next(12, 22) << 10 | random.Next(1024) & -(1 << random.Next(10)));
            operands.Add(random.Next(2) == 0 ? (a, b, small) : (small, (ulong)random.Next(1, 0x1000), a));
        }
        Check("vfmadd", (ir, a, b, c) => ir.VHalf(Opcode.VFMulAdd, a, b, c), (ref SoftFloat soft, ulong a, ulong b, ulong c) => soft.MulAdd(a, b, c, FloatFormat.Half), operands);
        Check("vfmsub", (ir, a, b, c) => ir.VHalf(Opcode.VFMulAdd, a, b, c, imm: 1), (ref SoftFloat soft, ulong a, ulong b, ulong c) => soft.MulAdd(a ^ 0x8000, b, c, FloatFormat.Half), operands, someModes: true);
    }

    /// <summary>Runs the block with an MXCSR of the test's choice.</summary>
    static FloatExceptions Run(EmittedBlock block, Rounding rounding, bool flush)
    {
        uint host = rounding switch { Rounding.Up => 2u, Rounding.Down => 1u, Rounding.TowardsZero => 3u, _ => 0 };
        block.Thread->GuestMxcsr = 0x1F80 | host << 13 | (flush ? 0x8040u : 0);
        block.Thread->FloatStatus = 0;
        block.Run();
        uint status = FloatTraps.Status(block.Thread);
        return (FloatExceptions)((status & 1) | (status >> 1 & 0x1E));
    }
}
