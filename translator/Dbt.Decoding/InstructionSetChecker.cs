namespace Dbt.Decoding;

/// <summary>Turns declarations into an instruction set, and says what is wrong with them.</summary>
/// <remarks>What is wrong is left out, so that one mistake gives its own message and not a rain of compiler errors.</remarks>
sealed class InstructionSetChecker(LifterModel lifter)
{
    readonly List<Problem> problems = [];
    readonly List<Encoding> encodings = [];

    public static (InstructionSet Set, IReadOnlyList<Problem> Problems) Check(LifterModel lifter)
    {
        var checker = new InstructionSetChecker(lifter);
        for (int i = 0; i < lifter.Methods.Count; i++) checker.CheckMethod(i);
        var set = new InstructionSet(lifter.Class, checker.encodings);
        checker.CheckPatterns(set);
        return (set, checker.problems);
    }

    void CheckMethod(int index)
    {
        var method = lifter.Methods[index];
        if (!method.ReturnsBool)
        {
            Report(Diagnostics.WrongMethod.Id, new(index, Site.Method), method.Name);
            return;
        }

        var patterns = method.Instructions.Select((instruction, i) => ParsePattern(index, i, instruction)).ToList();
        for (int i = 0; i < patterns.Count; i++)
        {
            if (patterns[i] is { } pattern) CheckInstruction(index, i, pattern, patterns);
        }
    }

    Pattern? ParsePattern(int method, int index, InstructionModel instruction)
    {
        try
        {
            return PatternParser.Parse(instruction.Pattern, lifter.Class.Bits);
        }
        catch (TextError error)
        {
            Report(Diagnostics.MalformedPattern.Id, new(method, Site.Pattern, index, error.Offset, error.Length), lifter.Methods[method].Name, error.Message);
            return null;
        }
    }

    void CheckInstruction(int methodIndex, int index, Pattern pattern, List<Pattern?> all)
    {
        var method = lifter.Methods[methodIndex];
        var text = method.Instructions[index];
        int before = problems.Count;

        CheckParameters(methodIndex, pattern);

        var asm = ParseAsm(text.Asm ?? "", new(methodIndex, Site.Asm, index));
        if (asm is { Pieces.Count: 0 }) Report(Diagnostics.MalformedAsm.Id, new(methodIndex, Site.Asm, index), method.Name, "Asm is missing");
        var when = text.When == null ? null : ParseWhen(text.When, new(methodIndex, Site.When, index));

        var aliases = new List<(FieldExpression, AsmTemplate)>();
        for (int i = 0; i < method.Aliases.Count; i++)
        {
            var alias = method.Aliases[i];
            if (string.IsNullOrEmpty(alias.When))
            {
                Report(Diagnostics.MalformedCondition.Id, new(methodIndex, Site.AliasWhen, i), method.Name, "When is missing");
            }
            else if (!BelongsToAnother(alias) && ParseWhen(alias.When!, new(methodIndex, Site.AliasWhen, i)) is { } condition && ParseAsm(alias.Asm, new(methodIndex, Site.AliasAsm, i)) is { } template)
            {
                aliases.Add((condition, template));
            }
        }

        var used = method.Parameters.Select(parameter => parameter.Name)
            .Concat(asm?.Fields ?? [])
            .Concat(when?.Fields ?? [])
            .Concat(aliases.SelectMany(alias => alias.Item1.Fields.Concat(alias.Item2.Fields)))
            .ToList();
        foreach (var field in pattern.Fields.Where(field => !field.IsFixed && !used.Contains(field.Name)))
        {
            int at = System.Text.RegularExpressions.Regex.Match(pattern.Text, $@"(?<!\S){field.Name}(?![A-Za-z0-9_])").Index;
            Report(Diagnostics.UnusedField.Id, new(methodIndex, Site.Pattern, index, at, field.Name.Length), method.Name, field.Name);
        }

        if (problems.Count == before) encodings.Add(new(encodings.Count, methodIndex, index, method, text, pattern, asm!, when, aliases));

        FieldExpression? ParseWhen(string condition, Place place) => Try(place, Diagnostics.MalformedCondition.Id, () => FieldExpression.Parse(condition, pattern));

        AsmTemplate? ParseAsm(string template, Place place) => Try(place, Diagnostics.MalformedAsm.Id, () => AsmTemplate.Parse(template, pattern, lifter.Class.Syntax));

        T? Try<T>(Place place, string id, Func<T> parse) where T : class
        {
            try
            {
                return parse();
            }
            catch (TextError error)
            {
                Report(id, place with { Offset = error.Offset, Length = error.Length }, method.Name, error.Message);
                return null;
            }
        }

        // Encodings of one method may have different fields; an alias then applies to those that have its fields.
        bool BelongsToAnother(AliasModel alias) => !Fits(alias, pattern) && all.Any(other => other != null && Fits(alias, other));
    }

