using System.Text;
using Dbt.Linux.Diagnostics;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>Walks the stack of an AArch64 thread along its frame records (AAPCS64 6.4.6: X29 points to { caller's X29, return address }) and through signal frames.</summary>
static unsafe class Arm64Stack
{
    const int MostFrames = 256;

    /// <summary>The frames, innermost first.</summary>
    public static List<StackFrame> Walk(LinuxThread thread, Symbolizer symbols)
    {
        var guest = thread.Guest;
        var memory = thread.Process.Memory;
        var frames = new List<StackFrame>();
        ulong pc = guest.Location.Pc, link = guest.Slot(Arm64State.X0 + 30), record = guest.Slot(Arm64State.X0 + 29);
        frames.Add(new StackFrame(pc, IsReturnAddress: false));
        AddLeafCaller(thread, symbols, frames, pc, link, record);
        while (frames.Count < MostFrames)
        {
            if ((record & 7) != 0 || !TryReadRecord(memory, record, out ulong next, out ulong back) || back == 0) break;
            if (IsTrampoline(memory, back) && TryReadInterrupted(memory, next, out ulong interrupted, out ulong interruptedLink, out ulong interruptedRecord))
            {
                frames.Add(new StackFrame(back, IsReturnAddress: false, IsHandlerBoundary: true));
                frames.Add(new StackFrame(interrupted, IsReturnAddress: false));
                AddLeafCaller(thread, symbols, frames, interrupted, interruptedLink, interruptedRecord);
                record = interruptedRecord;
                continue;
            }
            frames.Add(new StackFrame(back, IsReturnAddress: true));
            // Records lie at ascending addresses, or the chain is broken (or a coroutine's, which this ends as well).
            if (next <= record) break;
            record = next;
        }
        return frames;
    }

    // A function that calls nothing makes no record: its return address is only in X30. In one that has made its record, X30 is the same as there, or a place in the function itself.
    static void AddLeafCaller(LinuxThread thread, Symbolizer symbols, List<StackFrame> frames, ulong pc, ulong link, ulong record)
    {
        var memory = thread.Process.Memory;
        if (link < 4 || !thread.Process.Space.Map.Allows(link - 4, link, Protection.Execute) || !IsCall(memory, link - 4)) return;
        if (TryReadRecord(memory, record, out _, out ulong back) && back == link) return;
        ulong function = symbols.FunctionStart(pc);
        bool sameFunction = function != 0 && function == symbols.FunctionStart(link - 4);
        if (!sameFunction) frames.Add(new StackFrame(link, IsReturnAddress: true));
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

    // The kernel's frame lies below the record that it made for unwinders.
    static bool TryReadInterrupted(GuestMemory memory, ulong record, out ulong pc, out ulong link, out ulong previous)
    {
        ulong frame = record - Arm64SignalFrame.Size;
        link = previous = 0;
        return memory.TryRead(frame + Arm64SignalFrame.PcOffset, out pc) && memory.TryRead(frame + Arm64SignalFrame.RegistersOffset + 30 * 8, out link)
            && memory.TryRead(frame + Arm64SignalFrame.RegistersOffset + 29 * 8, out previous);
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
