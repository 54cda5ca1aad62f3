using System.Runtime.InteropServices;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Runs one operation on values from guest slots, both emitted and in the interpreter, and compares the results that it left in other slots.</summary>
sealed unsafe class FloatVectorHarness : IDisposable
{
    const int RoundingShift = 13;

    readonly IrInterpreter interpreter = new(new InterpreterHostMemory(0));
    readonly ThreadBlock* expected;

    public FloatVectorHarness(HostFeatures features)
    {
        Emitted = new EmittedBlock(Arm64State.Layout, features);
        expected = (ThreadBlock*)NativeMemory.AlignedAlloc(65536, 4096);
        NativeMemory.Clear(expected, 65536);
    }

    public EmittedBlock Emitted { get; }

    /// <summary>The host as it is, without each feature that it has, and without all of them.</summary>
    public static HostFeatures[] FeatureSets()
    {
        HostFeatures host = HostFeatures.Detect();
        var sets = new List<HostFeatures> { host };
        foreach (string name in HostFeatures.Names)
        {
            HostFeatures reduced = host.Edit("-" + name, host);
            if (reduced != host) sets.Add(reduced);
        }
        sets.Add(HostFeatures.Required);
        return [.. sets];
    }

    /// <summary>Builds a block, then runs it on each of the given operand tuples: v0, v1, v2, of which x0 and x1 hold the low halves. Compares slots and cumulative exceptions.</summary>
    public void Check(string what, Action<IrBuilder> build, IEnumerable<(UInt128 A, UInt128 B, UInt128 C)> operands, bool defaultNaN = false, Rounding rounding = Rounding.NearestEven)
    {
        using var block = new IrBlock(Arm64State.Layout);
        block.BeginInstruction(new Location(0x1000));
        build(new IrBuilder(block) { DefaultNaN = defaultNaN });
        new IrBuilder(block).Goto(new Location(0x2000));
        using var pristine = new IrBlock(Arm64State.Layout);
        pristine.BeginInstruction(new Location(0x1000));
        for (int i = 1; i < block.Count; i++) pristine.Append(block[i]);
        Emitted.Emit(block);
        interpreter.Control = new FloatControl(rounding, DefaultNaN: defaultNaN);
        uint mxcsr = FloatTraps.Masks | (rounding switch { Rounding.Down => 1u, Rounding.Up => 2, Rounding.TowardsZero => 3, _ => 0 } << RoundingShift);
        foreach ((UInt128 a, UInt128 b, UInt128 c) in operands)
        {
            Prepare(Emitted.Thread, a, b, c);
            Prepare(expected, a, b, c);
            FloatTraps.Set(Emitted.Thread, mxcsr, 0);
            interpreter.Raised = FloatExceptions.None;
            Assert.Equal(0x2000ul, Emitted.Run());
            interpreter.Run(pristine, expected);
            uint raised = FloatTraps.ToHost(interpreter.Raised), status = FloatTraps.Status(Emitted.Thread);
            if (raised != status)
            {
                Assert.Fail($"{what} {rounding}: a={a:x32} b={b:x32} c={c:x32}\nexpected exceptions (of MXCSR) {raised:x2}\nfound {status:x2}\n{Emitted.Disassembly()}");
            }
            for (int slot = 0; slot < Arm64State.Layout.Count; slot++)
            {
                UInt128 want = Read(expected, slot), got = Read(Emitted.Thread, slot);
                if (want != got)
                {
                    Assert.Fail($"{what}, slot {Arm64State.Layout[slot].Name}: a={a:x32} b={b:x32} c={c:x32}\nexpected {want:x32}\nfound    {got:x32}\n{Emitted.Disassembly()}");
                }
            }
        }
    }

    static UInt128 Read(ThreadBlock* thread, int slot)
    {
        byte* at = (byte*)thread + ThreadBlock.Bias + Arm64State.Layout[slot].Offset;
        return Arm64State.Layout[slot].Type switch
        {
            IrType.V128 => *(UInt128*)at,
            IrType.I64 => *(ulong*)at,
            _ => *(uint*)at,
        };
    }

    static void Prepare(ThreadBlock* thread, UInt128 a, UInt128 b, UInt128 c)
    {
        byte* state = (byte*)thread + ThreadBlock.Bias;
        for (int k = 0; k < 32; k++)
        {
            *(UInt128*)(state + Arm64State.Layout[Arm64State.V0 + k].Offset) = k switch { 0 => a, 1 => b, 2 => c, _ => new UInt128(0x5555_5555_5555_5555, (ulong)k) };
        }
        *(ulong*)(state + Arm64State.Layout[Arm64State.X0].Offset) = (ulong)a;
        *(ulong*)(state + Arm64State.Layout[Arm64State.X0 + 1].Offset) = (ulong)b;
        *(uint*)(state + Arm64State.Layout[Arm64State.Flags].Offset) = 0;
    }

    public void Dispose()
    {
        Emitted.Dispose();
        NativeMemory.AlignedFree(expected);
    }

    // ---- Operands ----

