using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Slot numbers and layout of the AArch64 state at EL0 (Arm ARM B1.2).</summary>
public static class Arm64State
{
    /// <summary>First general register; X0 .. X30 follow each other.</summary>
    public const int X0 = 0;
    /// <summary>Stack pointer (register number 31 where the encoding means SP).</summary>
    public const int Sp = 31;
    /// <summary>Condition flags.</summary>
    public const int Flags = 32;
    /// <summary>First vector register; V0 .. V31 follow each other.</summary>
    public const int V0 = 33;
    /// <summary>TPIDR_EL0, the thread pointer.</summary>
    public const int TpidrEl0 = 65;
    /// <summary>Floating-point control register (I32). Its control class is part of the location's mode word.</summary>
    public const int Fpcr = 66;
    /// <summary>Floating-point status register (I32); the cumulative bits of the running thread are folded in from MXCSR when read.</summary>
    public const int Fpsr = 67;
    /// <summary>Address monitored by the last load exclusive, or <see cref="NotMonitored"/> (I64).</summary>
    public const int ExclusiveAddress = 68;
    /// <summary>Value read by the last load exclusive (V128; the low part for narrow accesses).</summary>
    public const int ExclusiveValue = 69;

    /// <summary>Bits that saturating instructions have set since FPSR was last written; any one means FPSR.QC (V128).</summary>
    public const int Saturation = 70;

    /// <summary>Value of <see cref="ExclusiveAddress"/> when the monitor is open: no aligned access has this address.</summary>
    public const ulong NotMonitored = ulong.MaxValue;

    /// <summary>The layout: X0..X30 and SP fill the displacements -128..127 of the state pointer; vectors are 16-byte aligned.</summary>
    public static StateLayout Layout { get; } = MakeLayout();

    static StateLayout MakeLayout()
    {
        var slots = new SlotInfo[71];
        for (int i = 0; i < 31; i++) slots[X0 + i] = new($"x{i}", IrType.I64, -128 + 8 * i);
        slots[Sp] = new("sp", IrType.I64, 120);
        for (int i = 0; i < 32; i++) slots[V0 + i] = new($"v{i}", IrType.V128, 128 + 16 * i);
        slots[ExclusiveValue] = new("exclusive_value", IrType.V128, 640);
        slots[ExclusiveAddress] = new("exclusive_address", IrType.I64, 656);
        slots[TpidrEl0] = new("tpidr_el0", IrType.I64, 664);
        slots[Flags] = new("flags", IrType.Flags, 672);
        slots[Fpcr] = new("fpcr", IrType.I32, 676);
        slots[Fpsr] = new("fpsr", IrType.I32, 680);
        slots[Saturation] = new("saturation", IrType.V128, 688);
        return new StateLayout(slots, Flags, addressBits: 64);
    }
}
