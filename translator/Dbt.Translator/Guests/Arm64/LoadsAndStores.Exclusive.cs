using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Loads and stores: exclusive, ordered, compare and swap, atomic operations. Arm ARM C4.1.67.</summary>
/// <remarks>
/// The exclusive monitor is a remembered address and value: a store exclusive succeeds if memory still holds the value (DESIGN: as every translator on hosts without LL/SC).
/// Misaligned atomics, which fault on processors without FEAT_LSE2, simply work: the host's locked operations allow them.
/// </remarks>
sealed partial class Arm64Lifter
{
    [Instruction("size:2 001000 0 1 0 xxxxx o0 xxxxx Rn:5 Rt:5", Asm = "ld{Acquire o0}xr{SizeSuffix size} {Register Rt size==3}, [{Rn:Xsp}]")]
    bool LoadExclusive(int size, bool o0, int Rn, int Rt)
    {
        var address = XOrSp(Rn, true);
        var value = ir.Load(IrType.I64, address, MemoryAccess.Of(size, ordered: o0));
        Monitor(address, ir.VFromScalar(value));
        SetX(Rt, value);
        return true;
    }

    [Instruction("1 sz 001000 0 1 1 xxxxx o0 Rt2:5 Rn:5 Rt:5", Asm = "ld{Acquire o0}xp {Rt:sz}, {Rt2:sz}, [{Rn:Xsp}]")]
    bool LoadExclusivePair(bool sz, bool o0, int Rt2, int Rn, int Rt)
    {
        // One access of both registers' size: the pair is read as a whole.
        var address = XOrSp(Rn, true);
        if (sz)
        {
            var value = ir.Load(IrType.V128, address, MemoryAccess.Of(4, ordered: o0));
            Monitor(address, value);
            SetX(Rt, ir.VExtract(IrType.I64, 3, value, 0));
            SetX(Rt2, ir.VExtract(IrType.I64, 3, value, 1));
        }
        else
        {
            var value = ir.Load(IrType.I64, address, MemoryAccess.Of(3, ordered: o0));
            Monitor(address, ir.VFromScalar(value));
            SetX(Rt, ir.Truncate(value));
            SetX(Rt2, ir.Shr(value, 32));
        }

        return true;
    }

    void Monitor(Value address, Value value)
    {
        ir.SetSlot(Arm64State.ExclusiveAddress, ir.Untagged(address));
        ir.SetSlot(Arm64State.ExclusiveValue, value);
    }

    [Instruction("size:2 001000 0 0 0 Rs:5 o0 xxxxx Rn:5 Rt:5", Asm = "st{Release o0}xr{SizeSuffix size} {Rs:W}, {Register Rt size==3}, [{Rn:Xsp}]")]
    bool StoreExclusive(int size, int Rs, int Rn, int Rt, bool o0)
    {
        // The host's locked operation is a release whether or not it was asked for.
        _ = o0;
        StoreIfMonitored(Rs, XOrSp(Rn, true), X(Rt, true), IrType.I64, size);
        return true;
    }

    [Instruction("1 sz 001000 0 0 1 Rs:5 o0 Rt2:5 Rn:5 Rt:5", Asm = "st{Release o0}xp {Rs:W}, {Rt:sz}, {Rt2:sz}, [{Rn:Xsp}]")]
    bool StoreExclusivePair(bool sz, int Rs, int Rt2, int Rn, int Rt, bool o0)
    {
        _ = o0;
        if (sz) StoreIfMonitored(Rs, XOrSp(Rn, true), ir.VFromPair(X(Rt, true), X(Rt2, true)), IrType.V128, 4);
        else StoreIfMonitored(Rs, XOrSp(Rn, true), WordPair(Rt, Rt2), IrType.I64, 3);
        return true;
    }

    void StoreIfMonitored(int status, Value address, Value value, IrType type, int size)
    {
        var monitoredAddress = ir.GetSlot(Arm64State.ExclusiveAddress);
        var monitoredValue = ir.GetSlot(Arm64State.ExclusiveValue, type);
        var failed = ir.StoreExclusive(address, value, monitoredAddress, monitoredValue, MemoryAccess.Of(size, ordered: true));
        ir.SetSlot(Arm64State.ExclusiveAddress, ir.Const64(Arm64State.NotMonitored));
        SetX(status, failed);
    }

    /// <summary>Two W registers as they lie in memory.</summary>
    Value WordPair(int low, int high) => ir.Or(ir.ZeroExtend32(X(low, false)), ir.Shl(X(high, true), 32));

