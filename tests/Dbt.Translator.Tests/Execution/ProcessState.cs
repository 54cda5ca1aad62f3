using System.Runtime.CompilerServices;
using Dbt.Translator.CodeCache;

namespace Dbt.Translator.Tests.Execution;

/// <summary>Tests that install signal handlers or run an engine: both are of the process, which has one of each, so they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessState
{
    public const string Name = "process state";

    /// <summary>The range of host addresses for translated code is reserved once, at the size that the first cache asks for: here caches of all sizes live in one process.</summary>
    [ModuleInitializer]
    internal static void ReserveCodeRegion() => CodeRegion.Reserve(1 << 30);
}
