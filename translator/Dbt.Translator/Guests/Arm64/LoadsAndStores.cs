using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Loads and stores of general registers: literal, pair, and single register. Arm ARM C4.1.67.</summary>
/// <remarks>
/// An access stands before every register that it changes, so that a fault leaves the registers as they were. A load into the zero register is still an access.
/// Prefetches are no accesses.
/// </remarks>
sealed partial class Arm64Lifter
{
    [Instruction("0 sf 011000 imm19:19 Rt:5", Asm = "ldr {Rt:sf}, {Label pc imm19 19}")]
    bool LoadLiteral(bool sf, int imm19, int Rt)
    {
        LoadInto(Rt, LiteralAddress(imm19), 0, sf ? 3 : 2, opc: 1);
        return true;
    }

    [Instruction("10 011000 imm19:19 Rt:5", Asm = "ldrsw {Rt:X}, {Label pc imm19 19}")]
    bool LoadLiteralSignedWord(int imm19, int Rt)
    {
        LoadInto(Rt, LiteralAddress(imm19), 0, 2, opc: 2);
        return true;
    }

    Value LiteralAddress(int imm19) => ir.Const64(BranchTarget(imm19, 19));

    [Instruction("11 011000 imm19:19 Rt:5", Asm = "prfm {Prefetch Rt}, {Label pc imm19 19}")]
    bool PrefetchLiteral() => true;

    /// <summary>Loads 2^size bytes: opc 1 zero-extends, 2 sign-extends to 64 bits, 3 to 32 bits.</summary>
    void LoadInto(int t, Value address, long displacement, int size, int opc, bool ordered = false)
    {
        // Zero-extended loads fill the whole register whatever its name.
        var type = opc == 3 ? IrType.I32 : IrType.I64;
        SetX(t, ir.Load(type, address, MemoryAccess.Of(size, signed: opc >= 2, ordered: ordered), displacement));
    }

    void StoreFrom(int t, Value address, long displacement, int size, bool ordered = false) =>
        ir.Store(address, X(t, size == 3), MemoryAccess.Of(size, ordered: ordered), displacement);

    void LoadOrStore(int t, Value address, long displacement, int size, int opc)
    {
        if (opc == 0) StoreFrom(t, address, displacement, size);
        else LoadInto(t, address, displacement, size, opc);
    }

    // ---- Pairs. opc: 32 bits, 32 bits signed (loads only), 64 bits. ----

    [Instruction("opc:2!=11 101 0 000 L imm7:7 Rt2:5 Rn:5 Rt:5", When = "opc != 1", Asm = "{LoadStore L}np {Register Rt opc==2}, {Register Rt2 opc==2}, {Offset Rn imm7 opc}")]
    [Instruction("opc:2!=11 101 0 010 L imm7:7 Rt2:5 Rn:5 Rt:5", When = "opc != 1 || L", Asm = "{LoadStore L}p{Sw opc} {Register Rt opc!=0}, {Register Rt2 opc!=0}, {Offset Rn imm7 opc}")]
    bool LoadStorePairOffset(int opc, bool L, int imm7, int Rt2, int Rn, int Rt)
    {
        var address = XOrSp(Rn, true);
        LoadOrStorePair(opc, L, Rt, Rt2, address, PairOffset(opc, imm7));
        return true;
    }

    [Instruction("opc:2!=11 101 0 001 L imm7:7 Rt2:5 Rn:5 Rt:5", When = "opc != 1 || L", Asm = "{LoadStore L}p{Sw opc} {Register Rt opc!=0}, {Register Rt2 opc!=0}, {PairPostIndex Rn imm7 opc}")]
    bool LoadStorePairPostIndex(int opc, bool L, int imm7, int Rt2, int Rn, int Rt)
    {
        var address = XOrSp(Rn, true);
        LoadOrStorePair(opc, L, Rt, Rt2, address, 0);
        SetXOrSp(Rn, ir.Add(address, ir.Const64(PairOffset(opc, imm7))));
        return true;
    }

    [Instruction("opc:2!=11 101 0 011 L imm7:7 Rt2:5 Rn:5 Rt:5", When = "opc != 1 || L", Asm = "{LoadStore L}p{Sw opc} {Register Rt opc!=0}, {Register Rt2 opc!=0}, {PairPreIndex Rn imm7 opc}")]
    bool LoadStorePairPreIndex(int opc, bool L, int imm7, int Rt2, int Rn, int Rt)
    {
        var address = XOrSp(Rn, true);
        long offset = PairOffset(opc, imm7);
        LoadOrStorePair(opc, L, Rt, Rt2, address, offset);
        SetXOrSp(Rn, ir.Add(address, ir.Const64(offset)));
        return true;
    }

    static long PairOffset(int opc, int imm7) => Arm64Immediate.Signed(imm7, 7) << (opc == 2 ? 3 : 2);

    void LoadOrStorePair(int opc, bool load, int t, int t2, Value address, long displacement)
    {
        int size = opc == 2 ? 3 : 2;
        if (!load)
        {
            StoreFrom(t, address, displacement, size);
            StoreFrom(t2, address, displacement + (1 << size), size);
            return;
        }

        var access = MemoryAccess.Of(size, signed: opc == 1);
        var first = ir.Load(IrType.I64, address, access, displacement);
        var second = ir.Load(IrType.I64, address, access, displacement + (1 << size));

        // If both are one register, what it gets is unpredictable; QEMU's choice makes comparisons easy.
        SetX(t2, second);
        SetX(t, first);
    }