    [Instruction("size:2 001000 1 1 0 xxxxx o0 xxxxx Rn:5 Rt:5", Asm = "ld{LimitedOrdering o0}ar{SizeSuffix size} {Register Rt size==3}, [{Rn:Xsp}]")]
    bool LoadAcquire(int size, int Rn, int Rt, bool o0)
    {
        // There is one LORegion: limited ordering is full ordering.
        _ = o0;
        LoadInto(Rt, XOrSp(Rn, true), 0, size, opc: 1, ordered: true);
        return true;
    }

    [Instruction("size:2 001000 1 0 0 xxxxx o0 xxxxx Rn:5 Rt:5", Asm = "stl{LimitedOrdering o0}r{SizeSuffix size} {Register Rt size==3}, [{Rn:Xsp}]")]
    bool StoreRelease(int size, int Rn, int Rt, bool o0)
    {
        _ = o0;
        StoreFrom(Rt, XOrSp(Rn, true), 0, size, ordered: true);
        return true;
    }

    [Instruction("size:2 111 0 00 1 0 1 11111 1 100 00 Rn:5 Rt:5", Asm = "ldapr{SizeSuffix size} {Register Rt size==3}, [{Rn:Xsp}]", Feature = "FEAT_LRCPC")]
    bool LoadAcquireRcpc(int size, int Rn, int Rt)
    {
        // May pass an earlier store-release, as every load may here.
        LoadInto(Rt, XOrSp(Rn, true), 0, size, opc: 1);
        return true;
    }

    // The host's locked operations are sequentially consistent: acquire and release forms are one.

    [Instruction("size:2 001000 1 L 1 Rs:5 o0 11111 Rn:5 Rt:5", Asm = "cas{AcquireRelease L o0}{SizeSuffix size} {Register Rs size==3}, {Register Rt size==3}, [{Rn:Xsp}]", Feature = "FEAT_LSE")]
    bool CompareAndSwap(int size, int Rs, int Rn, int Rt)
    {
        bool sf = size == 3;
        SetX(Rs, ir.CompareExchange(XOrSp(Rn, true), X(Rs, sf), X(Rt, sf), MemoryAccess.Of(size, ordered: true)));
        return true;
    }

    [Instruction("0 sz 001000 0 L 1 Rs:5 o0 11111 Rn:5 Rt:5", When = "((Rs | Rt) & 1) == 0", Feature = "FEAT_LSE",
        Asm = "casp{AcquireRelease L o0} {Rs:sz}, {NextRegister Rs sz}, {Rt:sz}, {NextRegister Rt sz}, [{Rn:Xsp}]")]
    bool CompareAndSwapPair(bool sz, int Rs, int Rn, int Rt)
    {
        var address = XOrSp(Rn, true);
        if (sz)
        {
            var expected = ir.VFromPair(X(Rs, true), X(Rs + 1, true));
            var desired = ir.VFromPair(X(Rt, true), X(Rt + 1, true));
            var old = ir.CompareExchange(address, expected, desired, MemoryAccess.Of(4, ordered: true));
            SetX(Rs, ir.VExtract(IrType.I64, 3, old, 0));
            SetX(Rs + 1, ir.VExtract(IrType.I64, 3, old, 1));
        }
        else
        {
            var old = ir.CompareExchange(address, WordPair(Rs, Rs + 1), WordPair(Rt, Rt + 1), MemoryAccess.Of(3, ordered: true));
            SetX(Rs, ir.Truncate(old));
            SetX(Rs + 1, ir.Shr(old, 32));
        }

        return true;
    }

    [Instruction("size:2 111 0 00 A R 1 Rs:5 0 opc:3 00 Rn:5 Rt:5", Asm = "ld{AtomicName opc}{AcquireRelease A R}{SizeSuffix size} {Register Rs size==3}, {Register Rt size==3}, [{Rn:Xsp}]", Feature = "FEAT_LSE")]
    [Alias("st{AtomicName opc}{AcquireRelease A R}{SizeSuffix size} {Register Rs size==3}, [{Rn:Xsp}]", When = "Rt == 31 && !A")]
    bool AtomicMemoryOperation(int size, int Rs, int opc, int Rn, int Rt)
    {
        // The encoding's opc and AtomicOperation have one order.
        SetX(Rt, ir.AtomicRmw((AtomicOperation)opc, XOrSp(Rn, true), X(Rs, size == 3), MemoryAccess.Of(size, ordered: true)));
        return true;
    }

    [Instruction("size:2 111 0 00 A R 1 Rs:5 1 000 00 Rn:5 Rt:5", Asm = "swp{AcquireRelease A R}{SizeSuffix size} {Register Rs size==3}, {Register Rt size==3}, [{Rn:Xsp}]", Feature = "FEAT_LSE")]
    bool Swap(int size, int Rs, int Rn, int Rt)
    {
        SetX(Rt, ir.AtomicRmw(AtomicOperation.Swap, XOrSp(Rn, true), X(Rs, size == 3), MemoryAccess.Of(size, ordered: true)));
        return true;
    }
}
