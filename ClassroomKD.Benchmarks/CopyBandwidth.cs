using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>How fast this machine copies memory with all of libtorch's threads: what bounds a kernel that reads and writes each logit once.</summary>
internal static class CopyBandwidth
{
    private const int Floats = 64 << 20;

    private static readonly Lazy<double> Measured = new(Measure);

    /// <summary>Bytes read and written per second.</summary>
    public static double BytesPerSecond => Measured.Value;

    private static double Measure()
    {
        using var scope = NewDisposeScope();
        var (from, to) = (ones(Floats), empty(Floats));
        to.copy_(from);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 8; i++)
        {
            var clock = Stopwatch.StartNew();
            to.copy_(from);
            best = clock.Elapsed < best ? clock.Elapsed : best;
        }

        return 2.0 * sizeof(float) * Floats / best.TotalSeconds;
    }
}
