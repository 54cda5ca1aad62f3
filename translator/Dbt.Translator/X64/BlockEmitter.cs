using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Turns an IR block into host code: analysis, then one forward sweep that assigns registers and emits. Reused for many blocks; allocates nothing in steady state.</summary>
/// <remarks>
/// The parts: this file drives; <c>Lowering.*</c> hold the operations by subject. Code is laid out as hot path, then side exits and slow paths, then the stubs of unlinked exits.
/// Host flags: <see cref="hostFlags"/> names the Flags value that the host's flags hold at this point of emission, if any.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    readonly Assembler asm = new();
    readonly BlockAnalysis analysis = new();
    readonly RegisterAllocator alloc;
    readonly StateMapWriter maps = new();
    readonly HostFeatures features;
    ValueInfo[] values = new ValueInfo[2048];

    IrBlock block = null!;
    EmissionOptions options;
    byte* data;
    byte* dataEnd;
    bool dataOverflowed;
    ExitRecord* exits;
    int exitCount;
    IndirectSite* sites;
    int siteCount;

    /// <summary>Makes an emitter for the given host.</summary>
    public BlockEmitter(in HostFeatures features)
    {
        this.features = features;
        alloc = new RegisterAllocator(asm);
    }

    /// <summary>
    /// Emits a block into the space. The block must be valid and is changed (operands are renamed, dead operations removed).
    /// Returns false, leaving nothing, if it does not fit.
    /// </summary>
    /// <param name="irBlock">What to emit.</param>
    /// <param name="space">Where; tells how much was used.</param>
    /// <param name="emissionOptions">Options.</param>
    /// <param name="ranges">Guest byte ranges [start, end) read by the lifter, as pairs.</param>
    /// <param name="info">The block's description, in the data part.</param>
    public bool TryEmit(IrBlock irBlock, ref EmissionSpace space, in EmissionOptions emissionOptions, ReadOnlySpan<ulong> ranges, out BlockInfo* info)
    {
        block = irBlock;
        options = emissionOptions;
        data = space.Data;
        dataEnd = space.Data + space.DataAvailable;
        dataOverflowed = false;
        info = (BlockInfo*)AllocateData(sizeof(BlockInfo));
        operationCount = block.Count;
        CountExits();
        exits = (ExitRecord*)AllocateData(exitCount * sizeof(ExitRecord));
        sites = (IndirectSite*)AllocateData(siteCount * sizeof(IndirectSite));
        if (dataOverflowed) return false;
        exitCount = siteCount = 0;

        if (values.Length < block.Count) values = new ValueInfo[block.Count * 2];
        analysis.Run(block, values, features);
        if (mayLoop) loop.Run(block, values);
        else loop.Clear();
        asm.Begin(space.CodeWrite, space.CodeExecute, space.CodeAvailable);
        alloc.Start(block, values);
        maps.Start();
        hostFlags = 0;
        twoWayExit = false;
        sideExitCount = 0;
        pollExitCount = 0;
        slowPathCount = 0;
        snapshotCount = 0;
        pooledCount = 0;

        if (loop.Closing != 0) EmitLoop();
        else EmitOperations();
        alloc.OperandsStay = floatMayTrap = false;
        EmitSlowPaths();
        EmitSideExits();
        EmitUnlinkedStubs();

        int codeSize = asm.Offset;
        byte* stateMap = AllocateData(maps.Length);
        if (asm.Overflowed || dataOverflowed) return false;
        maps.Written.CopyTo(new Span<byte>(stateMap, maps.Length));

        *info = new BlockInfo
        {
            Location = block.Start.Bits,
            Entry = space.CodeExecute,
            CodeSize = codeSize,
            InstructionCount = block.InstructionCount,
            Exits = exits,
            ExitCount = exitCount,
            Sites = sites,
            SiteCount = siteCount,
            StateMap = stateMap,
            StateMapSize = maps.Length,
            RangeCount = ranges.Length / 2,
        };
        for (int i = 0; i < ranges.Length; i++) info->Ranges[i] = ranges[i];
        space.CodeUsed = codeSize;
        space.DataUsed = (int)(data - space.Data);
        return true;
    }

    // At most: the copy of a loop's body has its own.
    void CountExits()
    {
        (exitCount, siteCount, mayLoop) = (1, 0, false);
        for (int i = 1; i < block.Count; i++)
        {
            ref IrOp op = ref block[i];
            if (op.Opcode is Opcode.ExitIf or Opcode.TrapIf) exitCount++;
            if (op.Opcode == Opcode.Indirect && (IndirectKind)op.Aux != IndirectKind.Return) siteCount++;
            mayLoop |= options.LoopsInside && LoopAnalysis.MayLoop(op, block.Start.Bits);
        }
        if (mayLoop) (exitCount, siteCount) = (2 * exitCount, 2 * siteCount);
    }

    /// <summary>An exit goes to the block's own start.</summary>
    bool mayLoop;

    /// <summary>Room in the data part, 16-byte aligned.</summary>
    byte* AllocateData(int size)
    {
        byte* result = data;
        size = (size + 15) & ~15;
        if (size > dataEnd - data)
        {
            dataOverflowed = true;
            return dataEnd - 64;
        }
        data += size;
        return result;
    }

    /// <summary>A 64-bit constant in the data part, as an operand.</summary>
    MemoryOperand Pool(ulong constant) => Pool(constant, constant);

    /// <summary>A 128-bit constant in the data part, as an operand.</summary>
    MemoryOperand Pool(ulong low, ulong high)
    {
        int shared = ThreadConstants.Find(low, high);
        if (shared >= 0) return Field(ThreadFields.Constants + (16 * shared));
        for (int k = 0; k < Math.Min(pooledCount, pooled.Length); k++)
        {
            ref readonly PooledConstant known = ref pooled[k];
            if (known.Low == low && known.High == high) return Assembler.Rip((void*)known.Address);
        }
        ulong* at = (ulong*)AllocateData(16);
        at[0] = low;
        at[1] = high;
        pooled[pooledCount++ % pooled.Length] = new PooledConstant(low, high, (nint)at);
        return Assembler.Rip(at);
    }

    readonly record struct PooledConstant(ulong Low, ulong High, nint Address);

    // The constants that this block pooled last, to be found again.
    readonly PooledConstant[] pooled = new PooledConstant[16];
    int pooledCount;

    void Lower(int i, ref IrOp op)
    {
        if (OutOfLine.IsNeeded(op, features, block.FloatTraps))
        {
            LowerOutOfLine(i, ref op);
            return;
        }
        switch (op.Opcode)
        {
            case Opcode.Const or Opcode.VConst:
                break;
            case Opcode.GetSlot:
                if ((int)op.Imm == block.Layout.FlagsSlot) StoreFlags();
                if (!alloc.IsLive(i) && !TryReadOwner(i, ref op)) alloc.ReadSlot(i, (int)op.Imm);
                break;
            case Opcode.SetSlot:
                alloc.WriteSlot((int)op.Imm, op.A);
                break;
            case >= Opcode.Add and <= Opcode.Crc32C:
                LowerInteger(i, ref op);
                break;
            case >= Opcode.FlagsAdd and <= Opcode.FlagsFloatCompareIf:
                LowerFlags(i, ref op);
                break;
            case >= Opcode.Load and <= Opcode.Fence:
                LowerMemory(i, ref op);
                break;
            case >= Opcode.VFRecipEstimate and <= Opcode.VDot:
                LowerEstimate(i, ref op);
                break;
            case >= Opcode.CallHelper:
                LowerControl(i, ref op);
                break;
            case >= Opcode.VRotateRight and <= Opcode.VSm4Substitute:
                LowerCryptography(i, ref op);
                break;
            case >= Opcode.FAdd and <= Opcode.IntegerToF:
                LowerFloat(i, ref op);
                break;
            default:
                LowerVector(i, ref op);
                break;
        }
    }

    static int WidthOf(IrType type) => type == IrType.I32 ? 32 : 64;

    bool IsConstant(int value, out long constant)
    {
        constant = block[value].Imm;
        return block[value].Opcode == Opcode.Const;
    }

    /// <summary>A constant that fits a sign-extended 32-bit immediate of an operation of the given width.</summary>
    bool IsImmediate(int value, int width, out int immediate)
    {
        immediate = (int)block[value].Imm;
        return block[value].Opcode == Opcode.Const && (width == 32 || block[value].Imm == immediate);
    }

    bool Dies(int value, int at) => values[value].End <= at;
}
