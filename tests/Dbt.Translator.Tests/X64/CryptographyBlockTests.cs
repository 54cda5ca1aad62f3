using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Cryptographic operations, emitted, against the interpreter, for every feature set.</summary>
public sealed class CryptographyBlockTests
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

    static List<(UInt128 A, UInt128 B, UInt128 C)> Operands(int seed) => FloatVectorHarness.Integers(2, seed).GetRange(0, 200);

    [Theory]
    [InlineData(Opcode.VPolyMul, 0)]
    [InlineData(Opcode.VPolyMulWide, 0)]
    [InlineData(Opcode.VPolyMul64, 3)]
    [InlineData(Opcode.VAesEncrypt, 0)]
    [InlineData(Opcode.VAesEncryptLast, 0)]
    [InlineData(Opcode.VAesDecrypt, 0)]
    [InlineData(Opcode.VAesDecryptLast, 0)]
    [InlineData(Opcode.VSha1Rounds, 3)]
    [InlineData(Opcode.VSha1Schedule, 0)]
    [InlineData(Opcode.VSha256Schedule0, 0)]
    [InlineData(Opcode.VSha256Schedule1, 0)]
    public void Operations_of_two_operands_agree_with_the_interpreter(Opcode opcode, int selectors) => ForAll(harness =>
    {
        for (int selector = 0; selector <= selectors; selector++)
        {
            int imm = selector;
            harness.Check($"{opcode} {selector}", ir =>
            {
                Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2);
                Value first = ir.VBinary(opcode, 0, a, b, imm);
                ir.SetSlot(V + 16, first);
                ir.SetSlot(V + 17, ir.VBinary(opcode, 0, b, b, imm));
                // Operands that die here, constants, and a value that is both.
                ir.SetSlot(V + 18, ir.VBinary(opcode, 0, ir.VBinary(opcode, 0, b, c, imm), ir.VBinary(opcode, 0, c, a, imm), imm));
                ir.SetSlot(V + 19, ir.VBinary(opcode, 0, first, ir.VConst(0x0102_0304_0586_0708), imm));
                ir.SetSlot(V + 20, ir.VBinary(opcode, 0, ir.VConst(5), c, imm));
                Value last = ir.VNot(first);
                ir.SetSlot(V + 21, ir.VBinary(opcode, 0, last, last, imm));
            }, Operands(selector));
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Rounds_of_sha256_agree_with_the_interpreter_wherever_their_operands_are(int half) => ForAll(harness => harness.Check("sha256", ir =>
    {
        Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2);
        Value first = ir.VSha256Rounds(a, b, c, half != 0);
        Value second = ir.VSha256Rounds(first, a, first, half != 0);
        ir.SetSlot(V + 16, first);
        ir.SetSlot(V + 17, second);
        ir.SetSlot(V + 18, ir.VSha256Rounds(c, c, c, half != 0));
        ir.SetSlot(V + 19, ir.VSha256Rounds(b, ir.VSha256Rounds(second, c, b, half != 0), ir.VNot(a), half != 0));
        // More values than registers.
        Value sum = c;
        var kept = new Value[14];
        for (int i = 0; i < kept.Length; i++) kept[i] = sum = ir.VBinary(Opcode.VAdd, 2, ir.VNot(sum), a);
        for (int i = 0; i < kept.Length; i++) ir.SetSlot(V + 1 + i, ir.VSha256Rounds(kept[i], kept[(i + 5) % 14], kept[(i + 9) % 14], half != 0));
    }, Operands(half)));

    [Fact]
    public void Rotations_agree_with_the_interpreter() => ForAll(harness =>
    {
        for (int size = 2; size <= 3; size++)
        {
            int element = size;
            harness.Check($"rotation {size}", ir =>
            {
                Value a = ir.GetSlot(V);
                int slot = V + 4;
                foreach (int amount in new[] { 0, 1, 7, 8, 13, 16, 24, 31 }) ir.SetSlot(slot++, ir.VRotateRight(element, a, amount));
                ir.SetSlot(V + 16, ir.VRotateLeft(element, a, 1));
                ir.SetSlot(V + 17, ir.VRotateRight(element, ir.VZeroUpper(ir.VNot(a)), 3));
                ir.SetSlot(V + 18, ir.VZeroUpper(ir.VRotateRight(element, ir.VZeroUpper(a), 5)));
                if (element == 3) ir.SetSlot(V + 19, ir.VRotateRight(3, a, 63));
            }, Operands(size));
        }
    });

    [Fact]
    public void Shuffles_and_functions_of_three_agree_with_the_interpreter() => ForAll(harness =>
    {
        for (int selector = 0; selector < 256; selector += 7)
        {
            int imm = selector;
            harness.Check($"selector {selector}", ir =>
            {
                Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2);
                ir.SetSlot(V + 16, ir.VShuffleWords(a, b, imm));
                ir.SetSlot(V + 17, ir.VShuffleWords(c, c, imm));
                ir.SetSlot(V + 18, ir.VShuffleWords(ir.VShuffleWords(a, b, imm), ir.VShuffleWords(c, a, imm ^ 0x5A), 0x4E));
                ir.SetSlot(V + 19, ir.VShuffleWords(ir.VShuffleWords(a, b, imm), ir.VShuffleWords(a, b, imm), imm ^ 0x1B));
                ir.SetSlot(V + 20, ir.VTernary(Opcode.VLogic3, 0, a, b, c, imm));
                ir.SetSlot(V + 21, ir.VTernary(Opcode.VLogic3, 0, ir.VNot(c), a, a, imm));
                ir.SetSlot(V + 22, ir.VInsertLane(2, a, imm & 3, ir.VShuffleWords(b, c, imm), imm >> 6));
            }, Operands(selector).GetRange(0, 20));
        }
    });

    [Fact]
    public void Columns_and_substitutions_agree_with_the_interpreter() => ForAll(harness => harness.Check("unary", ir =>
    {
        Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1);
        int slot = V + 16;
        foreach (Opcode opcode in new[] { Opcode.VAesMixColumns, Opcode.VAesInverseMixColumns, Opcode.VSm4Substitute })
        {
            Value first = ir.VUnary(opcode, 0, a);
            ir.SetSlot(slot++, first);
            ir.SetSlot(slot++, ir.VUnary(opcode, 0, ir.VUnary(opcode, 0, b)));
        }
        ir.SetSlot(slot, ir.VPolyMul64(ir.VUnary(Opcode.VHighHalf, 0, a), false, ir.VUnary(Opcode.VBroadcastLane, 3, b, 1), true));
    }, Operands(99)));

    [Fact]
    public void Bitwise_operations_that_become_one_agree_with_the_interpreter() => ForAll(harness => harness.Check("logic", ir =>
    {
        Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2), d = ir.GetSlot(V + 3);
        ir.SetSlot(V + 16, ir.VXor(ir.VXor(a, b), c));
        ir.SetSlot(V + 17, ir.VXor(a, ir.VAndNot(b, c)));
        ir.SetSlot(V + 18, ir.VOr(a, ir.VNot(b)));
        ir.SetSlot(V + 19, ir.VBitSelect(ir.VXor(b, c), a, b));
        ir.SetSlot(V + 20, ir.VAndNot(ir.VNot(ir.VAnd(a, b)), ir.VOr(a, c)));
        ir.SetSlot(V + 21, ir.VXor(ir.VXor(a, d), ir.VXor(b, c)));
        Value kept = ir.VOr(c, d);
        ir.SetSlot(V + 22, ir.VAnd(kept, a));
        ir.SetSlot(V + 23, kept);
        ir.SetSlot(V + 24, ir.VBitSelect(ir.VNot(ir.VNot(a)), ir.VAnd(a, d), ir.VAnd(c, d)));
        ir.SetSlot(V + 25, ir.VNot(ir.VXor(ir.VAnd(b, d), d)));
        ir.SetSlot(V, ir.VAnd(ir.VXor(b, ir.VConst(0x00FF_00FF_00FF_00FF)), c));
    }, Operands(5)));

    [Fact]
    public void Rounds_of_aes_with_a_key_each_agree_with_the_interpreter() => ForAll(harness => harness.Check("aes", ir =>
    {
        Value zero = ir.VConst(0), keys = ir.GetSlot(V + 1);
        Value encrypted = ir.GetSlot(V), decrypted = ir.GetSlot(V + 2);
        for (int round = 0; round < 5; round++)
        {
            keys = ir.VBinary(Opcode.VAdd, 3, keys, ir.VConst(0x1234_5678_9ABC_DEF1));
            encrypted = ir.VUnary(Opcode.VAesMixColumns, 0, ir.VBinary(Opcode.VAesEncryptLast, 0, ir.VXor(encrypted, keys), zero));
            decrypted = ir.VUnary(Opcode.VAesInverseMixColumns, 0, ir.VBinary(Opcode.VAesDecryptLast, 0, ir.VXor(keys, decrypted), zero));
            ir.SetSlot(V, encrypted);
            ir.SetSlot(V + 2, decrypted);
        }
        ir.SetSlot(V + 16, ir.VXor(ir.VBinary(Opcode.VAesEncryptLast, 0, ir.VXor(encrypted, keys), zero), keys));
        ir.SetSlot(V + 17, ir.VXor(decrypted, ir.VBinary(Opcode.VAesDecryptLast, 0, decrypted, zero)));
    }, Operands(6)));

    [Fact]
    public void Conditions_survive_cryptography() => ForAll(harness => harness.Check("flags", ir =>
    {
        Value flags = ir.FlagsSub(ir.GetSlot(X), ir.GetSlot(X + 1));
        Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1);
        ir.SetSlot(V + 16, ir.VSha256Rounds(a, b, a, true));
        ir.SetSlot(V + 17, ir.VSha1Rounds(a, b, 1));
        ir.SetSlot(V + 18, ir.VUnary(Opcode.VSm4Substitute, 0, a));
        ir.SetSlot(V + 19, ir.VBinary(Opcode.VPolyMul, 0, a, b));
        ir.SetSlot(V + 20, ir.VBinary(Opcode.VAesEncrypt, 0, a, b));
        ir.SetSlot(X + 5, ir.SetCondition(IrType.I64, Condition.Less, flags));
    }, Operands(7)));
}
