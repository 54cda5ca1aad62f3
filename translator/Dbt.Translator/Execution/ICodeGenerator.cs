using Dbt.Translator.CodeCache;
using Dbt.Translator.Guests;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Execution;

/// <summary>Makes host code of guest code, one block at a time: the seam between the engine and the pipeline. One instance per translation going on, reused.</summary>
unsafe interface ICodeGenerator
{
    /// <summary>Reads guest code at a location and prepares its translation.</summary>
    void Prepare(Location start, ICodeSource source);

    /// <summary>Writes what was prepared, which is used up. False if it does not fit: nothing is written, and the translation begins again with the room of an empty segment.</summary>
    bool TryEmit(ref EmissionSpace space, out BlockInfo* info);

    /// <summary>Makes guest state in the thread's block what it was before the guest instruction that faulted; returns that instruction's location.</summary>
    Location Restore(BlockInfo* info, HostContext* context, ThreadBlock* block);
}
