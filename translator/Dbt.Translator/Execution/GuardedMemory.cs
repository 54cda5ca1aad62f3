namespace Dbt.Translator.Execution;

/// <summary>Accesses by managed code to memory that may not be there, or may go away meanwhile: they fail instead of faulting.</summary>
/// <remarks>
/// The accesses themselves are machine code (<see cref="GuardedStubs"/>). The handler of synchronous signals knows its address range and lets a fault inside of it go on at its error return, so
/// there is nothing to look up before an access, and no moment at which another thread could unmap what was just looked up. Not for blocking: the garbage collector waits for a copy.
/// </remarks>
public static unsafe class GuardedMemory
{
    // The handler must be there before the first access, also where no engine runs.
    static GuardedMemory() => HostSignals.Install();

    /// <summary>Copies bytes; false if either side could not be accessed, with bytes before the bad one copied. Two, four, eight or sixteen bytes are copied in one access each way.</summary>
    public static bool TryCopy(void* to, void* from, nuint length) => RuntimeStubs.Guarded.Copy(to, from, length) == 0;

    /// <summary>Reads a word that another thread may unmap.</summary>
    public static bool TryRead32(void* from, out uint word)
    {
        uint copy = 0;
        bool read = TryCopy(&copy, from, sizeof(uint));
        word = copy;
        return read;
    }

    /// <summary>Whether the byte at an address can be written; changes nothing there, also in the eyes of other threads.</summary>
    public static bool IsWritable(void* at) => RuntimeStubs.Guarded.Touch(at) == 0;

    /// <summary>Atomically replaces a word that equals <paramref name="expected"/>; tells what it was. False if it could not be accessed for writing.</summary>
    public static bool TryCompareExchange(void* at, uint expected, uint replacement, out uint seen)
    {
        long result = RuntimeStubs.Guarded.CompareExchange(at, expected, replacement);
        seen = (uint)result;
        return result >= 0;
    }
}
