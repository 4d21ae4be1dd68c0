using System.Globalization;
using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

/// <summary>Processes that train until something happens to one of them.</summary>
internal static class FaultScenarios
{
    /// <summary>Trains with checkpoints; the second argument is the number of epochs.</summary>
    public static void Train(IProcessGroup group, string[] arguments)
    {
        Console.WriteLine($"process {Environment.ProcessId}");
        using var school = Schools.Of("classes", ClassroomPreset.Batch);
        using var parallel = new DataParallel(group);
        var options = new TrainerOptions
        {
            Epochs = int.Parse(arguments[1], CultureInfo.InvariantCulture), CheckpointFolder = arguments[0], CheckpointEvery = 3,
        };
        var result = school.Train(parallel, options, progress: new FirstStep(() => Console.WriteLine("trains")));
        if (group.Rank == 0)
            Console.WriteLine(string.Join(' ', school.Weights.Append(result.Epochs[^1].Loss)
                .Select(number => number.ToString("R", CultureInfo.InvariantCulture)).Prepend("result")));
    }

    /// <summary>An exception that nobody catches.</summary>
    public static void Throw(IProcessGroup group, string[] arguments)
    {
        if (group.Rank == group.Size - 1)
            throw new InvalidDataException("the image is broken");
        group.Barrier();
    }

    /// <summary>A rank does one step less than the others, and goes to the end.</summary>
    public static void Leave(IProcessGroup group, string[] arguments)
    {
        if (group.Rank != group.Size - 1)
            group.AllReduce(zeros(3));
    }

    /// <summary>A rank ends its program without disposing the group.</summary>
    public static void Forget(IProcessGroup group, string[] arguments)
    {
        if (group.Rank == group.Size - 1)
            Environment.Exit(0);
        group.Barrier();
    }

    /// <summary>Ranks train with options of their own.</summary>
    public static void Differ(IProcessGroup group, string[] arguments)
    {
        using var school = Schools.Of("classes", group.Rank == 0 ? ClassroomPreset.Batch : ClassroomPreset.Sample);
        using var parallel = new DataParallel(group);
        school.Train(parallel, new TrainerOptions { Epochs = 1, Seed = group.Rank });
    }

    private sealed class FirstStep(Action tell) : IProgress<TrainingProgress>
    {
        private bool told;

        public void Report(TrainingProgress value)
        {
            if (!told)
                tell();
            told = true;
        }
    }
}
