namespace Dbt.Translator.Ir;

/// <summary>The type of an IR value. Narrower integers exist only in memory and as extension operations.</summary>
public enum IrType : byte
{
    /// <summary>No value.</summary>
    None,
    /// <summary>32-bit integer. The host register's upper half is unspecified to readers of the value.</summary>
    I32,
    /// <summary>64-bit integer.</summary>
    I64,
    /// <summary>IEEE 754 binary32.</summary>
    F32,
    /// <summary>IEEE 754 binary64.</summary>
    F64,
    /// <summary>128-bit vector; element kinds live on the operations.</summary>
    V128,
    /// <summary>The condition flags N, Z, C, V of one producer, with the Arm meaning of C (carry after a subtraction means "no borrow").</summary>
    Flags,
}
