namespace Dbt.Translator.Ir;

/// <summary>How a memory operation accesses guest memory; packed into an operation's <see cref="IrOp.Aux"/>.</summary>
/// <remarks>Bits 2..0: log2 of the size in bytes (0 to 4). Bit 3: sign-extend (loads). Bit 4: other byte order. Bit 5: ordered (load-acquire, store-release,
/// sequentially consistent among themselves as LDAR/STLR are). Plain accesses have the host's TSO order, which is stronger than every guest's.</remarks>
public readonly record struct MemoryAccess(byte Bits)
{
    /// <summary>log2 of the number of bytes.</summary>
    public int SizeLog2 => Bits & 7;
    /// <summary>Number of bytes: 1, 2, 4, 8 or 16.</summary>
    public int Size => 1 << SizeLog2;
    /// <summary>A narrow load extends the sign instead of zeroes.</summary>
    public bool IsSigned => (Bits & 8) != 0;
    /// <summary>Bytes are reversed between memory and value.</summary>
    public bool IsSwapped => (Bits & 16) != 0;
    /// <summary>Acquire for loads, release for stores.</summary>
    public bool IsOrdered => (Bits & 32) != 0;

    /// <summary>An access of 2^<paramref name="sizeLog2"/> bytes.</summary>
    public static MemoryAccess Of(int sizeLog2, bool signed = false, bool swapped = false, bool ordered = false) =>
        new((byte)(sizeLog2 | (signed ? 8 : 0) | (swapped ? 16 : 0) | (ordered ? 32 : 0)));
}

/// <summary>The operation of an atomic read-modify-write.</summary>
public enum AtomicOperation : byte
{
    /// <summary>memory + value.</summary>
    Add,
    /// <summary>memory &amp; ~value (Arm LDCLR).</summary>
    Clear,
    /// <summary>memory ^ value.</summary>
    Xor,
    /// <summary>memory | value.</summary>
    Or,
    /// <summary>Signed maximum.</summary>
    SignedMax,
    /// <summary>Signed minimum.</summary>
    SignedMin,
    /// <summary>Unsigned maximum.</summary>
    UnsignedMax,
    /// <summary>Unsigned minimum.</summary>
    UnsignedMin,
    /// <summary>value.</summary>
    Swap,
}

/// <summary>What made control leave a block for the guest's kernel; the argument of Trap and TrapIf.</summary>
public enum TrapKind : byte
{
    /// <summary>An undefined or unsupported instruction (SIGILL).</summary>
    Undefined,
    /// <summary>A breakpoint instruction (SIGTRAP).</summary>
    Breakpoint,
    /// <summary>Integer division by zero (SIGFPE).</summary>
    DivideByZero,
    /// <summary>Integer overflow (SIGFPE).</summary>
    IntegerOverflow,
    /// <summary>A guest instruction fetch failed (SIGSEGV or SIGBUS).</summary>
    InstructionFetch,
    /// <summary>Alignment fault of an access or of the pc (SIGBUS).</summary>
    Misaligned,
    /// <summary>A trap instruction of the guest with its own code (MIPS TEQ and others).</summary>
    Software,
    /// <summary>The instruction's bytes are no longer those that were translated (<see cref="Guests.ICodeSource.ChangesSilently"/>): the engine translates anew, the kernel never sees it.</summary>
    Rewritten,
}

/// <summary>What kind of indirect branch leaves the block: chooses its predictor.</summary>
public enum IndirectKind : byte
{
    /// <summary>A computed jump.</summary>
    Jump,
    /// <summary>An indirect call.</summary>
    Call,
    /// <summary>A return: goes through the thread's table without an inline cache.</summary>
    Return,
}

/// <summary>Rounding modes in the encoding of Arm's FPCR.RMode, plus ties-away and the dynamic mode.</summary>
public enum Rounding : byte
{
    /// <summary>To nearest, ties to even.</summary>
    NearestEven,
    /// <summary>Towards plus infinity.</summary>
    Up,
    /// <summary>Towards minus infinity.</summary>
    Down,
    /// <summary>Towards zero.</summary>
    TowardsZero,
    /// <summary>To nearest, ties away from zero.</summary>
    NearestAway,
    /// <summary>The mode of the location's FP control class (MXCSR during the run).</summary>
    Dynamic,
}