    // ---- Single registers. size: log2 of the bytes; opc: store, load, load signed to 64 bits, load signed to 32 bits. ----

    [Instruction("size:2 111 0 00 opc:2 0 imm9:9 00 Rn:5 Rt:5", When = "Arm64Syntax.IsLoadStore(size, opc)", Asm = "{LoadStoreName size opc \"ur\"} {Transfer Rt size opc}, {UnscaledOffset Rn imm9}")]
    [Instruction("size:2 111 0 00 opc:2 0 imm9:9 10 Rn:5 Rt:5", When = "Arm64Syntax.IsLoadStore(size, opc)", Asm = "{LoadStoreName size opc \"tr\"} {Transfer Rt size opc}, {UnscaledOffset Rn imm9}")]
    bool LoadStoreUnscaledImmediate(int size, int opc, int imm9, int Rn, int Rt)
    {
        // The unprivileged forms differ only for privileged callers.
        LoadOrStore(Rt, XOrSp(Rn, true), Arm64Immediate.Signed(imm9, 9), size, opc);
        return true;
    }

    [Instruction("size:2 111 0 00 opc:2 0 imm9:9 01 Rn:5 Rt:5", When = "Arm64Syntax.IsLoadStore(size, opc)", Asm = "{LoadStoreName size opc \"r\"} {Transfer Rt size opc}, {PostIndex Rn imm9}")]
    bool LoadStorePostIndex(int size, int opc, int imm9, int Rn, int Rt)
    {
        var address = XOrSp(Rn, true);
        LoadOrStore(Rt, address, 0, size, opc);
        SetXOrSp(Rn, ir.Add(address, ir.Const64(Arm64Immediate.Signed(imm9, 9))));
        return true;
    }

    [Instruction("size:2 111 0 00 opc:2 0 imm9:9 11 Rn:5 Rt:5", When = "Arm64Syntax.IsLoadStore(size, opc)", Asm = "{LoadStoreName size opc \"r\"} {Transfer Rt size opc}, {PreIndex Rn imm9}")]
    bool LoadStorePreIndex(int size, int opc, int imm9, int Rn, int Rt)
    {
        var address = XOrSp(Rn, true);
        long offset = Arm64Immediate.Signed(imm9, 9);
        LoadOrStore(Rt, address, offset, size, opc);
        SetXOrSp(Rn, ir.Add(address, ir.Const64(offset)));
        return true;
    }

    [Instruction("size:2 111 0 00 opc:2 1 Rm:5 option:3 S 10 Rn:5 Rt:5", When = "Arm64Syntax.IsLoadStore(size, opc) && (option & 2) != 0",
        Asm = "{LoadStoreName size opc \"r\"} {Transfer Rt size opc}, {RegisterOffset Rn Rm option S size}")]
    bool LoadStoreRegisterOffset(int size, int opc, int Rm, int option, bool S, int Rn, int Rt)
    {
        LoadOrStore(Rt, RegisterOffsetAddress(Rn, Rm, option, S ? size : 0), 0, size, opc);
        return true;
    }

    /// <summary>Base plus extended and scaled index.</summary>
    Value RegisterOffsetAddress(int n, int m, int option, int shift) => ir.Add(XOrSp(n, true), ExtendedRegister(m, option, shift, true));

    [Instruction("size:2 111 0 01 opc:2 imm12:12 Rn:5 Rt:5", When = "Arm64Syntax.IsLoadStore(size, opc)", Asm = "{LoadStoreName size opc \"r\"} {Transfer Rt size opc}, {UnsignedOffset Rn imm12 size}")]
    bool LoadStoreUnsignedImmediate(int size, int opc, int imm12, int Rn, int Rt)
    {
        LoadOrStore(Rt, XOrSp(Rn, true), (long)imm12 << size, size, opc);
        return true;
    }

    [Instruction("11 111 0 00 10 0 imm9:9 00 Rn:5 Rt:5", Asm = "prfum {Prefetch Rt}, {UnscaledOffset Rn imm9}")]
    [Instruction("11 111 0 00 10 1 Rm:5 option:3 S 10 Rn:5 Rt:5", When = "(option & 2) != 0", Asm = "prfm {Prefetch Rt}, {RegisterOffset Rn Rm option S 3}")]
    [Instruction("11 111 0 01 10 imm12:12 Rn:5 Rt:5", Asm = "prfm {Prefetch Rt}, {UnsignedOffset Rn imm12 3}")]
    bool Prefetch() => true;

    // ---- Release consistency with immediate offset. ----

    [Instruction("size:2 011001 opc:2 0 imm9:9 00 Rn:5 Rt:5", When = "Arm64Syntax.IsLoadStore(size, opc)", Feature = "FEAT_LRCPC2",
        Asm = "{LoadStoreName size opc \"ap\" \"ur\"} {Transfer Rt size opc}, {UnscaledOffset Rn imm9}")]
    bool LoadAcquireStoreReleaseUnscaled(int size, int opc, int imm9, int Rn, int Rt)
    {
        // Load-acquire of the RCpc kind and store-release need no more order than the memory model of plain accesses here (MemoryAccess):
        // only LDAR may not pass an earlier STLR, so a store that LDAR could pass must be ordered.
        var address = XOrSp(Rn, true);
        long offset = Arm64Immediate.Signed(imm9, 9);
        if (opc != 0) LoadInto(Rt, address, offset, size, opc);
        else StoreFrom(Rt, address, offset, size, ordered: true);
        return true;
    }
}
