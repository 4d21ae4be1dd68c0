using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>Time on a device that runs on while the program does.</summary>
internal static class Stopwatches
{
    private const double SecondsPerSample = 0.05;
    private const int Samples = 7;

    /// <summary>Calls between two events, and copies before them: about 0.2 ms each, while 50 calls are queued in 1 ms.</summary>
    private const int Queued = 50, Copies = 20;

    /// <summary>Seconds that an action takes: the median of several runs of many, each waited for at its end only.</summary>
    public static double Seconds(Device device, Action action)
    {
        double Run(int count)
        {
            BenchmarkDevice.Finish(device);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                using var scope = NewDisposeScope();
                action();
            }

            BenchmarkDevice.Finish(device);
            return Stopwatch.GetElapsedTime(start).TotalSeconds / count;
        }

        Run(3);
        var count = Math.Max(1, (int)(SecondsPerSample / Run(3)));
        return Enumerable.Range(0, Samples).Select(_ => Run(count)).Order().ElementAt(Samples / 2);
    }

    /// <summary>
    /// Seconds that a GPU needs for what an action queues: the median of several runs of many, between two events. The GPU is kept busy
    /// until all is queued, so that the time of the CPU does not count.
    /// </summary>
    public static double SecondsOnGpu(Device device, Action action)
    {
        using var scope = NewDisposeScope();
        using GpuEvent begin = new(), end = new();
        var (source, target) = (ones(1 << 26, ScalarType.Float32, device), ones(1 << 26, ScalarType.Float32, device));
        double Run()
        {
            BenchmarkDevice.Finish(device);
            for (var i = 0; i < Copies; i++)
                target.copy_(source);
            begin.Record();
            for (var i = 0; i < Queued; i++)
            {
                using var inner = NewDisposeScope();
                action();
            }

            end.Record();
            return end.SecondsSince(begin) / Queued;
        }

        Run();
        return Enumerable.Range(0, Samples).Select(_ => Run()).Order().ElementAt(Samples / 2);
    }

    /// <summary>Bytes a second that a copy reads and writes together, of tensors larger than any cache.</summary>
    public static double CopyBandwidth(Device device)
    {
        using var scope = NewDisposeScope();
        var (source, target) = (ones(1 << 26, ScalarType.Float32, device), ones(1 << 26, ScalarType.Float32, device));
        return 2.0 * sizeof(float) * (1 << 26) / Seconds(device, () => target.copy_(source));
    }
}
