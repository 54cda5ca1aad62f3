namespace Dbt.Differential;

/// <summary>Fields of an instruction word by name.</summary>
static class Field
{
    public static bool Has(int encoding, string name) => Find(encoding, name) is not null;

    /// <summary>The field's value; 0 if the encoding has none of that name.</summary>
    public static int Get(int encoding, uint word, string name)
    {
        if (Find(encoding, name) is not { } field) return 0;
        uint value = 0;
        for (int bit = 31; bit >= 0; bit--)
        {
            if ((field.Mask >> bit & 1) != 0) value = value << 1 | (word >> bit & 1);
        }

        return (int)value;
    }

    public static int Signed(int encoding, uint word, string name)
    {
        int width = Find(encoding, name)?.Width ?? 1;
        return Get(encoding, word, name) << (32 - width) >> (32 - width);
    }

    public static uint Set(int encoding, uint word, string name, int value)
    {
        var field = Find(encoding, name) ?? throw new ArgumentException($"{Arm64Encodings.All[encoding].Name} has no field {name}");
        uint rest = (uint)value;
        for (int bit = 0; bit < 32; bit++)
        {
            if ((field.Mask >> bit & 1) == 0) continue;
            word = word & ~(1u << bit) | (rest & 1) << bit;
            rest >>= 1;
        }

        return word;
    }

    static EncodingField? Find(int encoding, string name)
    {
        foreach (var field in Arm64Encodings.All[encoding].Fields)
        {
            if (field.Name == name) return field;
        }

        return null;
    }
}
