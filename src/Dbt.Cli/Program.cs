namespace Dbt.Cli;

static class Program
{
    static int Main(string[] arguments) => arguments.Length;
}
