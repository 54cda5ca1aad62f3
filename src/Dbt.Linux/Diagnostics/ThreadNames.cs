using System.Text;
using Dbt.Linux.Host;

namespace Dbt.Linux.Diagnostics;

/// <summary>Names of host threads, which are those of the guest's (prctl, pthread_setname_np).</summary>
static class ThreadNames
{
    /// <summary>/proc/self/task/N/comm; empty if it cannot be read.</summary>
    public static string Of(int thread)
    {
        byte[] name = HostMappings.ReadAll(Encoding.ASCII.GetBytes($"/proc/self/task/{thread}/comm\0"));
        return CString.Display(name.AsSpan().TrimEnd((byte)'\n'));
    }
}
