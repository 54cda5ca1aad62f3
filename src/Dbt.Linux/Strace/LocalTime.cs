using System.Runtime.InteropServices;

namespace Dbt.Linux.Strace;

/// <summary>Times of the clock on the wall, in the user's time zone as the C library knows it.</summary>
static unsafe class LocalTime
{
    /// <summary>struct tm of glibc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Fields
    {
        public int Second, Minute, Hour, Day, Month, Year, DayOfWeek, DayOfYear, IsSummer, Padding;
        public long SecondsEast;
        public byte* Zone;
    }

    [DllImport("libc")]
    static extern Fields* localtime_r(long* seconds, Fields* fields);

    /// <summary>HH:MM:SS.microseconds.</summary>
    public static string OfDay(long seconds, long nanoseconds)
    {
        Fields fields = default;
        localtime_r(&seconds, &fields);
        return $"{fields.Hour:00}:{fields.Minute:00}:{fields.Second:00}.{nanoseconds / 1000:000000}";
    }

    /// <summary>A C comment with date and time; empty for the epoch and for what is no time.</summary>
    public static string Comment(long seconds, long nanoseconds)
    {
        Fields fields = default;
        if ((seconds == 0 && nanoseconds == 0) || (ulong)nanoseconds >= 1_000_000_000 || localtime_r(&seconds, &fields) == null) return "";
        string fraction = nanoseconds == 0 ? "" : $".{nanoseconds:000000000}";
        long east = Math.Abs(fields.SecondsEast) / 60;
        return $" /* {fields.Year + 1900:0000}-{fields.Month + 1:00}-{fields.Day:00}T{fields.Hour:00}:{fields.Minute:00}:{fields.Second:00}{fraction}{(fields.SecondsEast < 0 ? '-' : '+')}{east / 60:00}{east % 60:00} */";
    }
}
