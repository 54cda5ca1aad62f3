using System.Text;
using Dbt.Linux.Diagnostics;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>
/// Walks the stack of an AArch64 thread: by call frame information where there is some (<see cref="UnwindTable"/>), else along frame records (AAPCS64 6.4.6: X29 points to { caller's X29, return
/// address }), and through signal frames.
/// </summary>
static unsafe class Arm64Stack
{
    const int MostFrames = 256, FramePointer = 29, Link = 30, StackPointer = 31;
    /// <summary>Above are the signatures of pointer authentication.</summary>
    const ulong AddressMask = (1UL << 48) - 1;

    /// <summary>The frames, innermost first.</summary>
    public static List<StackFrame> Walk(LinuxThread thread, Symbolizer symbols)
    {
        var guest = thread.Guest;
        var memory = thread.Process.Memory;
        var frames = new List<StackFrame>();
        Span<ulong> registers = stackalloc ulong[CallFrameRules.Registers];
        for (int i = 0; i <= Link; i++) registers[i] = guest.Slot(Arm64State.X0 + i);
        registers[StackPointer] = guest.Slot(Arm64State.Sp);
        ulong pc = guest.Location.Pc;
        frames.Add(new StackFrame(pc, IsReturnAddress: false));
        bool isReturn = false;
        while (frames.Count < MostFrames && TryStep(thread, symbols, registers, ref pc, isReturn))
        {
            isReturn = !IsTrampoline(memory, pc);
            frames.Add(new StackFrame(pc, isReturn, IsHandlerBoundary: !isReturn));
            if (isReturn) continue;
            if (!TryReadInterrupted(memory, registers, out pc)) break;
            frames.Add(new StackFrame(pc, IsReturnAddress: false));
        }
        return frames;
    }

    // To the caller; false if this is the outermost frame, or nothing leads on.
    static bool TryStep(LinuxThread thread, Symbolizer symbols, Span<ulong> registers, ref ulong pc, bool isReturn)
    {
        var memory = thread.Process.Memory;
        // A call may be the last instruction of a function.
        ulong place = isReturn ? pc - 1 : pc;
        if (symbols.TryModule(place, out var file, out ulong bias) && UnwindTable.TryFind(memory, file, bias, place, out var rules))
        {
            bool isOutermost = (rules.Lost >> Link & 1) != 0;
            return !isOutermost && TryUnwind(memory, rules, registers, ref pc, isReturn);
        }
        ulong link = registers[Link], record = registers[FramePointer];
        bool hasRecord = TryReadRecord(memory, record, out ulong next, out ulong back);
        if (!isReturn && (!hasRecord || back != link) && IsCallOfAnother(thread, symbols, pc, link))
        {
            pc = link;
            return true;
        }
        // Records lie at ascending addresses, or the chain is broken (or a coroutine's, which this ends as well).
        if (!hasRecord || (record & 7) != 0 || back == 0 || record < registers[StackPointer]) return false;
        (registers[FramePointer], registers[StackPointer], pc) = (next, record + 16, back & AddressMask);
        return true;
    }

    static bool TryUnwind(GuestMemory memory, in CallFrameRules rules, Span<ulong> registers, ref ulong pc, bool isReturn)
    {
        ulong frame = registers[rules.Base] + (ulong)rules.Offset;
        bool isSaved = (rules.Saved >> Link & 1) != 0;
        // Only the innermost function can have its return address in a register.
        if ((isReturn && !isSaved) || frame < registers[StackPointer]) return false;
        for (int i = 0; i < StackPointer; i++)
        {
            if ((rules.Saved >> i & 1) == 0) continue;
            if (!memory.TryRead(frame + (ulong)rules.SavedAt[i], out ulong value)) return false;
            registers[i] = value;
        }
        registers[StackPointer] = frame;
        pc = registers[Link] & AddressMask;
        return pc != 0;
    }

    // A function that calls nothing makes no record: its return address is only in X30. In one that has made its record, X30 is the same as there, or a place in the function itself.
    static bool IsCallOfAnother(LinuxThread thread, Symbolizer symbols, ulong pc, ulong link)
    {
        if (link < 4 || !thread.Process.Space.Map.Allows(link - 4, link, Protection.Execute) || !IsCall(thread.Process.Memory, link - 4)) return false;
        ulong function = symbols.FunctionStart(pc);
        return function == 0 || function != symbols.FunctionStart(link - 4);
    }

    static bool TryReadRecord(GuestMemory memory, ulong record, out ulong next, out ulong back)
    {
        back = 0;
        next = 0;
        return record != 0 && memory.TryRead(record, out next) && memory.TryRead(record + 8, out back);
    }

    // BL imm26; BLR Xn and its authenticated forms.
    static bool IsCall(GuestMemory memory, ulong address) => memory.TryRead(address, out uint word) && ((word & 0xFC000000) == 0x94000000 || (word & 0xFEFFF000) == 0xD63F0000);

    // mov x8, #__NR_rt_sigreturn; svc #0.
    static bool IsTrampoline(GuestMemory memory, ulong address) => memory.TryRead(address, out ulong words) && words == 0xD4000001D2801168;

    // A handler returns with its stack pointer at the kernel's frame.
    static bool TryReadInterrupted(GuestMemory memory, Span<ulong> registers, out ulong pc)
    {
        ulong frame = registers[StackPointer];
        if (!memory.TryRead(frame + Arm64SignalFrame.PcOffset, out pc)) return false;
        for (int i = 0; i <= StackPointer; i++)
        {
            if (!memory.TryRead(frame + Arm64SignalFrame.RegistersOffset + 8 * (ulong)i, out registers[i])) return false;
        }
        return true;
    }

    /// <summary>Four registers to a line.</summary>
    public static void AppendRegisters(StringBuilder text, GuestThread guest)
    {
        for (int i = 0; i < 31; i++) text.Append($"{(i % 4 == 0 ? "     " : " ")}{$"x{i}",-3} 0x{guest.Slot(Arm64State.X0 + i):x16}{(i % 4 == 3 ? "\n" : "")}");
        text.Append($" sp  0x{guest.Slot(Arm64State.Sp):x16}\n");
        int flags = StateLayout.UnpackFlags(guest.Slot32(Arm64State.Flags));
        text.Append($"     pc  0x{guest.Location.Pc:x16} flags {((flags & 8) != 0 ? 'N' : 'n')}{((flags & 4) != 0 ? 'Z' : 'z')}{((flags & 2) != 0 ? 'C' : 'c')}{((flags & 1) != 0 ? 'V' : 'v')}");
        text.Append($" fpcr 0x{guest.Slot32(Arm64State.Fpcr):x8} fpsr 0x{Arm64FloatingPoint.ReadStatus(guest):x8}\n");
    }
}
