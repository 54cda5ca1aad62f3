namespace Dbt.Bench;

/// <summary>All measurements of one kernel under one contestant.</summary>
public sealed class Series
{
    /// <summary>Wall-clock seconds, one per round.</summary>
    public List<double> Wall { get; } = [];

    /// <summary>Processor seconds (user and system), one per round.</summary>
    public List<double> Cpu { get; } = [];

    /// <summary>Why the runs do not count, or null.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether there is a time to compare.</summary>
    public bool Valid => Failure == null && Wall.Count > 0;

    /// <summary>The median of the wall-clock times, in seconds.</summary>
    public double Median => MedianOf(Wall);

    /// <summary>The median of the processor times, in seconds.</summary>
    public double MedianCpu => MedianOf(Cpu);

    static double MedianOf(List<double> values)
    {
        var sorted = values.Order().ToList();
        int middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

/// <summary>A kernel's row: one series for each contestant, and the ratios that follow from them.</summary>
public sealed class Row(Kernel kernel, IReadOnlyList<Contestant> contestants)
{
    readonly Dictionary<Contestant, Series> series = contestants.ToDictionary(c => c, _ => new Series());

    /// <summary>The row's kernel.</summary>
    public Kernel Kernel => kernel;

    /// <summary>The measurements under one contestant.</summary>
    public Series this[Contestant contestant] => series[contestant];

    double? Best(Role role) =>
        series.Where(s => s.Key.Role == role && s.Value.Valid).Select(s => (double?)s.Value.Median).Min();

    /// <summary>How many times as long as natively the faster qemu takes.</summary>
    public double? QemuToNative => Best(Role.Qemu) / Best(Role.Native);

    /// <summary>How many times as long as natively dbt takes.</summary>
    public double? DbtToNative => Best(Role.Dbt) / Best(Role.Native);

    /// <summary>How many times faster than the faster qemu dbt is.</summary>
    public double? DbtSpeedup => Best(Role.Qemu) / Best(Role.Dbt);

    /// <summary>The geometric mean of the ratios that exist, or null.</summary>
    public static double? GeometricMean(IEnumerable<double?> ratios)
    {
        var known = ratios.OfType<double>().ToList();
        return known.Count == 0 ? null : Math.Exp(known.Average(Math.Log));
    }
}
