using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>Vector operations that take the only other user of their operand with them: trees of bitwise operations on three inputs, and rounds of AES with the next key.</summary>
/// <remarks>
/// The walk backwards meets the root of a tree first. Operations below it that have no other use (no slot either) are computed inside it, and die when the walk
/// comes to them. A lifter cannot do this: only here it is known that nobody looks at the values between.
/// </remarks>
sealed partial class BlockAnalysis
{
    // The root: a function of up to three inputs, as Opcode.VLogic3 has it.
    int input0, input1, input2, inputCount, truth;

    static bool IsMerging(Opcode opcode) => opcode is >= Opcode.VAnd and <= Opcode.VBitSelect;

    void Merge(int i, ref IrOp op)
    {
        if (op.Opcode == Opcode.VXor && TryAddKey(ref op)) return;
        if (features.Avx512) MergeLogic(i, ref op);
    }

    // A round of AES ends with the exclusive or of its key. Guests begin the next round with it, so that theirs ends with key zero.
    bool TryAddKey(ref IrOp op)
    {
        for (int side = 0; side < 2; side++)
        {
            int round = side == 0 ? op.A : op.B;
            ref IrOp inner = ref block[round];
            if (inner.Opcode is < Opcode.VAesEncrypt or > Opcode.VAesDecryptLast || values[round].Uses != 1) continue;
            ref IrOp key = ref block[inner.B];
            if (key.Opcode != Opcode.VConst || key.Imm != 0) continue;
            int added = side == 0 ? op.B : op.A;
            op = op with { Opcode = inner.Opcode, A = inner.A, B = added };
            return true;
        }
        return false;
    }

    void MergeLogic(int i, ref IrOp op)
    {
        Opcode root = op.Opcode;
        SetInputs(op);
        bool merged = false;
        while (TryMergeInput()) merged = true;
        if (!merged && root != Opcode.VNot) return;
        // The first input's register becomes the result's: best one that nobody needs afterwards.
        if (inputCount > 1 && values[input0].End != 0 && values[input1].End == 0) SwapInputs();
        op = op with
        {
            Opcode = Opcode.VLogic3,
            Imm = truth,
            A = input0,
            B = inputCount > 1 ? input1 : input0,
            C = inputCount > 2 ? input2 : input0,
        };
    }

    void SwapInputs()
    {
        (input0, input1) = (input1, input0);
        int swapped = 0;
        for (int row = 0; row < 8; row++) swapped |= (truth >> (row & 1 | (row & 2) << 1 | (row & 4) >> 1) & 1) << row;
        truth = swapped;
    }

    // Inputs of one operation and its function of them; an input that does not exist does not matter.
    void SetInputs(in IrOp op)
    {
        (input0, input1, input2) = (op.A, op.B, op.C);
        inputCount = op.Opcode switch { Opcode.VNot => 1, Opcode.VBitSelect or Opcode.VLogic3 => 3, _ => 2 };
        truth = TruthOf(op);
    }

    static int TruthOf(in IrOp op) => op.Opcode switch
    {
        Opcode.VAnd => 0xF0 & 0xCC,
        Opcode.VOr => 0xF0 | 0xCC,
        Opcode.VXor => 0xF0 ^ 0xCC,
        Opcode.VAndNot => 0xF0 & ~0xCC,
        Opcode.VNot => 0x0F,
        Opcode.VBitSelect => 0xF0 & 0xCC | ~0xF0 & 0xAA,
        _ => (int)op.Imm,
    };

    int Input(int k) => k switch { 0 => input0, 1 => input1, _ => input2 };

    /// <summary>Puts the operation that makes an input in the input's place, if all inputs are three at most then.</summary>
    bool TryMergeInput()
    {
        for (int k = 0; k < inputCount; k++)
        {
            int candidate = Input(k);
            ref IrOp inner = ref block[candidate];
            if (!(IsMerging(inner.Opcode) || inner.Opcode == Opcode.VLogic3) || values[candidate].Uses != 1) continue;
            Span<int> inputs = stackalloc int[6];
            int count = 0;
            for (int other = 0; other < inputCount; other++)
            {
                if (other != k) Place(inputs, ref count, Input(other));
            }
            Place(inputs, ref count, inner.A);
            if (inner.B != 0) Place(inputs, ref count, inner.B);
            if (inner.C != 0) Place(inputs, ref count, inner.C);
            if (count > 3) continue;

            int combined = 0;
            for (int row = 0; row < 8; row++)
            {
                int inside = BitOf(TruthOf(inner), Bit(inputs, row, inner.A), Bit(inputs, row, inner.B), Bit(inputs, row, inner.C));
                int a = k == 0 ? inside : Bit(inputs, row, input0), b = k == 1 ? inside : Bit(inputs, row, input1), c = k == 2 ? inside : Bit(inputs, row, input2);
                combined |= BitOf(truth, a, b, c) << row;
            }
            (input0, input1, input2, inputCount, truth) = (inputs[0], inputs[1], inputs[2], count, combined);
            return true;
        }
        return false;
    }

    static void Place(Span<int> inputs, ref int count, int value)
    {
        if (!inputs[..count].Contains(value)) inputs[count++] = value;
    }

    static int BitOf(int truth, int a, int b, int c) => truth >> (4 * a + 2 * b + c) & 1;

    /// <summary>The bit of an input in a row of the table; 0 for what is not an input.</summary>
    static int Bit(ReadOnlySpan<int> inputs, int row, int value)
    {
        for (int k = 0; k < 3; k++)
        {
            if (value != 0 && inputs[k] == value) return row >> (2 - k) & 1;
        }
        return 0;
    }
}
