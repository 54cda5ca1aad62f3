namespace Dbt.Translator.Ir;

/// <summary>Rotation, choice and cryptography: construction and folding.</summary>
/// <remarks>
/// The guest's instructions cut the algorithms in other places than hosts do. The folds here put the pieces together again: what one instruction shuffles into the
/// guest's order the next shuffles back, and a substitution followed by MixColumns is a round of AES.
/// </remarks>
public sealed partial class IrBuilder
{
    /// <summary>Each element (log2 bytes: 2 or 3) rotated right.</summary>
    public Value VRotateRight(int element, Value a, int amount) => amount == 0 ? a : Emit(Opcode.VRotateRight, IrType.V128, a, aux: element, imm: amount);

    /// <summary>Each element rotated left.</summary>
    public Value VRotateLeft(int element, Value a, int amount) => VRotateRight(element, a, -amount & ((8 << element) - 1));

    /// <summary>Two 32-bit elements of a, then two of b; see <see cref="Opcode.VShuffleWords"/>.</summary>
    public Value VShuffleWords(Value a, Value b, int selector) => Emit(Opcode.VShuffleWords, IrType.V128, a, b, imm: selector);

    /// <summary>The polynomial product of one half of each.</summary>
    public Value VPolyMul64(Value a, bool highA, Value b, bool highB) => Emit(Opcode.VPolyMul64, IrType.V128, a, b, imm: (highA ? 1 : 0) | (highB ? 2 : 0));

    /// <summary>Four rounds of SHA-1; see <see cref="Opcode.VSha1Rounds"/>.</summary>
    public Value VSha1Rounds(Value state, Value words, int function) => Emit(Opcode.VSha1Rounds, IrType.V128, state, words, imm: function);

    /// <summary>Two rounds of SHA-256; see <see cref="Opcode.VSha256Rounds"/>.</summary>
    public Value VSha256Rounds(Value hgdc, Value feba, Value words, bool highWords) => Emit(Opcode.VSha256Rounds, IrType.V128, hgdc, feba, words, imm: highWords ? 1 : 0);

    /// <summary>A vector whose low half is that of a; what is above it means nothing.</summary>
    /// <remarks>Instructions on pairs of scalars put their results together and take them apart again. From these two both directions vanish, also through sums.</remarks>
    public Value LowElement(Value a) => Element(a, high: false, depth: 0);

    /// <summary>A vector whose low half is the high half of a; what is above it means nothing.</summary>
    public Value HighElement(Value a) => Element(a, high: true, depth: 0);

    const int MaxElementDepth = 4;

    Value Element(Value a, bool high, int depth)
    {
        IrOp op = block[a.Index];
        switch (op.Opcode)
        {
            case Opcode.VCombineLow:
                return new(high ? op.B : op.A);
            case Opcode.VExtractBytes when op.Imm == 8:
                return high ? new(op.B) : Element(new Value(op.A), high: true, depth + 1);
            case Opcode.VAdd when op.Aux == 3 && depth < MaxElementDepth && (IsPair(op.A) || IsPair(op.B)):
                Value x = Element(new Value(op.A), high, depth + 1), y = Element(new Value(op.B), high, depth + 1);
                return VBinary(Opcode.VAdd, 3, x, y);
            default:
                return high ? VUnary(Opcode.VHighHalf, 0, a) : a;
        }
    }

    /// <summary>Whether a vector was put together from two halves, so that taking it apart costs nothing.</summary>
    bool IsPair(int vector)
    {
        ref IrOp op = ref block[vector];
        return op.Opcode == Opcode.VCombineLow || (op.Opcode == Opcode.VAdd && op.Aux == 3 && (block[op.A].Opcode == Opcode.VCombineLow || block[op.B].Opcode == Opcode.VCombineLow));
    }

