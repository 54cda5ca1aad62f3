using System.Runtime.InteropServices;

namespace Dbt.Linux.Host;

/// <summary>What the kernel put on dbt's own initial stack: arguments and environment as bytes, which a managed string cannot carry (a file name need not be UTF-8).</summary>
/// <remarks><code>
///   argc | argv[0] .. argv[argc-1] | 0 | envp[0] .. | 0 | auxv pairs .. AT_NULL
/// </code></remarks>
public static unsafe class HostProcess
{
    // The runtime's own native library, linked statically; a data symbol (environ) cannot be reached otherwise.
    [DllImport("libSystem.Native")]
    static extern byte** SystemNative_GetEnviron();

    /// <summary>The environment: a null-terminated array of C strings.</summary>
    public static byte** Environment => SystemNative_GetEnviron();

    /// <summary>The argument vector, program name included.</summary>
    /// <param name="managedCount">Number of arguments that Main received; used to find and to verify the vector.</param>
    /// <returns>Null if the environment is not where the kernel put it.</returns>
    public static byte** Arguments(int managedCount)
    {
        byte** environment = Environment;
        byte** arguments = environment - (managedCount + 2);
        return ((long*)arguments)[-1] == managedCount + 1 && arguments[managedCount + 1] == null ? arguments : null;
    }

    /// <summary>The working directory, absolute.</summary>
    public static byte[] CurrentDirectory()
    {
        const int Longest = 4096;
        byte* name = stackalloc byte[Longest];
        // The result counts the terminator.
        long length = Kernel.Call(Sys.getcwd, (long)name, Longest);
        return length <= 1 ? [] : new ReadOnlySpan<byte>(name, (int)length - 1).ToArray();
    }

    /// <summary>A value of dbt's own auxiliary vector, or <paramref name="otherwise"/>.</summary>
    internal static ulong AuxiliaryValue(ulong type, ulong otherwise)
    {
        byte** environment = Environment;
        while (*environment != null) environment++;
        for (ulong* entry = (ulong*)(environment + 1); entry[0] != 0; entry += 2)
        {
            if (entry[0] == type) return entry[1];
        }
        return otherwise;
    }
}
