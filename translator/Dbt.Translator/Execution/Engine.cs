using Dbt.Translator.Guests;

namespace Dbt.Translator.Execution;

/// <summary>Runs guest threads: finds or makes translations, enters them, and handles every way in which they come back.</summary>
public sealed class Engine
{
    /// <summary>Runs the thread from its location until its <see cref="GuestThread.StopRequested"/> is set.</summary>
    public void Run(GuestThread thread) => throw new NotSupportedException(thread.Architecture.Name);
}
