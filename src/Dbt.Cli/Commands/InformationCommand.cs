using System.Text;
using Dbt.Cli.Options;
using Dbt.Linux.Host;

namespace Dbt.Cli.Commands;

/// <summary><c>dbt --version</c> and <c>dbt --help</c>.</summary>
static class InformationCommand
{
    public static int Version()
    {
        HostOutput.Write(Encoding.UTF8.GetBytes($"dbt {typeof(InformationCommand).Assembly.GetName().Version?.ToString(3) ?? "0"}\n"));
        return 0;
    }

    public static int Help()
    {
        var text = new StringBuilder();
        text.Append("dbt runs Linux programs built for AArch64 on x86-64.\n\n");
        text.Append("  dbt run [OPTIONS] [--] PROGRAM ARGS...   run a program\n");
        text.Append("  dbt explain [OPTIONS] PROGRAM ADDRESS    show how the code at an address (hexadecimal, or SYMBOL[+OFFSET]) is translated\n");
        text.Append("  dbt cache [--cache-dir DIR] [clear]      list, or delete, the translations that are kept for later runs\n");
        text.Append("  dbt --version                            show the version\n");
        text.Append("  dbt --help                               show this\n\n");
        text.Append("Options of run (and the environment variables that set them):\n");
        foreach (var option in RunOptions.Table)
        {
            if (option.Help.Length == 0) continue;
            text.Append($"  {option.Syntax,-22} {option.Help}");
            if (option.Variables.Length > 0) text.Append($" ({string.Join(", ", option.Variables)})");
            text.Append('\n');
        }
        text.Append("\nOptions of explain:\n");
        foreach (var option in ExplainOptions.Table) text.Append($"  {option.Syntax,-22} {option.Help}\n");
        text.Append("\nThe exit status is the program's; a program killed by a signal makes dbt die by it. 126 and 127: it could not be\nstarted; 120 to 125: dbt itself failed.\n");
        HostOutput.Write(Encoding.UTF8.GetBytes(text.ToString()));
        return 0;
    }
}
