using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace ClassroomKD.Benchmarks;

/// <summary>Adds to a benchmark over <see cref="LogitsShape"/>s what must be moved, and how near its time comes to that.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MemoryColumnsAttribute : Attribute, IConfigSource
{
    public IConfig Config { get; } = ManualConfig.CreateEmpty().AddColumn(new LeastBytesColumn(), new BandwidthShareColumn());
}

/// <summary>The bytes of one reading of all logits and one writing of the gradient: <c>(M + 2) R C 4</c>.</summary>
internal sealed class LeastBytesColumn : ShapeColumn
{
    public override string ColumnName => "Least MB";

    public override string Legend => "Megabytes of reading every logit once and writing the gradient once, (M + 2) R C x 4 bytes";

    protected override string Value(LogitsShape shape, double seconds) =>
        (shape.LeastBytes / 1e6).ToString("F1", CultureInfo.InvariantCulture);
}

/// <summary>Those bytes over the time taken, against the measured speed of copying memory.</summary>
internal sealed class BandwidthShareColumn : ShapeColumn
{
    public override string ColumnName => "Copy speed";

    public override string Legend =>
        $"Least MB / mean time, as a share of this device's measured copy bandwidth ({MachineBandwidth.Value / 1e9:F0} GB/s)";

    protected override string Value(LogitsShape shape, double seconds) =>
        (shape.LeastBytes / seconds / MachineBandwidth.Value).ToString("P0", CultureInfo.InvariantCulture);
}

internal static class MachineBandwidth
{
    private static readonly Lazy<double> Measured = new(() => Stopwatches.CopyBandwidth(BenchmarkDevice.Current));

    /// <summary>Bytes read and written per second when the device copies memory.</summary>
    public static double Value => Measured.Value;
}

internal abstract class ShapeColumn : IColumn
{
    public string Id => ColumnName;

    public abstract string ColumnName { get; }

    public abstract string Legend { get; }

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        summary[benchmarkCase]?.ResultStatistics is { } statistics
            ? Value((LogitsShape)benchmarkCase.Parameters["Shape"], statistics.Mean / 1e9)
            : "?";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;

    protected abstract string Value(LogitsShape shape, double seconds);
}
