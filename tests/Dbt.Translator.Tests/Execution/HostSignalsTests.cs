using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using static Dbt.Translator.Tests.Execution.TestMachine;

namespace Dbt.Translator.Tests.Execution;

[Collection(ProcessState.Name)]
public sealed unsafe class HostSignalsTests
{
    const int SigUsr1 = 10, SigRt = 40;
    const long Read = 0, Pipe = 22, Nanosleep = 35, GetPid = 39, Kill = 62, Close = 3, ThreadKill = 234, QueueToThread = 297, GetThreadId = 186, WriteCall = 1;

    static void Signal(GuestThread thread, int signal) =>
        Assert.Equal(0, HostCalls.Syscall(ThreadKill, HostCalls.Syscall(GetPid), thread.Block->HostThreadId, signal));

    static List<int> Drain(GuestThread thread)
    {
        var signals = new List<int>();
        byte* siginfo = stackalloc byte[HostSignals.SiginfoSize];
        while (HostSignals.TryDequeueSignal(thread, out int signal, siginfo)) signals.Add(signal);
        return signals;
    }

    [Fact]
    public void A_signal_is_queued_with_its_siginfo_and_delivered_at_the_next_poll()
    {
        using var machine = new TestMachine();
        machine.Write(0, Svc, B(0));
        Assert.Equal(0, HostSignals.Catch(SigUsr1));
        machine.Syscall = (thread, _) => Signal(thread, SigUsr1);
        (int Signal, int Code, int Sender) seen = default;
        machine.Poll = thread =>
        {
            byte* siginfo = stackalloc byte[HostSignals.SiginfoSize];
            if (!HostSignals.TryDequeueSignal(thread, out int signal, siginfo)) return;
            seen = (signal, ((int*)siginfo)[2], ((int*)siginfo)[4]);
            HostSignals.SetMask(thread, 0);
            thread.StopRequested = true;
        };
        machine.Run();
        Assert.Equal((SigUsr1, -6, Environment.ProcessId), seen);
    }

    [Fact]
    public void No_real_time_signal_is_lost_when_many_come_before_a_poll()
    {
        using var machine = new TestMachine();
        machine.Write(0, Svc, B(0));
        Assert.Equal(0, HostSignals.Catch(SigRt));
        const int count = 1000;
        machine.Syscall = (thread, _) =>
        {
            int* siginfo = stackalloc int[32];
            for (int i = 0; i < count; i++)
            {
                new Span<int>(siginfo, 32).Clear();
                (siginfo[0], siginfo[2], siginfo[6]) = (SigRt, -1, i);
                Assert.Equal(0, HostCalls.Syscall(QueueToThread, HostCalls.Syscall(GetPid), thread.Block->HostThreadId, SigRt, (long)siginfo));
            }
        };
        var values = new List<int>();
        machine.Poll = thread =>
        {
            int* siginfo = stackalloc int[32];
            while (HostSignals.HoldsBack(thread))
            {
                while (HostSignals.TryDequeueSignal(thread, out _, (byte*)siginfo)) values.Add(siginfo[6]);
                HostSignals.SetMask(thread, 0);
            }
            thread.StopRequested = values.Count >= count;
        };
        machine.Run();
        Assert.Equal(Enumerable.Range(0, count), values);
    }

    [Fact]
    public void A_pending_signal_keeps_a_blocking_call_out_of_the_kernel()
    {
        using var machine = new TestMachine();
        machine.Write(0, Svc);
        HostSignals.Catch(SigUsr1);
        long result = 0;
        machine.Syscall = (thread, _) =>
        {
            Signal(thread, SigUsr1);
            int* ends = stackalloc int[2];
            HostCalls.Syscall(Pipe, (long)ends);
            byte buffer;
            result = HostCalls.BlockingSyscall(thread, Read, ends[0], (long)&buffer, 1);
            HostCalls.Syscall(Close, ends[0]);
            HostCalls.Syscall(Close, ends[1]);
            Assert.Equal([SigUsr1], Drain(thread));
            HostSignals.SetMask(thread, 0);
            thread.StopRequested = true;
        };
        machine.Run();
        Assert.Equal(HostCalls.NotStarted, result);
    }

    [Fact]
    public void A_blocked_call_is_interrupted_as_its_kind_asks()
    {
        using var machine = new TestMachine();
        machine.Write(0, Svc);
        HostSignals.Catch(SigUsr1);
        long read = 0, sleep = 0;
        machine.Syscall = (thread, _) =>
        {
            int* ends = stackalloc int[2];
            HostCalls.Syscall(Pipe, (long)ends);
            byte buffer;
            read = UnderFire(thread, Read, ends[0], (long)&buffer, 1);
            long* time = stackalloc long[2] { 3600, 0 };
            sleep = UnderFire(thread, Nanosleep, (long)time, 0, 0);
            HostCalls.Syscall(Close, ends[0]);
            HostCalls.Syscall(Close, ends[1]);
            thread.StopRequested = true;
        };
        machine.Run();
        Assert.Equal(HostCalls.Interrupted, read);     // the kernel would start it again
        Assert.Equal(-4, sleep);                       // never started again: EINTR
    }

    // Calls while another thread waits until the call has entered the kernel (its thread is marked native and sleeps) and then sends a signal.
    static long UnderFire(GuestThread thread, long number, long a0, long a1, long a2)
    {
        string stat = $"/proc/self/task/{thread.Block->HostThreadId}/stat";
        var sender = new Thread(() =>
        {
            while (Volatile.Read(ref thread.Block->Activity) != (uint)ThreadActivity.Native || !File.ReadAllText(stat).Contains(") S ")) Thread.Sleep(1);
            Signal(thread, SigUsr1);
        });
        sender.Start();
        long result = HostCalls.BlockingSyscall(thread, number, a0, a1, a2);
        sender.Join();
        Assert.Equal([SigUsr1], Drain(thread));
        HostSignals.SetMask(thread, 0);
        thread.Block->Poll = 0;
        return result;
    }

    [Fact]
    public void A_segmentation_fault_sent_by_a_process_is_queued_like_any_signal()
    {
        using var machine = new TestMachine();
        machine.Write(0, Svc, B(0));
        machine.Syscall = (thread, _) => Signal(thread, 11);
        List<int> seen = [];
        machine.Poll = thread =>
        {
            seen = Drain(thread);
            HostSignals.SetMask(thread, 0);
            thread.StopRequested = true;
        };
        machine.Run();
        Assert.Equal([11], seen);
    }
}
