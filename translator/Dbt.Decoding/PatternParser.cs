using System.Text.RegularExpressions;

namespace Dbt.Decoding;

/// <summary>What is wrong with a text and where in it.</summary>
sealed class TextError(string reason, int offset, int length) : Exception(reason)
{
    public int Offset => offset;

    public int Length => length;
}

/// <summary>Reads the pattern language.</summary>
/// <remarks>
/// Tokens, most significant bit first, separated by spaces: runs of <c>0</c>, <c>1</c>, <c>(0)</c>, <c>(1)</c> (should be; treated as fixed)
/// and <c>x</c> (don't care); <c>name</c> and <c>name:width</c> (a field; parts with one name are concatenated);
/// <c>name:2=01</c> (fixed bits with a name); <c>name:2!=00,11</c> (values that do not belong to the pattern; <c>x</c> is allowed in them).
/// </remarks>
static class PatternParser
{
    static readonly Regex Bits = new(@"^(?:[01x]|\([01]\))+$");
    static readonly Regex Field = new(@"^(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?<width>[0-9]+))?(?:!=(?<not>[01x]+(?:,[01x]+)*)|=(?<is>[01]+))?$");

    /// <summary>Names that expressions use for the word and its address.</summary>
    public static readonly string[] ReservedNames = ["instruction", "pc"];

    /// <exception cref="TextError">The text is no pattern of that many bits.</exception>
    public static Pattern Parse(string text, int bits)
    {
        int next = bits;
        uint mask = 0, value = 0;
        var exclusions = new List<Cube>();
        var parts = new List<FieldPart>();

        foreach (Match token in Regex.Matches(text, @"\S+"))
        {
            if (Bits.IsMatch(token.Value))
            {
                foreach (char bit in token.Value.Where(c => c is '0' or '1' or 'x'))
                {
                    int lsb = Take(1, token);
                    if (bit == 'x') parts.Add(new("", lsb, 1, IsFixed: false));
                    else Fix(lsb, 1, bit == '1' ? 1u : 0u);
                }
            }
            else if (Field.Match(token.Value) is { Success: true } field)
            {
                string name = field.Groups["name"].Value;
                if (ReservedNames.Contains(name)) throw Error($"'{name}' is reserved and cannot name a field", token);
                int width = 1;
                if (field.Groups["width"].Success && (!int.TryParse(field.Groups["width"].Value, out width) || width is 0 or > 32)) throw Error($"field '{name}' has an impossible width", token);

                int lsb = Take(width, token);
                var fixedValue = field.Groups["is"];
                parts.Add(new(name, lsb, width, fixedValue.Success));
                if (fixedValue.Success)
                {
                    CheckWidth(fixedValue.Value, width, name, token);
                    Fix(lsb, width, Number(fixedValue.Value, '1'));
                }

                if (field.Groups["not"].Success)
                {
                    foreach (string excluded in field.Groups["not"].Value.Split(','))
                    {
                        CheckWidth(excluded, width, name, token);
                        exclusions.Add(new((~Number(excluded, 'x') & Ones(width)) << lsb, Number(excluded, '1') << lsb));
                    }
                }
            }
            else
            {
                throw Error($"'{token.Value}' is neither bits nor a field", token);
            }
        }

        if (next != 0) throw new TextError($"the pattern has {bits - next} bits instead of {bits}", 0, text.Length);
        if (Cube.Subtract([new Cube(mask, value)], exclusions).Count == 0) throw new TextError("the exclusions leave no word", 0, text.Length);
        return new(text, new(mask, value), exclusions, Merge(parts));

        int Take(int width, Match token)
        {
            next -= width;
            return next >= 0 ? next : throw Error($"the pattern has more than {bits} bits", token);
        }

        void Fix(int lsb, int width, uint fixedBits)
        {
            mask |= Ones(width) << lsb;
            value |= fixedBits << lsb;
        }
    }

    /// <summary>Neighbouring don't-care bits become one part, so that the encoder fills them as one value.</summary>
    static List<FieldPart> Merge(List<FieldPart> parts)
    {
        var merged = new List<FieldPart>();
        foreach (var part in parts)
        {
            if (part.Name == "" && merged.Count > 0 && merged[merged.Count - 1] is { Name: "" } last && last.Lsb == part.Lsb + 1)
                merged[merged.Count - 1] = new("", part.Lsb, last.Width + 1, IsFixed: false);
            else
                merged.Add(part);
        }

        return merged;
    }

    static void CheckWidth(string value, int width, string name, Match token)
    {
        if (value.Length != width) throw Error($"'{value}' has {value.Length} bits and field '{name}' has {width}", token);
    }

    static TextError Error(string reason, Match token) => new(reason, token.Index, token.Length);

    static uint Number(string bits, char one) => bits.Aggregate(0u, (number, bit) => number << 1 | (bit == one ? 1u : 0u));

    static uint Ones(int width) => (uint)((1UL << width) - 1);
}
