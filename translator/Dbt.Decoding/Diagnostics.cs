using Microsoft.CodeAnalysis;

namespace Dbt.Decoding;

/// <summary>Every message of the generator. All are errors: a decoder that is not exactly what the patterns say must not be built.</summary>
static class Diagnostics
{
    public static readonly DiagnosticDescriptor Overlap = Error("DBT001", "Ambiguous patterns",
        "'{0}' \"{1}\" and '{2}' \"{3}\" both match {4} and neither is more specific");

    public static readonly DiagnosticDescriptor Unreachable = Error("DBT002", "Unreachable pattern",
        "'{0}' \"{1}\" is never decoded: more specific patterns take all its words: {2}");

    public static readonly DiagnosticDescriptor MalformedPattern = Error("DBT003", "Malformed pattern",
        "Pattern of '{0}': {1}");

    public static readonly DiagnosticDescriptor MissingField = Error("DBT004", "Parameter without a field",
        "Parameter '{1}' of '{0}' is no field of pattern \"{2}\"");

    public static readonly DiagnosticDescriptor UnusedField = Error("DBT005", "Unused field",
        "Field '{1}' of '{0}' is used by no parameter, template or condition; write x for don't-care bits");

    public static readonly DiagnosticDescriptor WrongType = Error("DBT006", "Wrong parameter type",
        "Parameter '{1}' of '{0}' has type '{2}', which cannot take its field: {3}");

    public static readonly DiagnosticDescriptor MalformedAsm = Error("DBT007", "Malformed assembly template",
        "Template of '{0}': {1}");

    public static readonly DiagnosticDescriptor MalformedCondition = Error("DBT008", "Malformed condition",
        "Condition of '{0}': {1}");

    public static readonly DiagnosticDescriptor NotInInstructionSet = Error("DBT009", "Instruction outside an instruction set",
        "'{0}' has [Instruction], but its class has no [GuestInstructions]");

    public static readonly DiagnosticDescriptor WrongMethod = Error("DBT010", "Unsuitable method",
        "'{0}' must return bool: whether the encoding is allocated");

    public static readonly DiagnosticDescriptor WrongClass = Error("DBT011", "Unsuitable class",
        "'{0}': {1}");

    static readonly Dictionary<string, DiagnosticDescriptor> ById = new[]
    {
        Overlap, Unreachable, MalformedPattern, MissingField, UnusedField, WrongType, MalformedAsm, MalformedCondition, NotInInstructionSet, WrongMethod, WrongClass,
    }.ToDictionary(descriptor => descriptor.Id);

    public static DiagnosticDescriptor WithId(string id) => ById[id];

    static DiagnosticDescriptor Error(string id, string title, string message) => new(id, title, message, "Dbt.Decoding", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
