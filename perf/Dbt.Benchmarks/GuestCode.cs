using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;

namespace Dbt.Benchmarks;

/// <summary>Real code: the blocks of a committed guest program that are reached from its entry point by direct exits.</summary>
sealed class GuestCode : IDisposable
{
    const string Program = "guest-binaries/bin/arm64/arguments";

    GuestCode(ProgramImage image, List<BlockExplanation> blocks)
    {
        Image = image;
        Blocks = [.. blocks.Select(block => block.Start)];
        Words = [.. blocks.SelectMany(block => block.Instructions).Select(instruction => BitConverter.ToUInt32(instruction.Bytes))];
    }

    /// <summary>The program.</summary>
    public ProgramImage Image { get; }
    /// <summary>Where the blocks begin.</summary>
    public Location[] Blocks { get; }
    /// <summary>The instructions of the blocks.</summary>
    public uint[] Words { get; }

    /// <summary>Finds the blocks.</summary>
    public static GuestCode Load()
    {
        var image = ProgramImage.Open(CString.Allocate(PathOf(Program)));
        using var explainer = new BlockExplainer(image.Architecture, image, new EngineOptions());
        var blocks = new List<BlockExplanation>();
        var wanted = new Queue<Location>([new Location(image.Entry)]);
        var seen = new HashSet<Location>(wanted);
        while (wanted.TryDequeue(out var location))
        {
            var block = explainer.Explain(location, address => address.ToString("x"));
            blocks.Add(block);
            foreach (var exit in block.Exits)
            {
                if (image.IsExecutable(exit.Location.Pc, 4) && seen.Add(exit.Location)) wanted.Enqueue(exit.Location);
            }
        }
        return new GuestCode(image, blocks);
    }

    /// <inheritdoc/>
    public void Dispose() => Image.Dispose();

    static string PathOf(string relative)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Dbt.sln"))) directory = directory.Parent;
        return Path.Combine(directory?.FullName ?? throw new DirectoryNotFoundException("Not inside the repository."), relative);
    }
}
