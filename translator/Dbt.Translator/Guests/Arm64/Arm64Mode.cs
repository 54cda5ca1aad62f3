using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>The mode word of an AArch64 location: the part of FPCR that changes what floating-point instructions do.</summary>
/// <remarks>
/// <code>
///   bits 1..0  RMode (FPCR 23..22)     bit 2  FZ (FPCR 24)     bit 3  DN (FPCR 25)     bit 4  AHP (FPCR 26)     bit 5  FZ16 (FPCR 19)
/// </code>
/// All zero for the C environment's default, so that such a location is just the pc.
/// </remarks>
public readonly record struct Arm64Mode(ushort Bits)
{
    /// <summary>The bits of FPCR that exist here: without trapped exceptions and FEAT_AFP the others are RES0 (Arm ARM C5.2.8).</summary>
    public const uint FpcrMask = 0x07C8_0000;

    /// <summary>Position of the mode word's bit 0 in FPCR.</summary>
    public const int FpcrShift = 22;

    /// <summary>Position of FZ16 in FPCR.</summary>
    public const int FpcrFlushHalf = 19;

    /// <summary>Position of FZ16 in the mode word.</summary>
    public const int FlushHalfBit = 5;

    /// <summary>The mode of an FPCR value.</summary>
    public static Arm64Mode FromFpcr(uint fpcr) => new((ushort)((fpcr & FpcrMask) >> FpcrShift | (fpcr >> FpcrFlushHalf & 1) << FlushHalfBit));

    /// <summary>The FPCR value of this mode.</summary>
    public uint Fpcr => ((uint)Bits & 31) << FpcrShift | ((uint)Bits >> FlushHalfBit & 1) << FpcrFlushHalf;

    /// <summary>FPCR.RMode.</summary>
    public Rounding Rounding => (Rounding)(Bits & 3);

    /// <summary>FPCR.FZ: single and double precision denormals are flushed to zero.</summary>
    public bool FlushToZero => (Bits & 4) != 0;

    /// <summary>FPCR.FZ16: half precision denormals are flushed to zero, but not in conversions between formats.</summary>
    public bool FlushHalf => (Bits >> FlushHalfBit & 1) != 0;

    /// <summary>FPCR.DN: every NaN result is the default NaN.</summary>
    public bool DefaultNaN => (Bits & 8) != 0;

    /// <summary>FPCR.AHP: half precision has no infinities and NaNs.</summary>
    public bool AlternativeHalfPrecision => (Bits & 16) != 0;
}
