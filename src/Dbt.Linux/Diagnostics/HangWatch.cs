using System.Runtime.InteropServices;
using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Linux.Strace;
using Dbt.Linux.Syscalls;
using Dbt.Linux.Threads;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Diagnostics;

/// <summary>Looks from time to time whether the guest still makes progress, and prints where all threads stand when it does not (<c>--hang-timeout</c>).</summary>
/// <remarks>
/// It has a host thread of its own, which is a guest thread to the engine that never runs guest code: so fork and all else that stops the world stops it in native code, as the others. A thread
/// makes no progress if it is not in translated code and no system call of its has returned. The program goes on after the report; the next one needs progress in between.
/// </remarks>
sealed unsafe class HangWatch(LinuxProcess process, string program, int seconds)
{
    const int SamplesPerTimeout = 4;

    GuestThread guest = null!;

    /// <summary>Starts to look; also in a child, which has lost its parent's watch.</summary>
    public void Start()
    {
        nint stack = HostThread.MapStack();
        if (stack == 0) return;
        guest = process.Engine.CreateThread();
        var handle = GCHandle.Alloc(this);
        ulong all = ~SignalNumbers.Synchronous, own;
        Kernel.Call(Sys.rt_sigprocmask, 2, (long)&all, (long)&own, 8);
        bool started = HostThread.TryStart(stack, &Enter, GCHandle.ToIntPtr(handle));
        Kernel.Call(Sys.rt_sigprocmask, 2, (long)&own, 0, 8);
        if (started) return;
        handle.Free();
        process.Engine.DestroyThread(guest);
        HostThread.UnmapStack(stack);
    }

    [UnmanagedCallersOnly]
    static nint Enter(nint argument)
    {
        var handle = GCHandle.FromIntPtr(argument);
        var watch = (HangWatch)handle.Target!;
        handle.Free();
        watch.Watch();
        return 0;
    }

    void Watch()
    {
        ulong seen = 0;
        int idle = 0;
        while (true)
        {
            Sleep();
            bool isIdle = IsIdle(out ulong progress) && progress == seen;
            seen = progress;
            idle = isIdle ? idle + 1 : 0;
            if (idle == SamplesPerTimeout) Report();
        }
    }

    void Sleep()
    {
        const int Monotonic = 1, Absolute = 1;
        long* until = stackalloc long[2];
        Kernel.GetTime(Monotonic, until);
        long nanoseconds = until[1] + (long)seconds * (1_000_000_000 / SamplesPerTimeout);
        until[0] += nanoseconds / 1_000_000_000;
        until[1] = nanoseconds % 1_000_000_000;
        while (HostCalls.BlockingSyscall(guest, (long)Sys.clock_nanosleep, Monotonic, Absolute, (long)until) != 0)
        {
            // Somebody who stops the world asks for a poll: being in the kernel is all that this thread has to do for it.
            Volatile.Write(ref guest.Block->Poll, 0);
        }
    }

    // Progress is a sum that changes whenever a system call returns.
    bool IsIdle(out ulong progress)
    {
        progress = 0;
        bool idle = true;
        foreach (var thread in process.Threads.Live())
        {
            progress += Volatile.Read(ref thread.Returned) + ((ulong)thread.Guest.Block->HostThreadId << 32);
            if (Volatile.Read(ref thread.Guest.Block->Activity) == (uint)ThreadActivity.Engine) idle = false;
        }
        return idle;
    }

    void Report()
    {
        var text = new StringBuilder();
        var symbols = new Symbolizer();
        text.Append($"dbt: no thread of {program} (process {Kernel.Call(Sys.getpid)}) has made progress for {seconds} s\n");
        foreach (var thread in process.Threads.Live())
        {
            int id = thread.Guest.Block->HostThreadId;
            text.Append($"     thread {id} \"{ThreadNames.Of(id)}\"");
            AppendCall(text, thread);
            StackReport.Append(text, thread, symbols);
        }
        HostOutput.WriteError(Encoding.UTF8.GetBytes(text.ToString()));
    }

    void AppendCall(StringBuilder text, LinuxThread thread)
    {
        ulong number = *thread.Number;
        var rows = process.Syscalls;
        if (!process.Abi.IsBehindSyscall(thread) || number >= (ulong)rows.Length || rows[(int)number].Name is null)
        {
            text.Append('\n');
            return;
        }
        ref readonly SyscallRow row = ref rows[(int)number];
        var call = new Call(thread, thread.Arguments, row.Host, row.Traits);
        text.Append($" in {row.Name}(");
        var formatter = new ArgumentFormatter(process, row);
        formatter.AppendInputs(text, call);
        text.Append(formatter.IsComplete ? ")\n" : ", ...)\n");
        if (row.Host == Sys.futex) FutexOwner.Append(text, process, call.Address(0), call.Int(1) & 127);
    }
}
