using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Loads and stores of SIMD and FP registers. Arm ARM C4.1.94.</summary>
/// <remarks>Registers change after the last access of an instruction, so that a fault shows the state before it.</remarks>
sealed partial class Arm64Lifter
{
    Value LoadV(Value address, int size, long displacement) => size == 0
        ? ir.VFromScalar(ir.Load(IrType.I32, address, MemoryAccess.Of(0), displacement))
        : ir.Load(IrType.V128, address, MemoryAccess.Of(size), displacement);

    bool LoadStoreV(bool load, int size, int Rt, Value address, long displacement)
    {
        if (load) SetV(Rt, LoadV(address, size, displacement));
        else ir.Store(address, V(Rt), MemoryAccess.Of(size), displacement);
        return true;
    }

    void WriteBack(int Rn, Value address, long offset) => SetXOrSp(Rn, ir.Add(address, ir.Const64(offset)));

    [Instruction("size:2 111 1 01 wide L imm12:12 Rn:5 Rt:5", Asm = "{Either L \"str\" \"ldr\"} {Scalar Rt (size|wide<<2)}, {BaseOffset Rn (imm12<<(size|wide<<2))}", When = "size == 0 || !wide")]
    bool LoadStoreVectorOffset(int size, int wide, bool L, int imm12, int Rn, int Rt)
    {
        int scale = size | wide << 2;
        return LoadStoreV(L, scale, Rt, XOrSp(Rn, true), (long)imm12 << scale);
    }

    [Instruction("size:2 111 1 00 wide L 0 imm9:9 00 Rn:5 Rt:5", Asm = "{Either L \"stur\" \"ldur\"} {Scalar Rt (size|wide<<2)}, {BaseOffset Rn ((imm9^256)-256)}", When = "size == 0 || !wide")]
    bool LoadStoreVectorUnscaled(int size, int wide, bool L, int imm9, int Rn, int Rt) =>
        LoadStoreV(L, size | wide << 2, Rt, XOrSp(Rn, true), SignExtend(imm9, 9));

    [Instruction("size:2 111 1 00 wide L 0 imm9:9 pre 1 Rn:5 Rt:5", Asm = "{Either L \"str\" \"ldr\"} {Scalar Rt (size|wide<<2)}, {BaseIndexed pre Rn ((imm9^256)-256)}", When = "size == 0 || !wide")]
    bool LoadStoreVectorIndexed(int size, int wide, bool L, int imm9, bool pre, int Rn, int Rt)
    {
        var address = XOrSp(Rn, true);
        long offset = SignExtend(imm9, 9);
        LoadStoreV(L, size | wide << 2, Rt, address, pre ? offset : 0);
        WriteBack(Rn, address, offset);
        return true;
    }

    [Instruction("size:2 111 1 00 wide L 1 Rm:5 option:3!=00x,10x S 10 Rn:5 Rt:5", Asm = "{Either L \"str\" \"ldr\"} {Scalar Rt (size|wide<<2)}, {BaseIndex Rn Rm option S (size|wide<<2)}", When = "size == 0 || !wide")]
    bool LoadStoreVectorRegister(int size, int wide, bool L, int Rm, int option, bool S, int Rn, int Rt)
    {
        int scale = size | wide << 2;
        var address = ir.Add(XOrSp(Rn, true), ExtendedRegister(Rm, option, S ? scale : 0, true));
        return LoadStoreV(L, scale, Rt, address, 0);
    }

    [Instruction("opc:2!=11 011 1 00 imm19:19 Rt:5", Asm = "ldr {Scalar Rt opc+2}, {Literal pc imm19}")]
    bool LoadVectorLiteral(int opc, int imm19, int Rt) => LoadStoreV(true, opc + 2, Rt, ir.Const64(Pc + (ulong)(SignExtend(imm19, 19) * 4)), 0);

    [Instruction("opc:2!=11 101 1 0 mode:2 L imm7:7 Rt2:5 Rn:5 Rt:5", Asm = "{Either L \"st\" \"ld\"}{Either (mode==0) \"p\" \"np\"} {Scalar Rt opc+2}, {Scalar Rt2 opc+2}, {PairAddress mode Rn (((imm7^64)-64)<<(opc+2))}", When = "!L || Rt != Rt2")]
    bool LoadStoreVectorPair(int opc, int mode, bool L, int imm7, int Rt2, int Rn, int Rt)
    {
        int size = opc + 2;
        long offset = SignExtend(imm7, 7) << size;
        long first = mode == 1 ? 0 : offset, second = first + (1 << size);
        var address = XOrSp(Rn, true);
        if (L)
        {
            var low = LoadV(address, size, first);
            var high = LoadV(address, size, second);
            SetV(Rt, low);
            SetV(Rt2, high);
        }
        else
        {
            ir.Store(address, V(Rt), MemoryAccess.Of(size), first);
            ir.Store(address, V(Rt2), MemoryAccess.Of(size), second);
        }

        if ((mode & 1) != 0) WriteBack(Rn, address, offset);
        return true;
    }
}
