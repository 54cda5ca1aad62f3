namespace Dbt.Translator.Ir;

/// <summary>Estimates and their steps; also what emitted code evaluates out of line where an operand is out of the ordinary.</summary>
public sealed partial class IrInterpreter
{
    UInt128 Estimate(in IrOp op)
    {
        SetNaNMode(op);
        return EvaluateEstimate(ref soft, op.Opcode, op.Aux & 3, (int)op.Imm, values[op.A], op.B == 0 ? 0 : values[op.B], op.C == 0 ? 0 : values[op.C]);
    }

    /// <summary>The value of an operation, VFRecipEstimate and following, on the given operands.</summary>
    internal static UInt128 EvaluateEstimate(ref SoftFloat soft, Opcode opcode, int size, int imm, UInt128 a, UInt128 b, UInt128 c)
    {
        UInt128 result = 0;
        FloatFormat format = LaneFormat(size);
        int elements = OpTable.Info(opcode).Imm == ImmKind.ElementCount ? imm : 16 >> size;
        for (int lane = 0; lane < elements; lane++)
        {
            ulong x = Lane(a, size, lane), y = Lane(b, size, lane);
            result = WithLane(result, size, lane, opcode switch
            {
                Opcode.VFRecipEstimate => soft.RecipEstimate(x, format),
                Opcode.VFRecipSqrtEstimate => soft.RecipSqrtEstimate(x, format),
                Opcode.VFRecipExponent => soft.RecipExponent(x, format),
                Opcode.VFRecipStep => soft.RecipStep(x, y, format),
                Opcode.VFRecipSqrtStep => soft.RecipSqrtStep(x, y, format),
                Opcode.VRecipEstimate => SoftFloat.RecipEstimate((uint)x),
                Opcode.VRecipSqrtEstimate => SoftFloat.RecipSqrtEstimate((uint)x),
                _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "not an estimate"),
            });
        }
        return result;
    }
}
