using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Operations that the runtime executes for emitted code, on a host that is said to have no extensions.</summary>
public sealed unsafe class OutOfLineTests : IDisposable
{
    const int V = Arm64State.V0;
    const uint DefaultControl = 0x1F80, Inexact = 1 << 5, Invalid = 1, RoundUp = 1 << 14, RoundDown = 1 << 13, Flush = (1 << 15) | (1 << 6);

    readonly EmittedBlock emitted = new(Arm64State.Layout, HostFeatures.Required);
    readonly IrBlock block = new(Arm64State.Layout);

    [Theory]
    [InlineData(0u, 0x3FF0000000000000ul)]
    [InlineData(RoundUp, 0x3FF0000000000001ul)]
    [InlineData(RoundDown, 0x3FF0000000000000ul)]
    public void Rounding_is_that_of_the_guest_and_inexactness_is_cumulative(uint control, ulong expected)
    {
        Emit(ir => ir.SetSlot(V + 3, ir.VFromScalar(ir.FMulAdd(ir.GetSlot(V, IrType.F64), ir.GetSlot(V + 1, IrType.F64), ir.GetSlot(V + 2, IrType.F64), false, false))));
        Set(V, BitConverter.DoubleToUInt64Bits(Math.ScaleB(1, -100)));
        Set(V + 1, BitConverter.DoubleToUInt64Bits(1));
        Set(V + 2, BitConverter.DoubleToUInt64Bits(1));
        emitted.Thread->GuestMxcsr = DefaultControl | control | Invalid;
        emitted.Run();
        Assert.Equal(expected, (ulong)*emitted.Slot(V + 3));
        Assert.Equal(Invalid | Inexact, FloatTraps.Status(emitted.Thread));
    }

    [Fact]
    public void Denormals_are_flushed_if_the_guest_says_so()
    {
        Emit(ir => ir.SetSlot(V + 3, ir.VFromScalar(ir.FMulAdd(ir.GetSlot(V, IrType.F64), ir.GetSlot(V + 1, IrType.F64), ir.GetSlot(V + 2, IrType.F64), false, false))));
        Set(V, 1);
        Set(V + 1, BitConverter.DoubleToUInt64Bits(1));
        Set(V + 2, 0);
        emitted.Thread->GuestMxcsr = DefaultControl;
        emitted.Run();
        Assert.Equal(1ul, (ulong)*emitted.Slot(V + 3));
        emitted.Thread->GuestMxcsr = DefaultControl | Flush;
        emitted.Run();
        Assert.Equal(0ul, (ulong)*emitted.Slot(V + 3));
        Assert.Equal(2u, emitted.Thread->FloatStatus);
    }

    [Fact]
    public void All_values_in_registers_survive()
    {
        Emit(ir =>
        {
            var vectors = new Value[12];
            for (int k = 0; k < 12; k++) vectors[k] = ir.VBinary(Opcode.VAdd, 3, ir.GetSlot(V + k), ir.GetSlot(V + k));
            var integers = new Value[12];
            for (int k = 0; k < 12; k++) integers[k] = ir.Add(ir.GetSlot(k), ir.GetSlot(k));
            ir.SetSlot(V + 31, ir.VFloat(Opcode.VFMulAdd, 3, vectors[0], vectors[1], vectors[2]));
            for (int k = 0; k < 12; k++) ir.SetSlot(V + k, vectors[k]);
            for (int k = 0; k < 12; k++) ir.SetSlot(k, integers[k]);
        });
        for (int k = 0; k < 12; k++)
        {
            *emitted.Slot(V + k) = new UInt128((ulong)k, 100 + (ulong)k);
            Set(k, 1000 + (ulong)k);
        }
        emitted.Run();
        for (int k = 0; k < 12; k++)
        {
            Assert.Equal(new UInt128(2 * (ulong)k, 200 + (2 * (ulong)k)), *emitted.Slot(V + k));
            Assert.Equal(2000 + (2 * (ulong)k), *(ulong*)emitted.Slot(k));
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Emit(ir => ir.SetSlot(V, ir.VFloat(Opcode.VFMulAdd, 2, ir.GetSlot(V), ir.GetSlot(V + 1), ir.GetSlot(V + 2))));
        emitted.Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int k = 0; k < 100; k++) emitted.Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    void Emit(Action<IrBuilder> build)
    {
        block.Reset();
        block.BeginInstruction(new Location(0x1000));
        var ir = new IrBuilder(block);
        build(ir);
        ir.Goto(new Location(0x2000));
        emitted.Emit(block);
    }

    void Set(int slot, ulong value) => *(ulong*)emitted.Slot(slot) = value;

    public void Dispose()
    {
        emitted.Dispose();
        block.Dispose();
    }
}