    int FoldCryptography(ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.VInsertLane:
                return FoldInsertWord(ref op);
            case Opcode.VShuffleWords:
                return FoldShuffle(ref op);
            case Opcode.VPolyMul64:
                if (IsHighHalf(ref op.A, (op.Imm & 1) != 0)) op.Imm |= 1;
                if (IsHighHalf(ref op.B, (op.Imm & 2) != 0)) op.Imm |= 2;
                return 0;
            case Opcode.VAesMixColumns when block[op.A].Opcode == Opcode.VAesEncryptLast && IsVConst(block[op.A].B, 0):
                return RoundOf(Opcode.VAesEncrypt, op.A);
            case Opcode.VAesInverseMixColumns when block[op.A].Opcode == Opcode.VAesDecryptLast && IsVConst(block[op.A].B, 0):
                return RoundOf(Opcode.VAesDecrypt, op.A);
            default:
                return 0;
        }
    }

    int RoundOf(Opcode round, int lastRound) => VBinary(round, 0, new Value(block[lastRound].A), new Value(block[lastRound].B)).Index;

    // A word of a shuffled vector is a word of what was shuffled. A single word between zeroes may be rotated after it was moved: SHA-1's e goes from the state to the words like this.
    int FoldInsertWord(ref IrOp op)
    {
        if (op.Aux != 2) return 0;
        (int source, int word) = WordOf(op.B, (int)(op.Imm >> 4));
        op.B = source;
        op.Imm = (op.Imm & 15) | ((long)word << 4);

        ref IrOp rotated = ref block[source];
        if (!IsVConst(op.A, 0) || rotated is not { Opcode: Opcode.VRotateRight, Aux: 2 } || !IsSingleWord(block[rotated.A], word)) return 0;
        int amount = (int)rotated.Imm, from = (int)(block[rotated.A].Imm >> 4);
        var moved = VInsertLane(2, new Value(op.A), (int)op.Imm & 15, new Value(block[rotated.A].B), from);
        return VRotateRight(2, moved, amount).Index;
    }

    bool IsSingleWord(in IrOp op, int word) => op is { Opcode: Opcode.VInsertLane, Aux: 2 } && IsVConst(op.A, 0) && (op.Imm & 15) == word;

    /// <summary>Where a 32-bit element of a vector comes from.</summary>
    (int Vector, int Word) WordOf(int vector, int word)
    {
        ref IrOp op = ref block[vector];
        if (op.Opcode != Opcode.VShuffleWords) return (vector, word);
        return (word < 2 ? op.A : op.B, (int)(op.Imm >> (2 * word)) & 3);
    }

    int FoldShuffle(ref IrOp op)
    {
        if (block[op.A].Opcode != Opcode.VShuffleWords && block[op.B].Opcode != Opcode.VShuffleWords)
            return op.A == op.B && op.Imm == 0b11_10_01_00 ? op.A : 0;
        int selector = (int)op.Imm;
        var (a, word0) = WordOf(op.A, selector & 3);
        var (a1, word1) = WordOf(op.A, (selector >> 2) & 3);
        var (b, word2) = WordOf(op.B, (selector >> 4) & 3);
        var (b1, word3) = WordOf(op.B, selector >> 6);
        if (a != a1 || b != b1) return 0;
        selector = word0 | (word1 << 2) | (word2 << 4) | (word3 << 6);
        if (a == b && selector == 0b11_10_01_00) return a;
        op.A = a;
        op.B = b;
        op.Imm = selector;
        return 0;
    }

    // A factor that was moved down from the high half is read there.
    bool IsHighHalf(ref int factor, bool high)
    {
        ref IrOp op = ref block[factor];
        bool moved = !high && (op.Opcode == Opcode.VHighHalf || (op.Opcode == Opcode.VExtractBytes && op.Imm == 8));
        bool everywhere = op is { Opcode: Opcode.VBroadcastLane, Aux: 3, Imm: 1 };
        if (!moved && !everywhere) return high;
        factor = op.A;
        return true;
    }
}
