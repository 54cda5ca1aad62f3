namespace Dbt.Decoding;

/// <summary>The part of a declaration that a problem is about.</summary>
enum Site { Class, Method, Parameter, Pattern, Asm, When, AliasAsm, AliasWhen }

/// <summary>A place relative to the declarations of a lifter, free of source positions.</summary>
/// <param name="Method">Index of the method in the lifter; -1 for the class.</param>
/// <param name="Index">Index of the parameter, [Instruction] or [Alias].</param>
/// <param name="Offset">In characters of the text at that site.</param>
/// <param name="Length">In characters; 0 for the whole text.</param>
readonly record struct Place(int Method, Site Site, int Index = 0, int Offset = 0, int Length = 0);

/// <summary>A diagnostic before it has a source position.</summary>
/// <param name="Other">The other declaration involved, if there is one.</param>
sealed record Problem(string Id, Place Place, Place? Other, EquatableArray<string> Arguments);