    bool Fits(AliasModel alias, Pattern pattern)
    {
        try
        {
            FieldExpression.Parse(alias.When!, pattern);
            AsmTemplate.Parse(alias.Asm, pattern, lifter.Class.Syntax);
            return true;
        }
        catch (TextError)
        {
            return false;
        }
    }

    void CheckParameters(int methodIndex, Pattern pattern)
    {
        var method = lifter.Methods[methodIndex];
        for (int i = 0; i < method.Parameters.Count; i++)
        {
            var parameter = method.Parameters[i];
            var place = new Place(methodIndex, Site.Parameter, i);
            if (parameter.Name == "instruction")
            {
                if (parameter.Kind != ParameterKind.UInt) Report(Diagnostics.WrongType.Id, place, method.Name, parameter.Name, parameter.Type, "the whole word is a uint");
            }
            else if (pattern.FieldNamed(parameter.Name) is not { } field)
            {
                if (!parameter.IsOptional) Report(Diagnostics.MissingField.Id, place, method.Name, parameter.Name, pattern.Text);
            }
            else if (parameter.Kind == ParameterKind.Bool && field.Width != 1)
            {
                Report(Diagnostics.WrongType.Id, place, method.Name, parameter.Name, parameter.Type, $"the field has {field.Width} bits");
            }
            else if (parameter.Kind == ParameterKind.Other)
            {
                Report(Diagnostics.WrongType.Id, place, method.Name, parameter.Name, parameter.Type, "use bool, int, uint or an enum");
            }
        }
    }

    void CheckPatterns(InstructionSet set)
    {
        foreach (var (first, second, word) in PatternSet.Overlaps(set.Patterns))
        {
            var (a, b) = (set.Encodings[first], set.Encodings[second]);
            Report(Diagnostics.Overlap.Id, PatternPlace(b), PatternPlace(a), a.Method.Name, a.Pattern.Text, b.Method.Name, b.Pattern.Text, $"0x{word:x8}");
        }

        foreach (var (pattern, takenBy) in PatternSet.Unreachable(set.Patterns))
        {
            var taken = set.Encodings[pattern];
            string names = string.Join(", ", takenBy.Select(i => $"'{set.Encodings[i].Method.Name}' \"{set.Patterns[i].Text}\""));
            Report(Diagnostics.Unreachable.Id, PatternPlace(taken), PatternPlace(set.Encodings[takenBy[0]]), taken.Method.Name, taken.Pattern.Text, names);
        }
    }

    static Place PatternPlace(Encoding encoding) => new(encoding.MethodIndex, Site.Pattern, encoding.AttributeIndex);

    void Report(string id, Place place, params string[] arguments) => Report(id, place, null, arguments);

    void Report(string id, Place place, Place? other, params string[] arguments)
    {
        var problem = new Problem(id, place, other, arguments.ToEquatable());
        // A mistake in a method with several patterns is found once per pattern.
        if (!problems.Contains(problem)) problems.Add(problem);
    }
}
