using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;

namespace Dbt.Translator.Execution;

/// <summary>
/// The unmanaged block of one guest thread: guest state, everything that emitted code reaches through the state pointer, the saved context of a fault, and the signal stack.
/// </summary>
/// <remarks>
/// Mapped at an address that is a multiple of <see cref="Alignment"/>, so that the emitted signal handler, which runs on the alternate stack inside the block, finds it by masking rsp.
/// The state pointer (rbp) is the block's address plus <see cref="Bias"/>: the first 256 bytes of guest state take one-byte displacements.
/// <code>
///   +0      guest state (slots; offsets in the guest's StateLayout are relative to +128)
///   +1024   fields below
///   +8192   saved host context of a fault (written by the signal handler)
///   +12288  counters of the signal queue; +16384 its entries
///   +Alignment/2 .. +Alignment   alternate signal stack, growing down
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct ThreadBlock
{
    /// <summary>Size and alignment of the mapping in bytes.</summary>
    public const int Alignment = 256 * 1024;
    /// <summary>State pointer minus block address.</summary>
    public const int Bias = 128;
    /// <summary>Most bytes of guest state.</summary>
    public const int GuestStateSize = 1024;

    /// <summary>Non-zero when the thread must return to the engine at the next back-edge or indirect exit.</summary>
    [FieldOffset(1024)] public uint Poll;
    /// <summary>MXCSR to load when entering translated code.</summary>
    [FieldOffset(1028)] public uint GuestMxcsr;
    /// <summary>MXCSR of managed code.</summary>
    [FieldOffset(1032)] public uint HostMxcsr;
    /// <summary>Host stack pointer saved by the enter stub.</summary>
    [FieldOffset(1040)] public nint HostStack;
    /// <summary>Where execution stands whenever managed code runs (<see cref="Ir.Location.Bits"/>).</summary>
    [FieldOffset(1048)] public ulong Location;
    /// <summary>Direct-mapped table of the thread: entries are <see cref="CodePair"/>s by value (16 bytes).</summary>
    [FieldOffset(1056)] public CodePair* Table;
    /// <summary>Byte mask for table offsets: (entries - 1) * 16. Offset of a location: (pc &lt;&lt; 2) &amp; mask.</summary>
    [FieldOffset(1064)] public ulong TableMask;
    /// <summary>Exit that happened: reason.</summary>
    [FieldOffset(1072)] public ExitKind ExitKind;
    /// <summary>Exit that happened: its record (Link, Syscall, Trap, FlushCode, Poll) or site (<see cref="IndirectSite"/>, Indirect; 0 if it left to poll).</summary>
    [FieldOffset(1080)] public void* ExitRecord;
    /// <summary>First argument of the exit: target location (Indirect), address (FlushCode).</summary>
    [FieldOffset(1088)] public ulong ExitValue;
    /// <summary>Second argument: size (FlushCode).</summary>
    [FieldOffset(1096)] public ulong ExitValue2;
    /// <summary>Stub: unlinked exit. rax = record.</summary>
    [FieldOffset(1104)] public nint StubLink;
    /// <summary>Stub: indirect branch that missed its inline cache; probes <see cref="Table"/>. rax = location, rdx = site, or 0 if the poll word was seen set or the table has been probed already.</summary>
    [FieldOffset(1112)] public nint StubIndirect;
    /// <summary>Stub: exit with a record of kind Syscall, Trap or FlushCode (arguments already in ExitValue, ExitValue2). rax = record.</summary>
    [FieldOffset(1120)] public nint StubExit;
    /// <summary>Stub: poll word seen set at a direct exit. rax = record.</summary>
    [FieldOffset(1128)] public nint StubPoll;
    /// <summary>Stub: <see cref="FloatStubs.Repair"/>; called, eax = request.</summary>
    [FieldOffset(1144)] public nint StubFloat;
    /// <summary>Table of helper functions called by <see cref="Ir.Opcode.CallHelper"/>: unmanaged (ThreadBlock* block, ulong a, ulong b, ulong c, ulong d) -> ulong.</summary>
    [FieldOffset(1136)] public nint* Helpers;
    /// <summary>Cumulative floating-point flags of the guest that are not, or no longer, in its MXCSR; the same bits, but bit 1: a subnormal operand was flushed (Arm's IDC). See <see cref="FloatTraps"/>.</summary>
    [FieldOffset(1152)] public uint FloatStatus;
    /// <summary>Executions of blocks counted when statistics are on: reached by link.</summary>
    [FieldOffset(1160)] public ulong CountLinked;
    /// <summary>Reached by inline cache.</summary>
    [FieldOffset(1168)] public ulong CountInlineCache;
    /// <summary>Returns that went through the thread's table.</summary>
    [FieldOffset(1176)] public ulong CountReturn;
    /// <summary>Reached through the thread's table.</summary>
    [FieldOffset(1184)] public ulong CountTable;
    /// <summary>Handle of the managed GuestThread (a GCHandle), for helpers and the engine.</summary>
    [FieldOffset(1192)] public nint Thread;
    /// <summary>Scratch space of emitted code (16-byte aligned).</summary>
    [FieldOffset(1216)] public fixed byte Scratch[64];

    /// <summary>See <see cref="X64.ThreadConstants"/>.</summary>
    [FieldOffset(2048)] public fixed byte Constants[16 * X64.ThreadConstants.Count];

    /// <summary>What its host thread is doing (<see cref="ThreadActivity"/>); written by that thread, read by one that stops the world.</summary>
    [FieldOffset(1536)] public uint Activity;
    /// <summary>Host thread id while <see cref="Engine.Run"/> runs.</summary>
    [FieldOffset(1540)] public int HostThreadId;
    /// <summary>The word that is non-zero while a thread stops the world; also the futex on which stopped threads sleep.</summary>
    [FieldOffset(1544)] public uint* StopWord;
    /// <summary>See <see cref="X64.EstimateTables"/>.</summary>
    [FieldOffset(1560)] public long* EstimateTables;

    /// <summary>Stub: executes an operation for which the host has no instruction. rax = <see cref="Ir.OutOfLineOperation"/>; operands and result in <see cref="Operands"/>. Changes rax and flags only.</summary>
    [FieldOffset(1552)] public nint StubEvaluate;
    /// <summary>Four operands of such an operation and its result, 16 bytes each (16-byte aligned).</summary>
    [FieldOffset(1568)] public fixed byte Operands[16 * (ResultOperand + 1)];

    /// <summary>Number of the result in <see cref="Operands"/>.</summary>
    public const int ResultOperand = 4;

    /// <summary>Signals ever queued; advanced by the signal handler with one instruction, so that handlers may nest.</summary>
    [FieldOffset(12288)] public uint QueueHead;
    /// <summary>Signals ever taken from the queue.</summary>
    [FieldOffset(12292)] public uint QueueTail;
    /// <summary>Non-zero when all asynchronous signals are blocked on the host, because one is being dealt with: <see cref="HostSignals.SetMask"/> ends it.</summary>
    [FieldOffset(12296)] public uint HoldsBack;

    /// <summary>Entries of the signal queue (a power of two), each one siginfo_t.</summary>
    public const int QueueEntries = 256;
    /// <summary>Offset of the queue's entries.</summary>
    public const int QueueOffset = 16384;
    /// <summary>Offset of the alternate signal stack.</summary>
    public const int AlternateStackOffset = Alignment / 2;
    /// <summary>Size of the alternate signal stack: no other stack has this size, so a handler that finds it in its ucontext knows that the thread has a block.</summary>
    public const int AlternateStackSize = Alignment / 2 - 64;
}

/// <summary>What a host thread is doing, as far as stopping it is concerned.</summary>
public enum ThreadActivity : uint
{
    /// <summary>In native code, and it cannot come back to managed code while the world is stopped.</summary>
    Native,
    /// <summary>In managed code outside of the engine: a callback of the kernel, or not yet or no longer running. Holds no pointer into the code cache.</summary>
    Managed,
    /// <summary>In the engine or in translated code.</summary>
    Engine,
}
