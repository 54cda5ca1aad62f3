using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dbt.Bench;

/// <summary>What one run of a program took and said.</summary>
/// <param name="Wall">Seconds from before the spawn until the exit was seen.</param>
/// <param name="Cpu">Seconds of user and system time of the process and the children it waited for.</param>
/// <param name="Status">Exit status as a shell shows it: 128 + n for death by signal n; 124 for a time-out.</param>
/// <param name="Output">Standard output and error, together.</param>
public sealed record RunResult(double Wall, double Cpu, int Status, string Output);

/// <summary>
/// Runs a program by posix_spawn and wait4. System.Diagnostics.Process adds a millisecond or two of its own and cannot
/// tell a child's processor time, which is what the start-up kernel is about.
/// </summary>
public static unsafe partial class ChildProcess
{
    const int OpenWriteCreateTruncate = 0x1 | 0x40 | 0x200, PollIn = 1, KillSignal = 9, PidfdOpen = 434;

    /// <summary>Runs <paramref name="command"/>, its output going through the file <paramref name="outputPath"/>.</summary>
    public static RunResult Run(IReadOnlyList<string> command, string outputPath, TimeSpan limit)
    {
        // Opaque to us: glibc's are 80 bytes on x86-64, musl's 84.
        byte* actions = stackalloc byte[256];
        posix_spawn_file_actions_init(actions);
        posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0);
        posix_spawn_file_actions_addopen(actions, 1, outputPath, OpenWriteCreateTruncate, 0x1B0);
        posix_spawn_file_actions_adddup2(actions, 1, 2);
        byte** arguments = Strings(command);
        byte** environment = Strings(Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}").ToList());
        try
        {
            long start = Stopwatch.GetTimestamp();
            int error = posix_spawnp(out int pid, arguments[0], actions, null, arguments, environment);
            if (error != 0)
                return new RunResult(0, 0, 127, $"cannot start {command[0]}: {Marshal.GetPInvokeErrorMessage(error)}");
            bool ended = WaitUntilExit(pid, limit);
            if (!ended)
                kill(pid, KillSignal);
            ResourceUsage usage;
            int status;
            while (wait4(pid, out status, 0, &usage) < 0 && Marshal.GetLastPInvokeError() == 4)
            {
            }
            double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
            string output = File.ReadAllText(outputPath);
            if (!ended)
                return new RunResult(wall, usage.Seconds, 124, $"no end after {limit.TotalSeconds:0} s");
            int shown = (status & 127) != 0 ? 128 + (status & 127) : (status >> 8) & 255;
            return new RunResult(wall, usage.Seconds, shown, output);
        }
        finally
        {
            Free(arguments);
            Free(environment);
            posix_spawn_file_actions_destroy(actions);
        }
    }

    // A process descriptor becomes readable at the exit: a wait with a time limit and without polling.
    static bool WaitUntilExit(int pid, TimeSpan limit)
    {
        long descriptor = syscall(PidfdOpen, pid, 0);
        if (descriptor < 0)
            return true;
        var wait = new PollDescriptor { Descriptor = (int)descriptor, Events = PollIn };
        int ready;
        do
            ready = poll(&wait, 1, (int)limit.TotalMilliseconds);
        while (ready < 0 && Marshal.GetLastPInvokeError() == 4);
        close((int)descriptor);
        return ready != 0;
    }

    static byte** Strings(IReadOnlyList<string> values)
    {
        var array = (byte**)NativeMemory.Alloc((nuint)(values.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < values.Count; i++)
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        array[values.Count] = null;
        return array;
    }

    static void Free(byte** array)
    {
        for (int i = 0; array[i] != null; i++)
            Marshal.FreeCoTaskMem((nint)array[i]);
        NativeMemory.Free(array);
    }

    struct PollDescriptor
    {
        public int Descriptor;
        public short Events, Returned;
    }

    /// <summary>struct rusage of the x86-64 Linux ABI (sys/resource.h).</summary>
    struct ResourceUsage
    {
        public long UserSeconds, UserMicroseconds, SystemSeconds, SystemMicroseconds;
        public fixed long Others[14];

        public readonly double Seconds => UserSeconds + SystemSeconds + (UserMicroseconds + SystemMicroseconds) / 1e6;
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawnp(out int pid, byte* file, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, out int status, int options, ResourceUsage* usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long first, long second);
}
