using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>Scalar floating point.</summary>
public sealed unsafe partial class BlockEmitter
{
    void LowerFloat(int i, ref IrOp op) => throw new InvalidOperationException($"no lowering for {op.Opcode}");
}
