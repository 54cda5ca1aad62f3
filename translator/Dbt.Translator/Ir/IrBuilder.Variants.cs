namespace Dbt.Translator.Ir;

/// <summary>Operations that few guests have.</summary>
public sealed partial class IrBuilder
{
    /// <summary>The double in the low lane of a vector as an I32 modulo 2^32.</summary>
    public Value FToIntegerModular(Value a) => Emit(Opcode.FToIntegerModular, IrType.I32, a);
}
