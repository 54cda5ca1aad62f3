namespace Dbt.Linux.Loading;

/// <summary>Where an ELF image was placed.</summary>
/// <param name="Bias">Run address minus link address.</param>
/// <param name="Entry">Run address of the entry point.</param>
/// <param name="ProgramHeaders">Run address of the program headers, or 0 if no segment contains them.</param>
/// <param name="End">End of its last segment: where the heap may begin.</param>
readonly record struct LoadedImage(ulong Bias, ulong Entry, ulong ProgramHeaders, ulong End);

/// <summary>A program and, if it asked for one, its interpreter, both mapped.</summary>
sealed record LoadedProgram(ElfFile File, LoadedImage Image, LoadedImage? Interpreter)
{
    /// <summary>The addresses of the program's own code.</summary>
    public (ulong Start, ulong End) Code
    {
        get
        {
            ulong start = ulong.MaxValue, end = 0;
            foreach (var segment in File.Segments)
            {
                if (segment.Type != ElfSegment.Load || (segment.Flags & ElfSegment.Execute) == 0) continue;
                start = Math.Min(start, Image.Bias + segment.Address);
                end = Math.Max(end, Image.Bias + segment.Address + segment.FileSize);
            }
            return end == 0 ? (0, 0) : (start, end);
        }
    }

    /// <summary>Where execution begins.</summary>
    public ulong StartAddress => Interpreter?.Entry ?? Image.Entry;
}
