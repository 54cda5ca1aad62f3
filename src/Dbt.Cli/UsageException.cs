namespace Dbt.Cli;

/// <summary>The command line makes no sense; the message says what.</summary>
sealed class UsageException(string message) : Exception(message);
