namespace Dbt.Translator.Guests.Arm64;

/// <summary>Names in the system instructions.</summary>
static partial class Arm64Syntax
{
    /// <summary>A hint by its name, or by its number where it has none.</summary>
    public static string Hint(int imm) => imm switch
    {
        0 => "nop",
        1 => "yield",
        2 => "wfe",
        3 => "wfi",
        4 => "sev",
        5 => "sevl",
        7 => "xpaclri",
        8 => "pacia1716",
        10 => "pacib1716",
        12 => "autia1716",
        14 => "autib1716",
        16 => "esb",
        17 => "psb csync",
        18 => "tsb csync",
        20 => "csdb",
        22 => "clearbhb",
        24 => "paciaz",
        25 => "paciasp",
        26 => "pacibz",
        27 => "pacibsp",
        28 => "autiaz",
        29 => "autiasp",
        30 => "autibz",
        31 => "autibsp",
        32 => "bti",
        34 => "bti c",
        36 => "bti j",
        38 => "bti jc",
        _ => $"hint #{Hex(imm)}",
    };

    /// <summary>The operand of CLREX and ISB, if it is not the default.</summary>
    public static string BarrierOption(int crm) => crm == 15 ? "" : $" #{Hex(crm)}";

    /// <summary>DSB, or one of the two speculation barriers in its space.</summary>
    public static string DataSynchronizationBarrier(int crm) => crm switch
    {
        0 => "ssbb",
        4 => "pssbb",
        _ => "dsb " + BarrierDomain(crm),
    };

    /// <summary>Who is ordered, and what.</summary>
    public static string BarrierDomain(int crm)
    {
        if ((crm & 3) == 0) return $"#0x{crm:x2}";
        string domain = (crm >> 2) switch
        {
            0 => "osh",
            1 => "nsh",
            2 => "ish",
            _ => "",
        };
        return (crm & 3) switch
        {
            1 => domain + "ld",
            2 => domain + "st",
            _ => domain == "" ? "sy" : domain,
        };
    }

    /// <summary>An identification register.</summary>
    public static string IdRegister(int crm, int op2)
    {
        string name = (crm, op2) switch
        {
            (0, 0) => "midr",
            (0, 5) => "mpidr",
            (0, 6) => "revidr",
            (2, <= 5) => $"id_isar{op2}",
            (2, 6) => "id_mmfr4",
            (2, 7) => "id_isar6",
            (3, <= 2) => $"mvfr{op2}",
            (3, 4) => "id_pfr2",
            (3, 5) => "id_dfr1",
            (3, 6) => "id_mmfr5",
            (4, <= 1) => $"id_aa64pfr{op2}",
            (4, 4) => "id_aa64zfr0",
            (4, 5) => "id_aa64smfr0",
            (5, <= 1) => $"id_aa64dfr{op2}",
            (5, 4 or 5) => $"id_aa64afr{op2 - 4}",
            (6, <= 2) => $"id_aa64isar{op2}",
            (7, <= 2) => $"id_aa64mmfr{op2}",
            _ => "",
        };
        return name == "" ? $"s3_0_c0_c{crm}_{op2}" : name + "_el1";
    }
}
