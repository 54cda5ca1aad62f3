namespace Dbt.Translator.Guests.Arm64;

/// <summary>Looks ahead in guest code for whether the condition flags are dead.</summary>
static class Arm64FlagsLiveness
{
    /// <summary>Whether the flags are overwritten before they can be read on every path from <paramref name="pc"/>.</summary>
    public static bool AreDeadAt(ulong pc, ref CodeReader code) => false;
}
