using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Ir;

/// <summary>What a random block may contain.</summary>
[Flags]
public enum RandomIrParts
{
    Integer = 1,
    Flags = 2,
    Memory = 4,
    Float = 8,
    Vector = 16,
    SideExits = 32,
    /// <summary>Atomics and exclusives (with <see cref="Memory"/>).</summary>
    Atomics = 64,
    All = 127,
}

/// <summary>
/// Makes random valid blocks from the op table: every opcode, operand kind and immediate that the verifier admits. The same seed gives the same block.
/// </summary>
/// <remarks>
/// Addresses are (slot or computed value) masked into a buffer of <see cref="BufferSize"/> bytes plus the base that the test passes, so that blocks run in the interpreter
/// and as emitted code over the same memory. Helper calls, traps and FlushCode's range need a runtime and are left out; the caller may append them.
/// </remarks>
public sealed class RandomIr
{
    /// <summary>Size of the memory that blocks access, from the base on.</summary>
    public const int BufferSize = 256;

    /// <summary>pc of the first instruction.</summary>
    public const ulong FirstPc = 0x1000;

    static readonly long[] EdgeIntegers =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, -1, -2, -128, -129, 0x7FFF, 0x8000, 0xFFFF, 0x10000, int.MaxValue, int.MinValue, uint.MaxValue,
        0x1_0000_0000, long.MaxValue, long.MinValue, 0x5555_5555_5555_5555, 0x0123_4567_89AB_CDEF,
    ];

    static readonly ulong[] EdgeDoubles =
    [
        0, 0x8000_0000_0000_0000, 0x3FF0_0000_0000_0000, 0xBFF0_0000_0000_0000, 0x3FE0_0000_0000_0000, 0x4000_0000_0000_0000, 0x4004_0000_0000_0000, 0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000,
        0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_1234, 0x7FF0_0000_0000_0001, 0xFFF4_0000_0000_0000, 1, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF,
        0x43E0_0000_0000_0000, 0xC3E0_0000_0000_0000, 0x41E0_0000_0000_0000, 0xC1E0_0000_0000_0000, 0x3CA0_0000_0000_0000, 0x41DF_FFFF_FFC0_0000,
    ];

    static readonly uint[] EdgeSingles =
    [
        0, 0x8000_0000, 0x3F80_0000, 0xBF80_0000, 0x3F00_0000, 0x4000_0000, 0x4020_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_1234, 0x7F80_0001, 0xFFA0_0000, 1, 0x007F_FFFF,
        0x0080_0000, 0x7F7F_FFFF, 0x5F00_0000, 0xDF00_0000, 0x4F00_0000, 0xCF00_0000, 0x3380_0000,
    ];

    readonly Random random;
    readonly IrBlock block;
    readonly RandomIrParts parts;
    readonly ulong memoryBase;
    readonly Opcode[] opcodes;
    readonly List<int>[] values = new List<int>[(int)IrType.Flags + 1];

    RandomIr(IrBlock block, int seed, RandomIrParts parts, ulong memoryBase)
    {
        this.block = block;
        this.parts = parts;
        this.memoryBase = memoryBase;
        random = new Random(seed);
        opcodes = Enum.GetValues<Opcode>().Where(Wanted).ToArray();
        for (int i = 0; i < values.Length; i++) values[i] = [];
    }

    /// <summary>Fills a block (which is reset) with about <paramref name="operations"/> operations and a terminal.</summary>
    public static void Fill(IrBlock block, int seed, int operations = 40, RandomIrParts parts = RandomIrParts.All, ulong memoryBase = 0)
    {
        block.Reset();
        new RandomIr(block, seed, parts, memoryBase).Generate(operations);
    }

    /// <summary>An integer with a preference for edges.</summary>
    public static long NextInteger(Random random) => random.Next(3) switch
    {
        0 => EdgeIntegers[random.Next(EdgeIntegers.Length)],
        1 => random.NextInt64() >> random.Next(64),
        _ => random.NextInt64() ^ (random.NextInt64() << 1),
    };

    /// <summary>The bits of an F32 or F64 with a preference for edges, NaNs and neighbours in magnitude.</summary>
    public static ulong NextFloat(Random random, IrType type)
    {
        bool single = type == IrType.F32;
        switch (random.Next(4))
        {
            case 0: return single ? EdgeSingles[random.Next(EdgeSingles.Length)] : EdgeDoubles[random.Next(EdgeDoubles.Length)];
            case 1: return single ? (uint)random.NextInt64() : (ulong)NextInteger(random);
            default:
                double value = (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-12, 12));
                return single ? BitConverter.SingleToUInt32Bits((float)value) : BitConverter.DoubleToUInt64Bits(value);
        }
    }

    /// <summary>Fills every slot of a guest state with random values; a V128 slot often holds two doubles or four singles.</summary>
    public static unsafe void FillState(byte* state, StateLayout layout, Random random)
    {
        for (int i = 0; i < layout.Count; i++)
        {
            byte* slot = state + layout[i].Offset;
            switch (layout[i].Type)
            {
                case IrType.I32: *(uint*)slot = (uint)NextInteger(random); break;
                case IrType.Flags: *(uint*)slot = StateLayout.PackFlags(random.Next(16)); break;
                case IrType.F32: *(uint*)slot = (uint)NextFloat(random, IrType.F32); break;
                case IrType.F64: *(ulong*)slot = NextFloat(random, IrType.F64); break;
                case IrType.V128:
                    bool single = random.Next(2) == 0;
                    for (int word = 0; word < 4; word++) ((uint*)slot)[word] = (uint)NextFloat(random, IrType.F32);
                    for (int half = 0; half < 2 && !single; half++) ((ulong*)slot)[half] = NextFloat(random, IrType.F64);
                    break;
                default: *(ulong*)slot = (ulong)NextInteger(random); break;
            }
        }
    }

    bool Wanted(Opcode opcode)
    {
        RandomIrParts part = opcode switch
        {
            Opcode.Nop or Opcode.Const or Opcode.VConst or Opcode.Count or Opcode.CallHelper or Opcode.TrapIf => 0,
            >= Opcode.Goto => 0,
            Opcode.ExitIf => RandomIrParts.SideExits | RandomIrParts.Flags,
            Opcode.GetSlot or Opcode.SetSlot => RandomIrParts.Integer,
            Opcode.Select or Opcode.SetCondition or Opcode.AddWithCarry or Opcode.SubWithCarry => RandomIrParts.Flags,
            <= Opcode.Crc32C => RandomIrParts.Integer,
            Opcode.FlagsFloatCompare or Opcode.FlagsFloatCompareIf => RandomIrParts.Float | RandomIrParts.Flags,
            <= Opcode.FlagsFloatCompareIf => RandomIrParts.Flags,
            Opcode.Load or Opcode.Store => RandomIrParts.Memory,
            <= Opcode.Fence => RandomIrParts.Memory | RandomIrParts.Atomics,
            Opcode.VFromPair => RandomIrParts.Vector,
            Opcode.VFromScalar or Opcode.ScalarFromV => RandomIrParts.Float | RandomIrParts.Vector,
            <= Opcode.IntegerToF => RandomIrParts.Float,
            >= Opcode.VRotateRight and <= Opcode.VSm4Substitute => RandomIrParts.Vector,
            Opcode.VRecipEstimate or Opcode.VRecipSqrtEstimate or Opcode.VDot => RandomIrParts.Vector,
            < Opcode.VFAdd or >= Opcode.VMulWideUnsigned and <= Opcode.VSubSaturatingUnsigned => RandomIrParts.Vector,
            _ => RandomIrParts.Float | RandomIrParts.Vector,
        };
        return part != 0 && (part & parts) == part;
    }

    void Generate(int operations)
    {
        ulong pc = FirstPc;
        block.BeginInstruction(new Location(pc));
        while (block.Count < operations)
        {
            if (random.Next(3) == 0 && block.InstructionCount < IrBlock.MaxInstructions) block.BeginInstruction(new Location(pc += 4));
            // A third are slot accesses: they are what passes move about.
            Opcode opcode = random.Next(6) switch { 0 => Opcode.GetSlot, 1 or 2 => Opcode.SetSlot, _ => opcodes[random.Next(opcodes.Length)] };
            Append(opcode);
        }
        if (random.Next(4) == 0) Define(new IrOp { Opcode = Opcode.Indirect, A = Get(IrType.I64), Aux = (byte)random.Next(3) });
        else Define(new IrOp { Opcode = Opcode.Goto, Imm = (long)(pc + 4) });
    }

    int Define(in IrOp op)
    {
        int index = block.Append(op);
        if (op.Type != IrType.None) values[(int)op.Type].Add(index);
        return index;
    }

    /// <summary>A value of the type: mostly one that exists, preferably recent, sometimes a new constant or slot read.</summary>
    int Get(IrType type)
    {
        List<int> known = values[(int)type];
        if (known.Count > 0 && random.Next(4) != 0) return known[Math.Max(random.Next(known.Count), random.Next(known.Count))];
        if (type == IrType.Flags) return Flags();
        if (type == IrType.V128 && Slot(type) is int vector and >= 0 && random.Next(4) != 0) return Define(new IrOp { Opcode = Opcode.GetSlot, Type = type, Imm = vector });
        if (type == IrType.I64 && Slot(type) is int integer and >= 0 && random.Next(2) != 0) return Define(new IrOp { Opcode = Opcode.GetSlot, Type = type, Imm = integer });
        return Constant(type);
    }

    int Constant(IrType type) => Define(new IrOp
    {
        Opcode = type == IrType.V128 ? Opcode.VConst : Opcode.Const,
        Type = type,
        Imm = type switch
        {
            IrType.I32 => (int)NextInteger(random),
            IrType.F32 or IrType.F64 => (long)NextFloat(random, type),
            _ => NextInteger(random),
        },
    });

    int Flags()
    {
        if (block.Layout.FlagsSlot >= 0) return Define(new IrOp { Opcode = Opcode.GetSlot, Type = IrType.Flags, Imm = block.Layout.FlagsSlot });
        int bits = Constant(IrType.I32);
        return Define(new IrOp { Opcode = Opcode.FlagsFromNzcv, Type = IrType.Flags, A = bits });
    }

    /// <summary>A slot of the type, from the first few of its kind so that accesses meet; -1 if there is none.</summary>
    int Slot(IrType type)
    {
        int wanted = random.Next(4), found = -1;
        for (int i = 0; i < block.Layout.Count && wanted >= 0; i++)
        {
            if (block.Layout[i].Type != type) continue;
            found = i;
            wanted--;
        }
        return found;
    }

    int AnySlot()
    {
        while (true)
        {
            var type = (IrType)random.Next((int)IrType.I32, (int)IrType.Flags + 1);
            if (type == IrType.V128 && (parts & RandomIrParts.Vector) == 0) continue;
            if (type == IrType.Flags && (parts & RandomIrParts.Flags) == 0) continue;
            int slot = Slot(random.Next(2) == 0 ? IrType.I64 : type);
            if (slot >= 0) return slot;
        }
    }

    void Append(Opcode opcode)
    {
        ref readonly OpInfo info = ref OpTable.Info(opcode);
        var op = new IrOp { Opcode = opcode };
        if (info.Imm == ImmKind.Slot) op.Imm = AnySlot();
        Type(ref op, info);
        Aux(ref op, info);
        Imm(ref op, info);
        IrType group = random.Next(2) == 0 ? IrType.F32 : IrType.F64;
        for (int i = 0; i < 4; i++)
        {
            OperandKind kind = i switch { 0 => info.A, 1 => info.B, 2 => info.C, _ => info.D };
            if (kind == OperandKind.None) break;
            int operand = kind == OperandKind.Address ? Address(op) : Get(OperandType(kind, op, group));
            switch (i)
            {
                case 0: op.A = operand; break;
                case 1: op.B = operand; break;
                case 2: op.C = operand; break;
                default: op.D = operand; break;
            }
        }
        // Half of the exclusives stand a chance to succeed.
        if (opcode == Opcode.StoreExclusive && block.Layout.AddressBits == 64 && random.Next(2) == 0) op.C = op.A;
        Define(op);
    }

    IrType Integer() => random.Next(2) == 0 ? IrType.I32 : IrType.I64;

    IrType Float() => random.Next(2) == 0 ? IrType.F32 : IrType.F64;

    IrType DataType()
    {
        while (true)
        {
            var type = (IrType)random.Next((int)IrType.I32, (int)IrType.Flags);
            if (type is IrType.F32 or IrType.F64 && (parts & RandomIrParts.Float) == 0) continue;
            if (type == IrType.V128 && (parts & RandomIrParts.Vector) == 0) continue;
            return type;
        }
    }

    void Type(ref IrOp op, in OpInfo info)
    {
        op.Type = info.Result switch
        {
            ResultKind.I32 => IrType.I32,
            ResultKind.I64 => IrType.I64,
            ResultKind.V128 => IrType.V128,
            ResultKind.Flags => IrType.Flags,
            ResultKind.Integer or ResultKind.Exchanged => Integer(),
            ResultKind.Float => Float(),
            ResultKind.Scalar => random.Next(2) == 0 ? Integer() : Float(),
            ResultKind.Data or ResultKind.Loaded => DataType(),
            ResultKind.SlotRead => SlotReadType(block.Layout[(int)op.Imm].Type),
            _ => IrType.None,
        };
        if (info.Result == ResultKind.Exchanged && op.Opcode == Opcode.CompareExchange && (parts & RandomIrParts.Vector) != 0 && random.Next(4) == 0) op.Type = IrType.V128;
    }

    IrType SlotReadType(IrType slot) => slot switch
    {
        IrType.I64 => Integer(),
        IrType.V128 when (parts & RandomIrParts.Float) == 0 => random.Next(2) == 0 ? IrType.I64 : slot,
        IrType.V128 => random.Next(4) switch { 0 => IrType.F32, 1 => IrType.F64, 2 => IrType.I64, _ => slot },
        _ => slot,
    };

    static int SizeOf(IrType type) => type switch { IrType.I32 or IrType.F32 => 2, IrType.V128 => 4, _ => 3 };

    void Aux(ref IrOp op, in OpInfo info)
    {
        op.Aux = (byte)(info.Aux switch
        {
            AuxKind.Condition => random.Next(16),
            AuxKind.Element => random.Next(IrVerifier.MinElement(op.Opcode), IrVerifier.MaxElement(op.Opcode) + 1),
            AuxKind.Access => Access(op),
            AuxKind.Lsb => random.Next(op.Type == IrType.I32 ? 32 : 64),
            AuxKind.SizeLog2 => random.Next(4),
            AuxKind.Signalling => random.Next(2),
            AuxKind.Negate => random.Next(4),
            AuxKind.Rounding => random.Next(6),
            AuxKind.RoundingUnsigned => random.Next(6) | (random.Next(2) << 3),
            AuxKind.Unsigned => random.Next(2) << 3,
            _ => 0,
        });
        if (MakesNaN(op.Opcode) && random.Next(4) == 0) op.Aux |= IrBuilder.DefaultNaNBit;
        if (IrVerifier.MayFlushHalf(op.Opcode) && (op.Aux & 3) == 1 && random.Next(4) == 0) op.Aux |= IrBuilder.FlushHalfBit;
    }

    static bool MakesNaN(Opcode opcode) => opcode is >= Opcode.FAdd and <= Opcode.FMinNumber or >= Opcode.FMulAdd and <= Opcode.FConvert
        or >= Opcode.VFAdd and <= Opcode.VFMulAdd or >= Opcode.VFMax and <= Opcode.VFMinNumber or Opcode.VFRound or Opcode.VFWiden or Opcode.VFNarrow
        or >= Opcode.VFRecipEstimate and <= Opcode.VFRoundBounded;

    byte Access(in IrOp op)
    {
        IrType type = op.Opcode == Opcode.StoreExclusive ? random.Next(4) == 0 && (parts & RandomIrParts.Vector) != 0 ? IrType.V128 : Integer() : op.Type == IrType.None ? DataType() : op.Type;
        int size = type is IrType.F32 or IrType.F64 || (type == IrType.V128 && op.Opcode is Opcode.CompareExchange or Opcode.StoreExclusive) ? SizeOf(type) : random.Next(SizeOf(type) + 1);
        bool signed = op.Opcode == Opcode.Load && type is IrType.I32 or IrType.I64 && random.Next(3) == 0;
        bool exclusive = op.Opcode is Opcode.CompareExchange or Opcode.StoreExclusive;
        return MemoryAccess.Of(size, signed, swapped: random.Next(4) == 0 && !(exclusive && size == 4), ordered: random.Next(4) == 0).Bits;
    }

    void Imm(ref IrOp op, in OpInfo info)
    {
        int width = op.Type == IrType.I32 ? 32 : 64, lanes = 16 >> (op.Aux & 3), element = 8 << (op.Aux & 3);
        op.Imm = info.Imm switch
        {
            ImmKind.Slot => op.Imm,
            ImmKind.FieldWidth => random.Next(1, width - op.Aux + 1),
            ImmKind.PairAmount => random.Next(1, width),
            ImmKind.OperandWidth => 32 << random.Next(2),
            ImmKind.WidthNzcv => (32L << random.Next(2)) | ((long)random.Next(16) << 8),
            ImmKind.NzcvSignalling => random.Next(16) | (random.Next(2) << 8),
            ImmKind.Displacement => random.Next(BufferSize / 2 - 16),
            ImmKind.Atomic => random.Next((int)AtomicOperation.Swap + 1),
            ImmKind.Bit => random.Next(2),
            ImmKind.FractionBits => random.Next(2) == 0 ? 0 : random.Next(1, 65),
            ImmKind.ShiftLeft => random.Next(element),
            ImmKind.ShiftRight => random.Next(element + 1),
            ImmKind.Lane => random.Next(lanes),
            ImmKind.LanePair => random.Next(lanes) | (random.Next(lanes) << 4),
            ImmKind.ByteNumber => random.Next(16),
            ImmKind.VectorConversion => (op.Opcode == Opcode.VIntegerToF ? 0 : random.Next(6)) | (random.Next(2) << 3)
                | (op.Opcode == Opcode.VFRound || random.Next(2) == 0 ? 0 : random.Next(1, element + 1) << 8),
            ImmKind.Selector => random.Next(IrVerifier.MaxSelector(op.Opcode) + 1),
            ImmKind.ElementCount => 1 << random.Next(5 - (op.Aux & 3)),
            ImmKind.Container => random.Next(op.Aux + 1, 4),
            ImmKind.Location => (long)FirstPc + 4 * random.Next(0x1000),
            _ => 0,
        };
    }

    IrType OperandType(OperandKind kind, in IrOp op, IrType group) => kind switch
    {
        OperandKind.Same => op.Type,
        OperandKind.I32 => IrType.I32,
        OperandKind.I64 => IrType.I64,
        OperandKind.Integer => op.Opcode is Opcode.VBroadcast or Opcode.VInsert && op.Aux == 3 ? IrType.I64 : Integer(),
        OperandKind.Float => Float(),
        OperandKind.Scalar => random.Next(2) == 0 ? Integer() : Float(),
        OperandKind.V128 => IrType.V128,
        OperandKind.Flags => IrType.Flags,
        OperandKind.Amount => random.Next(2) == 0 ? IrType.I32 : op.Type,
        OperandKind.OperandWidth => (op.Imm & 0xFF) == 32 ? IrType.I32 : IrType.I64,
        OperandKind.SlotValue => block.Layout[(int)op.Imm].Type,
        OperandKind.SameFloat => group,
        OperandKind.OtherFloat => op.Type == IrType.F32 ? IrType.F64 : IrType.F32,
        OperandKind.SameWidth => op.Type switch { IrType.I32 => IrType.F32, IrType.I64 => IrType.F64, IrType.F32 => IrType.I32, _ => IrType.I64 },
        OperandKind.Stored => StoredType(new MemoryAccess(op.Aux), exclusive: op.Opcode == Opcode.StoreExclusive),
        OperandKind.SameAsB => block[op.B].Type,
        _ => op.Aux == 3 ? IrType.I64 : IrType.I32,
    };

    IrType StoredType(MemoryAccess access, bool exclusive)
    {
        while (true)
        {
            IrType type = DataType();
            if (exclusive && (type is IrType.F32 or IrType.F64 || (type == IrType.V128) != (access.SizeLog2 == 4))) continue;
            if (type is IrType.F32 or IrType.F64 ? access.SizeLog2 == SizeOf(type) : access.SizeLog2 <= SizeOf(type)) return type;
        }
    }

    /// <summary>memoryBase + (value and mask), aligned for atomics; with the largest displacement it stays inside the buffer.</summary>
    int Address(in IrOp op)
    {
        bool atomic = OpTable.Info(op.Opcode).Imm != ImmKind.Displacement;
        long mask = (BufferSize / 2 - 1) & (atomic ? -new MemoryAccess(op.Aux).Size : -1);
        IrType type = block.Layout.AddressBits == 32 ? IrType.I32 : IrType.I64;
        int offset = Define(new IrOp { Opcode = Opcode.And, Type = type, A = Get(type), B = Define(new IrOp { Opcode = Opcode.Const, Type = type, Imm = mask }) });
        int start = Define(new IrOp { Opcode = Opcode.Const, Type = type, Imm = type == IrType.I32 ? (int)memoryBase : (long)memoryBase });
        return Define(new IrOp { Opcode = Opcode.Add, Type = type, A = offset, B = start });
    }
}
