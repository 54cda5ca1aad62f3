using System.Text;
using Dbt.Linux.Host;

namespace Dbt.Cli.Options;

/// <summary>Environment variables as the kernel has them: "NAME=value" byte strings.</summary>
static unsafe class EnvironmentList
{
    /// <summary>The value of a variable, or 0.</summary>
    public static nint Find(byte** environment, string name)
    {
        for (byte** entry = environment; *entry != null; entry++)
        {
            var bytes = CString.Bytes(*entry);
            if (bytes.Length <= name.Length || bytes[name.Length] != '=') continue;
            bool same = true;
            for (int i = 0; i < name.Length && same; i++) same = bytes[i] == name[i];
            if (same) return (nint)(*entry + name.Length + 1);
        }
        return 0;
    }

    /// <summary>The parts of a comma-separated list (qemu's syntax for several variables).</summary>
    public static List<nint> SplitAtCommas(nint list)
    {
        var parts = new List<nint>();
        foreach (string part in Encoding.Latin1.GetString(CString.Bytes(list)).Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            parts.Add(CString.Allocate(Encoding.Latin1.GetBytes(part)));
        }
        return parts;
    }

    /// <summary>The guest's environment: ours without the unset names, with the set ones.</summary>
    public static nint[] Edit(byte** environment, List<nint> set, List<nint> unset)
    {
        var result = new List<nint>();
        for (byte** entry = environment; *entry != null; entry++)
        {
            var name = NameOf(CString.Bytes(*entry));
            if (!Names(unset, name) && !Names(set, name)) result.Add((nint)(*entry));
        }
        foreach (nint entry in set)
        {
            if (CString.Bytes(entry).IndexOf((byte)'=') <= 0) throw new UsageException($"-E needs NAME=VALUE, not '{CString.Display(CString.Bytes(entry))}'");
            result.Add(entry);
        }
        return [.. result];
    }

    static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> entry)
    {
        int equals = entry.IndexOf((byte)'=');
        return equals < 0 ? entry : entry[..equals];
    }

    static bool Names(List<nint> list, ReadOnlySpan<byte> name)
    {
        foreach (nint item in list)
        {
            if (NameOf(CString.Bytes(item)).SequenceEqual(name)) return true;
        }
        return false;
    }
}
