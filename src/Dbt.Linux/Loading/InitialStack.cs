using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Loading;

/// <summary>What a 64-bit guest finds in its auxiliary vector beside what the host says.</summary>
readonly record struct MachineDescription(string Platform, ulong Hwcap, ulong Hwcap2, ulong MinimumSignalStack);

/// <summary>Where things are on a new program's stack.</summary>
/// <param name="StackPointer">Initial stack pointer.</param>
/// <param name="ArgumentStart">First argument string; the others follow, then those of the environment.</param>
/// <param name="EnvironmentStart">First string of the environment.</param>
/// <param name="EnvironmentEnd">End of the environment's strings.</param>
/// <param name="VectorStart">The auxiliary vector.</param>
/// <param name="VectorEnd">Its end, behind AT_NULL.</param>
readonly record struct StackLayout(ulong StackPointer, ulong ArgumentStart, ulong EnvironmentStart, ulong EnvironmentEnd, ulong VectorStart, ulong VectorEnd);

/// <summary>Makes the stack that a new 64-bit program starts with (fs/binfmt_elf.c, create_elf_tables).</summary>
/// <remarks><code>
///   sp -> argc | argv pointers | 0 | envp pointers | 0 | auxv pairs | padding | 16 random bytes | platform | strings | execfn | 8 zero bytes   (high)
/// </code></remarks>
static unsafe class InitialStack
{
    const ulong AtNull = 0, AtPhdr = 3, AtPhent = 4, AtPhnum = 5, AtPageSize = 6, AtBase = 7, AtFlags = 8, AtEntry = 9, AtUid = 11, AtEuid = 12, AtGid = 13, AtEgid = 14,
        AtPlatform = 15, AtHwcap = 16, AtClockTicks = 17, AtSecure = 23, AtRandom = 25, AtHwcap2 = 26, AtExecFileName = 31, AtMinimumSignalStack = 51;

    const long MapPrivate = 2, MapAnonymous = 0x20, MapNoReserve = 0x4000;
    const ulong DefaultSize = 8 << 20, GreatestSize = 1UL << 30, GuardSize = 1 << 20;

    /// <summary>Reserves the main stack with a guard below and tells where it is. The size is the soft limit RLIMIT_STACK.</summary>
    /// <exception cref="LoadException">No memory.</exception>
    public static Region Allocate(AddressSpace space)
    {
        ulong* limit = stackalloc ulong[2];
        Kernel.Call(Sys.prlimit64, 0, 3, 0, (long)limit);
        ulong size = limit[0] > GreatestSize ? DefaultSize : Math.Max(AddressSpace.PageUp(limit[0]), 256 * 1024);
        long result = Kernel.Call(Sys.mmap, 0, (long)(size + GuardSize), 0, MapPrivate | MapAnonymous | MapNoReserve, -1, 0);
        if (result is < 0 and >= -4095) throw LoadException.Failed(result, "reserving its stack");
        ulong start = (ulong)result + GuardSize, end = start + size;
        result = Kernel.Call(Sys.mprotect, (long)start, (long)size, 3);
        if (result < 0) throw LoadException.Failed(result, "reserving its stack");
        // The guard is not the guest's: an overflow faults with SEGV_MAPERR, as below a native stack.
        var region = new Region(start, end, Protection.Read | Protection.Write, false, default);
        space.Adopt(region);
        return region;
    }

    /// <summary>Fills the stack; returns the initial stack pointer.</summary>
    /// <exception cref="LoadException">Arguments and environment are too large.</exception>
    public static ulong Fill(in Region stack, LoadedProgram program, ReadOnlySpan<nint> arguments, ReadOnlySpan<nint> environment, nint fileName, in MachineDescription machine, out StackLayout layout)
    {
        ulong total = 4096;
        foreach (nint text in arguments) total += (ulong)CString.Bytes(text).Length + 9;
        foreach (nint text in environment) total += (ulong)CString.Bytes(text).Length + 9;
        if (total > (stack.End - stack.Start) / 4 * 3) throw LoadException.Failed(-Errno.E2BIG);

        ulong top = stack.End - 8;
        ulong executable = Push(ref top, CString.Bytes(fileName));
        // Strings ascend in memory in the order of the vectors, environment above arguments: ps and setproctitle count on it.
        ulong environmentStrings = Reserve(ref top, environment);
        ulong argumentStrings = Reserve(ref top, arguments);
        ulong platform = Push(ref top, Encoding.ASCII.GetBytes(machine.Platform));
        top = (top - 16) & ~15UL;
        ulong random = top;
        if (Kernel.Call(Sys.getrandom, (long)random, 16) != 16) throw LoadException.NotExecutable("the host has no random numbers");

        ReadOnlySpan<ulong> auxiliary =
        [
            AtHwcap, machine.Hwcap, AtPageSize, AddressSpace.PageSize, AtClockTicks, 100, AtPhdr, program.Image.ProgramHeaders, AtPhent, (ulong)program.File.HeaderSize,
            AtPhnum, (ulong)program.File.Segments.Length, AtBase, program.Interpreter?.Bias ?? 0, AtFlags, 0, AtEntry, program.Image.Entry,
            AtUid, (ulong)Kernel.Call(Sys.getuid), AtEuid, (ulong)Kernel.Call(Sys.geteuid), AtGid, (ulong)Kernel.Call(Sys.getgid), AtEgid, (ulong)Kernel.Call(Sys.getegid),
            AtSecure, HostProcess.AuxiliaryValue(AtSecure, 0), AtRandom, random, AtHwcap2, machine.Hwcap2, AtExecFileName, executable, AtPlatform, platform,
            AtMinimumSignalStack, machine.MinimumSignalStack, AtNull, 0,
        ];
        ulong words = 1 + (ulong)arguments.Length + 1 + (ulong)environment.Length + 1 + (ulong)auxiliary.Length;
        ulong sp = (top - words * 8) & ~15UL;
        ulong* word = (ulong*)sp;
        *word++ = (ulong)arguments.Length;
        word = Copy(word, arguments, argumentStrings);
        word = Copy(word, environment, environmentStrings);
        ulong vectorStart = (ulong)word;
        auxiliary.CopyTo(new Span<ulong>(word, auxiliary.Length));
        layout = new StackLayout(sp, argumentStrings, environmentStrings, executable, vectorStart, vectorStart + (ulong)auxiliary.Length * 8);
        return sp;
    }

    static ulong Push(ref ulong top, ReadOnlySpan<byte> bytes)
    {
        top -= (ulong)bytes.Length + 1;
        bytes.CopyTo(new Span<byte>((void*)top, bytes.Length));
        return top;
    }

    static ulong Reserve(ref ulong top, ReadOnlySpan<nint> strings)
    {
        foreach (nint text in strings) top -= (ulong)CString.Bytes(text).Length + 1;
        return top;
    }

    // Copies the strings upwards from `at`, and their addresses to `word` with a null behind.
    static ulong* Copy(ulong* word, ReadOnlySpan<nint> strings, ulong at)
    {
        foreach (nint text in strings)
        {
            var bytes = CString.Bytes(text);
            bytes.CopyTo(new Span<byte>((void*)at, bytes.Length));
            *word++ = at;
            at += (ulong)bytes.Length + 1;
        }
        *word++ = 0;
        return word;
    }
}
