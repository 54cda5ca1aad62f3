namespace Dbt.Translator.Ir;

/// <summary>A predicate over a Flags value; numbering of the Arm architecture (Arm ARM C1.2.4), so bit 0 inverts.</summary>
public enum Condition : byte
{
    /// <summary>Z.</summary>
    Equal,
    /// <summary>Not Z.</summary>
    NotEqual,
    /// <summary>C: unsigned higher or same after a subtraction.</summary>
    CarrySet,
    /// <summary>Not C: unsigned lower after a subtraction.</summary>
    CarryClear,
    /// <summary>N.</summary>
    Negative,
    /// <summary>Not N.</summary>
    Positive,
    /// <summary>V.</summary>
    Overflow,
    /// <summary>Not V.</summary>
    NoOverflow,
    /// <summary>C and not Z.</summary>
    Higher,
    /// <summary>Not C, or Z.</summary>
    LowerOrSame,
    /// <summary>N = V.</summary>
    GreaterOrEqual,
    /// <summary>N ≠ V.</summary>
    Less,
    /// <summary>Not Z and N = V.</summary>
    Greater,
    /// <summary>Z or N ≠ V.</summary>
    LessOrEqual,
    /// <summary>Always true.</summary>
    Always,
    /// <summary>Always true as well (the architecture's second encoding).</summary>
    Always2,
}

/// <summary>Operations on <see cref="Condition"/>.</summary>
public static class Conditions
{
    /// <summary>The opposite predicate. Not defined for <see cref="Condition.Always"/>.</summary>
    public static Condition Invert(this Condition condition) => condition ^ (Condition)1;

    /// <summary>Evaluates the predicate on flags given as bits 3..0 = N, Z, C, V.</summary>
    public static bool Holds(this Condition condition, int nzcv)
    {
        bool n = (nzcv & 8) != 0, z = (nzcv & 4) != 0, c = (nzcv & 2) != 0, v = (nzcv & 1) != 0;
        bool result = ((int)condition >> 1) switch
        {
            0 => z,
            1 => c,
            2 => n,
            3 => v,
            4 => c && !z,
            5 => n == v,
            6 => n == v && !z,
            _ => true,
        };
        return (condition >= Condition.Always) || (result ^ (((int)condition & 1) != 0));
    }
}
