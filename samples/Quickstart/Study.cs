using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>The whole run: mentors, then the student in three ways from the same start on the same batches, then the results.</summary>
internal sealed class Study(QuickstartOptions options, ImageData data, Trainer trainer)
{
    private const int FirstSeed = 1;

    // The last mentor is the one that teaches alone; its network is the largest.
    private static readonly (string Name, Func<int, CifarResNet> Create, double Work)[] Classmates =
    [
        ("resnet8", CifarResNet.ResNet8, 1.6),
        ("resnet14", CifarResNet.ResNet14, 2.6),
        ("resnet20", CifarResNet.ResNet20, 3.6),
    ];

    private const double StudentWork = 1;
    private const double MentorForwardShare = 0.25;

    private int Classes => data.Training.ClassNames.Count;

    public static void Run(QuickstartOptions options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(options.Output);
        using var data = ImageData.Load(options.Data, options.Device);
        Console.WriteLine($"Data: {data.Name}, {data.Training.Count} training and {data.Test.Count} test images, {data.Training.ClassNames.Count} classes");

        var result = ProgressDisplay.Show(TotalWork(options), progress =>
            new Study(options, data, new Trainer(data, options.Epochs, progress, cancellation)).Run(progress));
        result = result with { Seconds = clock.Elapsed.TotalSeconds };

        var plot = Path.Combine(options.Output, "accuracy.svg");
        AccuracyPlot.Write(result, plot);
        ResultTables.Print(result);
        Console.WriteLine(ResultTables.Json(result, WeightsPath(options), plot));
    }

    private static string WeightsPath(QuickstartOptions options) => Path.Combine(options.Output, "student.dat");
}
