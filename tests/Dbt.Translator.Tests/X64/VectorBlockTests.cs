using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Integer vector operations, emitted, against the interpreter, for every feature set.</summary>
public sealed class VectorBlockTests
{
    const int V = Arm64State.V0, X = Arm64State.X0;

    static void ForAll(Action<FloatVectorHarness> check)
    {
        foreach (HostFeatures features in FloatVectorHarness.FeatureSets())
        {
            using var harness = new FloatVectorHarness(features);
            check(harness);
        }
    }

    public static TheoryData<Opcode, int, int> Binary
    {
        get
        {
            var data = new TheoryData<Opcode, int, int>();
            void Add(int from, int to, params Opcode[] opcodes)
            {
                foreach (Opcode opcode in opcodes) data.Add(opcode, from, to);
            }
            Add(0, 0, Opcode.VAnd, Opcode.VOr, Opcode.VXor, Opcode.VAndNot, Opcode.VTable, Opcode.VCombineLow);
            Add(0, 3, Opcode.VAdd, Opcode.VSub, Opcode.VMaxSigned, Opcode.VMaxUnsigned, Opcode.VMinSigned, Opcode.VMinUnsigned, Opcode.VCompareEqual,
                Opcode.VCompareGreaterSigned, Opcode.VCompareGreaterUnsigned, Opcode.VZipLow, Opcode.VZipHigh, Opcode.VUnzipEven, Opcode.VUnzipOdd, Opcode.VTransposeEven,
                Opcode.VTransposeOdd, Opcode.VPairAdd, Opcode.VShiftUnsigned, Opcode.VShiftSigned, Opcode.VAddSaturatingSigned, Opcode.VAddSaturatingUnsigned,
                Opcode.VSubSaturatingSigned, Opcode.VSubSaturatingUnsigned);
            Add(0, 3, Opcode.VPairMaxUnsigned, Opcode.VPairMinUnsigned, Opcode.VPairMaxSigned, Opcode.VPairMinSigned);
            Add(0, 2, Opcode.VMul, Opcode.VMulWideUnsigned, Opcode.VMulWideSigned);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Binary))]
    public void Operations_of_two_operands_agree_with_the_interpreter(Opcode opcode, int from, int to) => ForAll(harness =>
    {
        for (int size = from; size <= to; size++)
        {
            int element = size;
            harness.Check($"{opcode} {size}", ir =>
            {
                Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2);
                Value first = ir.VBinary(opcode, element, a, b);
                ir.SetSlot(V + 16, first);
                ir.SetSlot(V + 17, ir.VBinary(opcode, element, b, b));
                // Operands that die here, constants, and values with a known upper half.
                ir.SetSlot(V + 18, ir.VBinary(opcode, element, ir.VBinary(opcode, element, b, c), ir.VBinary(opcode, element, c, a)));
                ir.SetSlot(V + 19, ir.VBinary(opcode, element, first, ir.VConst(0x0102_0304_0586_0708)));
                ir.SetSlot(V + 20, ir.VZeroUpper(ir.VBinary(opcode, element, ir.VZeroUpper(a), ir.VZeroUpper(b))));
                ir.SetSlot(V + 21, ir.VBinary(opcode, element, ir.VConst(5), ir.GetSlot(V + 2)));
            }, FloatVectorHarness.Integers(size, size + 1));
        }
    });

    [Fact]
    public void Operations_of_one_operand_agree_with_the_interpreter() => ForAll(harness =>
    {
        for (int size = 0; size <= 3; size++)
        {
            int element = size;
            harness.Check($"unary {size}", ir =>
            {
                Value a = ir.GetSlot(V);
                int slot = V + 8;
                void Set(Opcode opcode, int imm = 0) => ir.SetSlot(slot++, ir.VUnary(opcode, element, a, imm));
                Set(Opcode.VNeg);
                Set(Opcode.VAbs);
                Set(Opcode.VBroadcastLane, 0);
                Set(Opcode.VBroadcastLane, (16 >> element) - 1);
                Set(Opcode.VBroadcastLane, 1);
                for (int container = element + 1; container <= 3; container++) Set(Opcode.VReverse, container);
                if (element < 3)
                {
                    Set(Opcode.VNarrow);
                    Set(Opcode.VWidenUnsigned);
                    Set(Opcode.VWidenSigned);
                    Set(Opcode.VCountLeadingZeros);
                }
                ir.SetSlot(V + 24, ir.VUnary(Opcode.VReverseBits, 0, a));
                ir.SetSlot(V + 25, ir.VUnary(Opcode.VPopCount, 0, a));
                ir.SetSlot(V + 26, ir.VUnary(Opcode.VHighHalf, 0, a));
                ir.SetSlot(V + 27, ir.VNot(a));
                ir.SetSlot(V + 28, ir.VZeroUpper(ir.VNot(a)));
                ir.SetSlot(V + 29, ir.VBitSelect(a, ir.GetSlot(V + 1), ir.GetSlot(V + 2)));
                ir.SetSlot(V + 30, ir.VBitSelect(ir.VNot(a), a, ir.GetSlot(V + 2)));
            }, FloatVectorHarness.Integers(size, size + 20));
        }
    });

    [Fact]
    public void Shifts_by_immediates_agree_with_the_interpreter() => ForAll(harness =>
    {
        for (int size = 0; size <= 3; size++)
        {
            int element = size, width = 8 << size;
            for (int amount = 0; amount <= width; amount += amount < 9 || amount >= width - 2 ? 1 : 5)
            {
                int imm = amount;
                harness.Check($"shift {size} {amount}", ir =>
                {
                    Value a = ir.GetSlot(V);
                    if (imm < width) ir.SetSlot(V + 16, ir.VUnary(Opcode.VShlImmediate, element, a, imm));
                    ir.SetSlot(V + 17, ir.VUnary(Opcode.VShrImmediate, element, a, imm));
                    ir.SetSlot(V + 18, ir.VUnary(Opcode.VSarImmediate, element, a, imm));
                }, FloatVectorHarness.Integers(size, amount));
            }
        }
    });

    [Fact]
    public void Elements_move_between_vectors_and_integers_as_in_the_interpreter() => ForAll(harness =>
    {
        for (int size = 0; size <= 3; size++)
        {
            int element = size, lanes = 16 >> size;
            for (int lane = 0; lane < lanes; lane++)
            {
                int to = lane, from = (lane * 7 + 3) % lanes;
                harness.Check($"element {size} {lane}", ir =>
                {
                    Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), x = ir.GetSlot(X), narrow = ir.Truncate(ir.GetSlot(X + 1));
                    ir.SetSlot(V + 16, ir.VInsert(element, a, to, x));
                    if (element < 3)
                    {
                        ir.SetSlot(V + 17, ir.VInsert(element, a, to, narrow));
                        ir.SetSlot(V + 18, ir.VBroadcast(element, narrow));
                        ir.SetSlot(X + 2, ir.ZeroExtend32(ir.VExtract(IrType.I32, element, b, to)));
                        ir.SetSlot(X + 3, ir.ZeroExtend32(ir.VExtract(IrType.I32, element, b, to, signed: true)));
                    }
                    ir.SetSlot(V + 19, ir.VBroadcast(element, x));
                    ir.SetSlot(V + 20, ir.VInsertLane(element, a, to, b, from));
                    ir.SetSlot(V + 21, ir.VInsertLane(element, a, to, a, to));
                    ir.SetSlot(X + 4, ir.VExtract(IrType.I64, element, b, to));
                    ir.SetSlot(X + 5, ir.VExtract(IrType.I64, element, b, to, signed: true));
                    ir.SetSlot(V + 22, ir.VBinary(Opcode.VExtractBytes, 0, a, b, to));
                    ir.SetSlot(V + 23, ir.VFromPair(x, ir.GetSlot(X + 1)));
                    ir.SetSlot(V + 24, ir.VFromScalar(x));
                    ir.SetSlot(V + 25, ir.VFromScalar(narrow));
                    ir.SetSlot(X + 6, ir.Bitcast(IrType.I64, ir.ScalarFromV(IrType.F64, a)));
                    ir.SetSlot(X + 7, ir.ZeroExtend32(ir.Bitcast(IrType.I32, ir.ScalarFromV(IrType.F32, b))));
                    ir.SetSlot(V + 26, ir.VFromScalar(ir.Bitcast(IrType.F32, narrow)));
                    ir.SetSlot(V + 27, ir.VFromScalar(ir.Bitcast(IrType.F64, x)));
                    ir.SetSlot(V + 1, ir.VFromScalar(ir.ScalarFromV(IrType.F32, a)));
                }, FloatVectorHarness.Integers(size, lane).GetRange(0, 60));
            }
        }
    });

    [Fact]
    public void Conditions_survive_vector_operations() => ForAll(harness => harness.Check("flags", ir =>
    {
        Value flags = ir.FlagsSub(ir.GetSlot(X), ir.GetSlot(X + 1));
        Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1);
        ir.SetSlot(V + 16, ir.VBinary(Opcode.VCompareGreaterUnsigned, 0, a, b));
        ir.SetSlot(V + 17, ir.VBinary(Opcode.VShiftSigned, 3, a, b));
        ir.SetSlot(V + 18, ir.VUnary(Opcode.VCountLeadingZeros, 0, a));
        ir.SetSlot(V + 19, ir.VFromScalar(ir.FConvert(IrType.F32, ir.GetSlot(V, IrType.F64))));
        ir.SetSlot(V + 20, ir.VFromScalar(ir.FRound(ir.GetSlot(V, IrType.F64), Rounding.Up, false)));
        ir.SetSlot(X + 4, ir.VExtract(IrType.I64, 0, a, 3, signed: true));
        ir.SetSlot(V + 21, ir.Select(Condition.Higher, flags, a, b));
        ir.SetSlot(X + 5, ir.SetCondition(IrType.I64, Condition.Less, flags));
    }, FloatVectorHarness.Integers(3, 77)));
}
