using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Pose;
using Samples;

namespace PoseSample;

/// <summary>The whole run: mentors, then one student in two ways, from the same start and on the same batches, then the results.</summary>
internal sealed class Study(PoseOptions options, PoseData data, Trainer trainer)
{
    private const int MentorSeed = 1;

    private IReadOnlyList<PosePrediction> alonePredictions = [], classroomPredictions = [];

    /// <summary>Runs the study, prints the results and writes weights and pictures.</summary>
    public static void Run(PoseOptions options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(options.Output);
        var data = PoseData.Load(options.Data);
        Console.WriteLine($"Data: {data.Name}, {data.Training.Persons.Count} persons to learn from and {data.Test.Persons.Count} to be tested on.{LeftOut(data)}");

        var work = Plan.Mentors.Sum(plan => plan.Work) + options.Seeds * (2 + Teaching);
        var (result, study) = ProgressDisplay.Show(work, progress =>
        {
            var study = new Study(options, data, new Trainer(data, options, progress, cancellation));
            return (study.Run(progress), study);
        });
        result = result with { Seconds = clock.Elapsed.TotalSeconds };

        var pictures = Path.Combine(options.Output, "poses.png");
        PictureSheet.Write(data.Test, [study.alonePredictions, study.classroomPredictions], pictures);
        ResultTables.Print(result);
        Console.WriteLine($"Weights: {WeightsPath(options)}  Pictures: {pictures} (top to bottom: annotated, alone, in the classroom)");
        Console.WriteLine(ResultTables.Json(result, WeightsPath(options), pictures));
    }

    private static string WeightsPath(PoseOptions options) => Path.Combine(options.Output, "student.safetensors");

    // A mentor's forward pass costs about a third of a training step of its network.
    private static double Teaching => Plan.Mentors.Sum(plan => plan.Work) / 3;

    private static string LeftOut(PoseData data)
    {
        var left = data.Training.LeftOut.Concat(data.Test.LeftOut).GroupBy(pair => pair.Key).Select(group => $"{group.Sum(pair => pair.Value)} {group.Key}").ToList();
        return left.Count == 0 ? "" : $" Left out: {string.Join(", ", left)}.";
    }

    private StudyResult Run(ProgressDisplay progress)
    {
        var mentors = new List<Mentor<PoseAnswer>>();
        try
        {
            foreach (var plan in Plan.Mentors)
                mentors.Add(TrainOrLoad(plan, progress));
            var marks = mentors.Select(mentor => Marks.Of(data.Test, trainer.Predict(mentor.Answer))).ToList();

            using var task = new HeatmapTask(new() { DistillationFactor = options.Factor });
            using var tally = new JointTally();
            using var classroom = new Classroom<PoseAnswer, PoseTarget>(mentors, task, ranker: tally);
            var (alone, together) = (new List<Marks>(), new List<Marks>());
            for (var seed = MentorSeed + 1; seed <= MentorSeed + options.Seeds; seed++)
            {
                var first = seed == MentorSeed + 1;
                var predictions = TrainStudent("student alone", seed, 1, task, null);
                alone.Add(Marks.Of(data.Test, predictions));
                alonePredictions = first ? predictions : alonePredictions;
                predictions = TrainStudent("student in the classroom", seed, 1 + Teaching, task, classroom);
                together.Add(Marks.Of(data.Test, predictions));
                classroomPredictions = first ? predictions : classroomPredictions;
            }

            var (report, joints) = (classroom.ReadReport(), tally.Read());
            return new StudyResult(
                data.Name, data.Training.Persons.Count, data.Test.Persons.Count, options.Epochs, trainer.Steps, CountParameters(Plan.Student),
                [.. report.Mentors.Select((mentor, m) => new MentorResult(
                    mentor.Name, CountParameters(Plan.Mentors[m]), marks[m], mentor.TaughtShare, mentor.MeanWeight, mentor.MeanTemperature, joints[m]))],
                [new StudentResult("alone", alone), new StudentResult("in the classroom", together)], 0);
        }
        finally
        {
            mentors.ForEach(mentor => mentor.Dispose());
        }
    }

    private Mentor<PoseAnswer> TrainOrLoad(Plan plan, ProgressDisplay progress)
    {
        var path = Path.Combine(options.Output, $"{plan.Name.Replace(' ', '-')}-{data.Name}-{data.Training.Persons.Count}-persons-{options.Epochs}-epochs.safetensors");
        if (File.Exists(path))
        {
            progress.Advance(plan.Work, $"{plan.Name} (kept)");
        }
        else
        {
            using var learner = new Student<PoseAnswer>(plan.Name, plan.Create(MentorSeed, options.Device));
            using var task = plan.Task();
            trainer.Train(learner, $"mentor {plan.Name}", MentorSeed, plan.Work, task);
            learner.Save(path);
        }
        var network = plan.Create(MentorSeed, options.Device);
        network.LoadWeights(path);
        return new Mentor<PoseAnswer>(plan.Name, network);
    }

    private IReadOnlyList<PosePrediction> TrainStudent(string title, int seed, double work, PoseTask task, Classroom<PoseAnswer, PoseTarget>? classroom)
    {
        using var student = new Student<PoseAnswer>("student", Plan.Student.Create(seed, options.Device));
        trainer.Train(student, title, seed, work, task, classroom);
        if (classroom is not null && seed == MentorSeed + 1)
            student.Save(WeightsPath(options));
        return trainer.Predict(student.Examine);
    }

    private static long CountParameters(Plan plan)
    {
        using var network = plan.Network();
        return network.parameters().Sum(parameter => parameter.numel());
    }
}