    static readonly ulong[] Doubles =
    [
        0, 1ul << 63, 1, 0x8000_0000_0000_0001, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF, 0xFFEF_FFFF_FFFF_FFFF,
        0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0000, 0x7FF8_0000_0000_1234, 0xFFFF_FFFF_FFFF_FFFF,
        0x7FF0_0000_0000_0001, 0xFFF4_0000_0000_ABCD, 0x7FF7_FFFF_FFFF_FFFF,
        Bits(1), Bits(-1), Bits(0.5), Bits(-0.5), Bits(1.5), Bits(2.5), Bits(-2.5), Bits(0.49999999999999994), Bits(3), Bits(1e10), Bits(-1e10), Bits(1e300), Bits(-1e-300),
        Bits(2147483647), Bits(2147483648), Bits(2147483647.5), Bits(-2147483648), Bits(-2147483649), Bits(4294967295), Bits(4294967296), Bits(4294967295.5),
        Bits(9223372036854775808.0), Bits(-9223372036854775808.0), Bits(9223372036854774784.0), Bits(18446744073709551616.0), Bits(18446744073709549568.0), Bits(-18446744073709551616.0),
        Bits(4503599627370495.5), Bits(4503599627370497.0), Bits(-4503599627370495.5), Bits(0.1), Bits(1e-40), Bits(3.5e38), Bits(-0.9),
    ];

    static readonly uint[] Singles =
    [
        0, 0x8000_0000, 1, 0x8000_0001, 0x007F_FFFF, 0x0080_0000, 0x7F7F_FFFF, 0xFF7F_FFFF, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_0000, 0x7FC0_1234, 0xFFFF_FFFF,
        0x7F80_0001, 0xFFA0_ABCD, 0x7FBF_FFFF,
        Bits(1f), Bits(-1f), Bits(0.5f), Bits(-0.5f), Bits(1.5f), Bits(2.5f), Bits(-2.5f), Bits(0.49999997f), Bits(3f), Bits(1e10f), Bits(-1e10f), Bits(1e-30f),
        Bits(2147483648f), Bits(2147483520f), Bits(-2147483648f), Bits(-2147483904f), Bits(4294967296f), Bits(4294967040f), Bits(9223372036854775808f), Bits(18446744073709551616f),
        Bits(-9223372036854775808f), Bits(8388607.5f), Bits(8388609f), Bits(-8388607.5f), Bits(0.1f), Bits(-0.9f), Bits(65504f), Bits(65520f), Bits(6e-8f),
    ];

    static readonly ushort[] Halves = [0, 0x8000, 1, 0x3FF, 0x400, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00, 0xFE00, 0x7C01, 0xFD55, 0x7E12, 0x3C00, 0xBC00, 0x3555];

    static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    /// <summary>Vectors whose elements are interesting floats of the given size (log2 bytes), in sequence and at random.</summary>
    public static List<(UInt128 A, UInt128 B, UInt128 C)> Floats(int size, int seed)
    {
        var random = new Random(seed);
        var list = new List<(UInt128, UInt128, UInt128)>();
        UInt128 Vector()
        {
            UInt128 result = 0;
            for (int lane = 0; lane < 16 >> size; lane++) result = (result << (8 << size)) | Float(size, random);
            return result;
        }
        int count = size switch { 3 => Doubles.Length, 2 => Singles.Length, _ => Halves.Length };
        for (int x = 0; x < count; x++)
        {
            for (int y = 0; y < count; y++)
            {
                // The special values, which come first, all meet each other; of the rest a part does.
                if (Math.Max(x, y) >= 17 && (7 * x + y) % 5 != 0) continue;
                UInt128 Put(int index) => size == 3 ? Doubles[index] : size == 2 ? Singles[index] : Halves[index];
                UInt128 mask = UInt128.MaxValue << (8 << size);
                list.Add(((Vector() & mask) | Put(x), (Vector() & mask) | Put(y), Vector()));
            }
        }
        for (int k = 0; k < 600; k++) list.Add((Vector(), Vector(), Vector()));
        return list;
    }

    static ulong Float(int size, Random random)
    {
        if (random.Next(3) == 0)
        {
            ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            return size == 3 ? bits : size == 2 ? (uint)bits : (ushort)bits;
        }
        if (random.Next(3) == 0)
        {
            double value = (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-10, 70));
            return size == 3 ? Bits(value) : size == 2 ? Bits((float)value) : BitConverter.HalfToUInt16Bits((Half)value);
        }
        return size == 3 ? Doubles[random.Next(Doubles.Length)] : size == 2 ? Singles[random.Next(Singles.Length)] : Halves[random.Next(Halves.Length)];
    }

    /// <summary>Vectors of integers, weighted to extremes.</summary>
    public static List<(UInt128 A, UInt128 B, UInt128 C)> Integers(int size, int seed)
    {
        var random = new Random(seed);
        int width = 8 << size;
        ulong ones = ulong.MaxValue >> (64 - width);
        ulong[] edges = [0, 1, ones, ones >> 1, (ones >> 1) + 1, 2, ones - 1, 7, 8, 15, 16, 31, 32, 63, 64, 0x70, 0x7F, 0x80, 0xF0, 0x100 - 64, 0x100 - 32, 0x100 - 8, 0xFF];
        UInt128 Vector()
        {
            UInt128 result = 0;
            for (int lane = 0; lane < 16 >> size; lane++)
            {
                ulong element = random.Next(3) switch
                {
                    0 => edges[random.Next(edges.Length)],
                    1 => (ulong)random.NextInt64() >> random.Next(64),
                    _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
                };
                result = (result << width) | (element & ones);
            }
            return result;
        }
        var list = new List<(UInt128, UInt128, UInt128)>();
        for (int k = 0; k < 600; k++) list.Add((Vector(), Vector(), Vector()));
        return list;
    }
}
