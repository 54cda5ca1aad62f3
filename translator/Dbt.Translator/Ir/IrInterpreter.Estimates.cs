namespace Dbt.Translator.Ir;

/// <summary>Estimates and their steps, and what else is so rare that only few guests have it.</summary>
public sealed partial class IrInterpreter
{
    UInt128 Estimate(in IrOp op)
    {
        SetNaNMode(op);
        UInt128 a = values[op.A], b = op.B == 0 ? 0 : values[op.B];
        switch (op.Opcode)
        {
            case Opcode.FToIntegerModular: return soft.ToIntegerModular((ulong)a, FloatFormat.Double);
            case Opcode.VDot: return Dot(a, b, values[op.C], (int)op.Imm);
        }
        UInt128 result = 0;
        int size = op.Aux & 3, resultSize = op.Opcode == Opcode.VFNarrowToOdd ? size - 1 : size;
        int elements = OpTable.Info(op.Opcode).Imm == ImmKind.ElementCount ? (int)op.Imm : 16 >> size;
        for (int lane = 0; lane < elements; lane++) result = WithLane(result, resultSize, lane, EstimateLane(op, Lane(a, size, lane), Lane(b, size, lane), LaneFormat(size)));
        return result;
    }

    ulong EstimateLane(in IrOp op, ulong a, ulong b, in FloatFormat format) => op.Opcode switch
    {
        Opcode.VFRecipEstimate => soft.RecipEstimate(a, format),
        Opcode.VFRecipSqrtEstimate => soft.RecipSqrtEstimate(a, format),
        Opcode.VFRecipExponent => soft.RecipExponent(a, format),
        Opcode.VFRecipStep => soft.RecipStep(a, b, format),
        Opcode.VFRecipSqrtStep => soft.RecipSqrtStep(a, b, format),
        Opcode.VFMulExtended => soft.MulExtended(a, b, format),
        Opcode.VFNarrowToOdd => soft.ConvertToOdd(a, format, FloatFormat.Single),
        Opcode.VFRoundBounded => soft.RoundBounded(a, (op.Imm & 1) != 0 ? 64 : 32, (op.Imm & 2) != 0 ? soft.Control.Rounding : Rounding.TowardsZero, format),
        Opcode.VRecipEstimate => SoftFloat.RecipEstimate((uint)a),
        Opcode.VRecipSqrtEstimate => SoftFloat.RecipSqrtEstimate((uint)a),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op.Opcode, "not an estimate"),
    };

    static UInt128 Dot(UInt128 a, UInt128 b, UInt128 c, int signs)
    {
        for (int lane = 0; lane < 16; lane++)
        {
            long x = (signs & 1) != 0 ? SignedLane(a, 0, lane) : (long)Lane(a, 0, lane);
            long y = (signs & 2) != 0 ? SignedLane(b, 0, lane) : (long)Lane(b, 0, lane);
            c = WithLane(c, 2, lane / 4, Lane(c, 2, lane / 4) + (ulong)(x * y));
        }
        return c;
    }
}
