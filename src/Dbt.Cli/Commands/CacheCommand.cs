using System.Globalization;
using System.Text;
using Dbt.Cli.Options;
using Dbt.Linux.Host;
using Dbt.Translator.CodeCache;

namespace Dbt.Cli.Commands;

/// <summary><c>dbt cache</c>: what translations are kept, of which programs and libraries; <c>dbt cache clear</c> deletes them.</summary>
static unsafe class CacheCommand
{
    public static int Execute(string[] arguments)
    {
        var options = new RunOptions();
        nint[] words = [.. arguments.Select(CString.Allocate)];
        int at = options.Parse(words, 1, HostProcess.Environment);
        options.ChooseCacheDirectory(HostProcess.Environment);
        bool clears = arguments[at..] is ["clear"];
        if (at < arguments.Length && !clears) throw new UsageException($"dbt cache does not know '{arguments[at]}'; it is followed by nothing or by 'clear'");
        if (options.CacheDirectory == 0) throw new UsageException("there is no directory for translations: give one with --cache-dir DIR");
        string directory = CString.Display(CString.Bytes(options.CacheDirectory));
        var files = Directory.Exists(directory) ? new DirectoryInfo(directory).GetFiles() : [];
        string text = clears ? Clear(directory, files) : List(directory, files);
        HostOutput.Write(Encoding.UTF8.GetBytes(text));
        return 0;
    }

    // Processes that have an image mapped go on with it.
    static string Clear(string directory, FileInfo[] files)
    {
        long size = files.Sum(file => file.Length);
        foreach (var file in files) file.Delete();
        return $"{directory}: {Count(files.Length, "file")} of {Number(size)} bytes deleted\n";
    }

    static string List(string directory, FileInfo[] files)
    {
        var images = new List<(FileInfo File, CodeImageSummary Summary)>();
        foreach (var file in files)
        {
            using var stream = file.OpenRead();
            if (CodeImageSummary.TryRead(stream) is { } summary) images.Add((file, summary));
        }
        var text = new StringBuilder($"{directory}: {Count(images.Count, "image")}, {Number(images.Sum(image => (long)image.Summary.Blocks))} blocks, {Number(images.Sum(image => image.File.Length))} bytes\n");
        if (images.Count > 0) text.Append("      blocks           bytes  written              code of\n");
        foreach (var (file, summary) in images.OrderByDescending(image => image.Summary.Blocks).ThenBy(image => image.Summary.GuestFile, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{Number(summary.Blocks),12}{Number(file.Length),16}  {file.LastWriteTime:yyyy-MM-dd HH:mm:ss}  {CString.Display(Encoding.UTF8.GetBytes(summary.GuestFile))}\n");
        }
        return text.ToString();
    }

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    static string Count(int count, string noun) => $"{Number(count)} {noun}{(count == 1 ? "" : "s")}";
}
