using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Dbt.EndToEnd.Tests;

/// <summary>How a process ended: its status, or the signal that killed it, and what it wrote.</summary>
sealed record Outcome(int? ExitStatus, int? Signal, byte[] OutputBytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    /// <summary>"exit 3" or "signal 11".</summary>
    public string End => Signal is { } signal ? $"signal {signal}" : ExitStatus is { } status ? $"exit {status}" : "timeout";
}

/// <summary>Runs a process in a process group of its own, which is killed at the end, with a time limit.</summary>
/// <remarks>System.Diagnostics.Process does not tell a signal from an exit status of 128 and more; posix_spawn and waitpid do.</remarks>
static unsafe class HostProcess
{
    const short SetProcessGroup = 2, SetSignalDefaults = 4, SetSignalMask = 8;
    const int NoHang = 1, Kill = 9;

    /// <param name="environment">The whole environment; this process's if null.</param>
    /// <param name="merge">Standard error goes to standard output.</param>
    public static Outcome Run(string[] command, string directory, IReadOnlyDictionary<string, string>? environment = null, string? input = null, bool merge = false, int seconds = 120)
    {
        string scratch = Directory.CreateTempSubdirectory("dbt-process-").FullName;
        try
        {
            string output = Path.Combine(scratch, "out"), error = Path.Combine(scratch, "err"), source = "/dev/null";
            if (input != null) File.WriteAllText(source = Path.Combine(scratch, "in"), input);
            int pid = Spawn(command, directory, environment, source, output, merge ? null : error);
            int? status = Wait(pid, seconds);

            // Whatever the program left in the background.
            _ = kill(-pid, Kill);
            if (status == null) _ = waitpid(pid, out _, 0);
            return new(
                status is { } exited && (exited & 0x7F) == 0 ? exited >> 8 & 0xFF : null,
                status is { } killed && (killed & 0x7F) != 0 ? killed & 0x7F : null,
                File.ReadAllBytes(output),
                merge ? "" : File.ReadAllText(error));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    static int? Wait(int pid, int seconds)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            if (waitpid(pid, out int status, NoHang) == pid) return status;
            Thread.Sleep(clock.ElapsedMilliseconds < 50 ? 1 : 5);
        }

        return null;
    }

    static int Spawn(string[] command, string directory, IReadOnlyDictionary<string, string>? environment, string input, string output, string? error)
    {
        // posix_spawn_file_actions_t and posix_spawnattr_t have 80 and 336 bytes.
        byte* actions = stackalloc byte[512], attributes = stackalloc byte[512];
        ulong* signals = stackalloc ulong[16], none = stackalloc ulong[16];
        new Span<ulong>(signals, 16).Fill(ulong.MaxValue);
        new Span<ulong>(none, 16).Clear();
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        byte** arguments = Strings(command);
        byte** variables = Strings([.. environment?.Select(pair => $"{pair.Key}={pair.Value}") ?? Inherited()]);
        try
        {
            Check(posix_spawnattr_setflags(attributes, SetProcessGroup | SetSignalDefaults | SetSignalMask));
            Check(posix_spawnattr_setpgroup(attributes, 0));
            Check(posix_spawnattr_setsigdefault(attributes, signals));
            Check(posix_spawnattr_setsigmask(attributes, none));
            Check(posix_spawn_file_actions_addchdir_np(actions, directory));
            Check(posix_spawn_file_actions_addopen(actions, 0, input, 0, 0));
            Check(posix_spawn_file_actions_addopen(actions, 1, output, 0x241, 0x1A4));
            Check(error == null ? posix_spawn_file_actions_adddup2(actions, 1, 2) : posix_spawn_file_actions_addopen(actions, 2, error, 0x241, 0x1A4));
            int code = posix_spawn(out int pid, command[0], actions, attributes, arguments, variables);
            Assert.True(code == 0, $"cannot start {command[0]}: error {code}");
            return pid;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            Free(arguments);
            Free(variables);
        }
    }

    static IEnumerable<string> Inherited() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}");

    static byte** Strings(string[] values)
    {
        byte** strings = (byte**)NativeMemory.Alloc((nuint)(values.Length + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < values.Length; i++) strings[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        strings[values.Length] = null;
        return strings;
    }

    static void Free(byte** strings)
    {
        for (int i = 0; strings[i] != null; i++) Marshal.FreeCoTaskMem((nint)strings[i]);
        NativeMemory.Free(strings);
    }

    static void Check(int code) => Assert.True(code == 0, $"posix_spawn's preparation fails: error {code}");

    [DllImport("libc")] static extern int posix_spawn(out int pid, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte* actions, byte* attributes, byte** arguments, byte** environment);
    [DllImport("libc")] static extern int posix_spawn_file_actions_init(byte* actions);
    [DllImport("libc")] static extern int posix_spawn_file_actions_destroy(byte* actions);
    [DllImport("libc")] static extern int posix_spawn_file_actions_addopen(byte* actions, int descriptor, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mode);
    [DllImport("libc")] static extern int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);
    [DllImport("libc")] static extern int posix_spawn_file_actions_addchdir_np(byte* actions, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);
    [DllImport("libc")] static extern int posix_spawnattr_init(byte* attributes);
    [DllImport("libc")] static extern int posix_spawnattr_destroy(byte* attributes);
    [DllImport("libc")] static extern int posix_spawnattr_setflags(byte* attributes, short flags);
    [DllImport("libc")] static extern int posix_spawnattr_setpgroup(byte* attributes, int group);
    [DllImport("libc")] static extern int posix_spawnattr_setsigdefault(byte* attributes, ulong* signals);
    [DllImport("libc")] static extern int posix_spawnattr_setsigmask(byte* attributes, ulong* signals);
    [DllImport("libc")] static extern int waitpid(int pid, out int status, int options);
    [DllImport("libc")] static extern int kill(int pid, int signal);
}
