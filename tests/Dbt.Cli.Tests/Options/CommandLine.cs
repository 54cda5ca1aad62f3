using Dbt.Cli.Options;
using Dbt.Linux.Host;

namespace Dbt.Cli.Tests.Options;

/// <summary>A command line and an environment as the kernel passes them.</summary>
static unsafe class CommandLine
{
    /// <summary>Parses the words after "run"; <paramref name="program"/> is the index of the program's word.</summary>
    public static RunOptions Parse(string[] words, string[] environment, out int program)
    {
        var native = Array.ConvertAll(words, CString.Allocate);
        byte** variables = stackalloc byte*[environment.Length + 1];
        for (int i = 0; i < environment.Length; i++) variables[i] = (byte*)CString.Allocate(environment[i]);
        variables[environment.Length] = null;
        var options = new RunOptions();
        program = options.Parse(native, 0, variables);
        return options;
    }

    /// <summary>Parses words with an empty environment.</summary>
    public static RunOptions Parse(params string[] words) => Parse(words, [], out _);

    /// <summary>The managed text of an option's value.</summary>
    public static string Text(nint value) => CString.Display(CString.Bytes(value));
}
