using Dbt.Linux.Files;
using Dbt.Linux.Host;

namespace Dbt.Linux.Loading;

/// <summary>Finds a program as execvp does.</summary>
public static unsafe class ProgramSearch
{
    /// <summary>The path of a program: the name itself if it has a slash, otherwise the first executable file of that name in PATH.</summary>
    /// <param name="name">A C string.</param>
    /// <param name="searchPath">The value of PATH as a C string, or 0.</param>
    /// <param name="rootDirectory">The directory that is the guest's root as a C string, or 0.</param>
    /// <returns>A C string, or 0 if there is none.</returns>
    public static nint Find(nint name, nint searchPath, nint rootDirectory = 0)
    {
        var bytes = CString.Bytes(name);
        if (bytes.IsEmpty || bytes.Contains((byte)'/')) return name;
        var root = rootDirectory != 0 ? RootDirectory.Open(rootDirectory, 0) : null;
        var rest = searchPath != 0 ? CString.Bytes(searchPath) : "/usr/local/bin:/bin:/usr/bin"u8;
        while (true)
        {
            int colon = rest.IndexOf((byte)':');
            var directory = colon < 0 ? rest : rest[..colon];
            nint candidate = directory.IsEmpty ? CString.Allocate([.. "./"u8, .. bytes]) : CString.Allocate([.. directory, (byte)'/', .. bytes]);
            if (IsExecutableFile(root?.HostName(candidate) ?? candidate)) return candidate;
            System.Runtime.InteropServices.NativeMemory.Free((void*)candidate);
            if (colon < 0) return 0;
            rest = rest[(colon + 1)..];
        }
    }

    static bool IsExecutableFile(nint path)
    {
        HostStat stat;
        return Kernel.Call(Sys.newfstatat, -100, path, (long)&stat, 0) == 0 && (stat.Mode & 0xF000) == 0x8000 && Kernel.Call(Sys.faccessat, -100, path, 1) == 0;
    }
}
