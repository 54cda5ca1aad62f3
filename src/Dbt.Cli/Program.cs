using Dbt.Cli.Commands;

namespace Dbt.Cli;

static class Program
{
    static int Main(string[] arguments)
    {
        try
        {
            return Dispatch(arguments);
        }
        catch (UsageException e)
        {
            return Failure.Usage(e.Message);
        }
        catch (Exception e)
        {
            return Failure.Bug(e);
        }
    }

    static int Dispatch(string[] arguments)
    {
        string command = arguments.Length > 0 ? arguments[0] : "";
        switch (command)
        {
            case "run":
                return RunCommand.Execute(arguments);
            case "explain":
                return ExplainCommand.Execute(arguments);
            case "cache":
                return CacheCommand.Execute(arguments);
            case "--version":
                return InformationCommand.Version();
            case "--help" or "-h" or "help":
                return InformationCommand.Help();
            case "":
                throw new UsageException("a command is missing");
            default:
                throw new UsageException($"there is no command '{command}'");
        }
    }
}
