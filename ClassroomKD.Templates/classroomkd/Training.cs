using ClassroomKD;
using ClassroomKD.Reports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

/// <summary>Records the mentors' answers, trains the student alone and in the classroom, and compares; what was done before is
/// kept.</summary>
internal sealed class Training(IServiceProvider services, Images images, CancellationToken stopping)
{
    private const int Seed = 1;

    // Choose both by trainings of your own: mentors make the loss, and so the steps, larger, and one rate for both favors one of them.
    private const double RateAlone = 0.2;
    private const double RateTaught = 0.1;

    private readonly ILogger logger = services.GetRequiredService<ILogger<Training>>();
    private readonly ClassificationExam exam = images.Exam();

    public void Run()
    {
        var mentors = services.GetKeyedServices<Mentor<Tensor>>("classroom").ToList();
        var report = exam.Inspect(mentors);                 // finds mentors that are loaded wrongly, before days of training
        Console.WriteLine(report);
        var data = images.TrainingBatches(Seed);
        var facts = report.Comparison.Results.Zip(mentors, (result, mentor) => Measure(mentor, data, result.TopOne)).ToList();

        var recording = services.GetRequiredService<IOptionsMonitor<RecordingOptions>>().Get("classroom");
        logger.LogInformation("Recording the answers of {Mentors} mentors", mentors.Count);
        RecordedLessons.Record("run/recording", mentors, data, recording, cancellation: stopping);
        var lessons = RecordedLessons.Open("run/recording");
        var recorded = mentors.Select(mentor => lessons.CreateMentor(mentor.Name)).ToList();

        Train("alone", RateAlone, data, null, []);
        using var classroom = new Classroom(recorded, services.GetRequiredService<IOptionsMonitor<ClassroomOptions>>().Get("classroom"));
        Train("classroom", RateTaught, lessons.Replay(data), classroom, facts);
        recorded.ForEach(mentor => mentor.Dispose());
    }

    public void WriteReport(string path)
    {
        new HtmlReport
        {
            Title = "A small student, alone and in the classroom",
            ScoreName = "accuracy",
            Runs = [TrainingRecord.Read("run/alone.jsonl"), TrainingRecord.Read("run/classroom.jsonl")],
        }.Write(path);
        Console.WriteLine($"Report: {Path.GetFullPath(path)}");
    }

    private void Train(
        string name, double rate, ITrainingData<Tensor> data, Classroom? classroom, IReadOnlyList<MentorFacts> mentors)
    {
        random.manual_seed(Seed);                           // both students begin with the same weights
        var student = services.GetRequiredKeyedService<Student>(name);
        using var optimizer = new SgdOptimizer(student.Module.parameters(), rate, momentum: 0.9, weightDecay: 5e-4);
        var options = services.GetRequiredService<IOptionsFactory<TrainerOptions>>().Create("classroom");
        var steps = (long)options.Epochs * data.BatchesPerEpoch;
        options.LearningRate = step => LearningRates.Cosine(step, steps, rate);
        if (options.CheckpointFolder is { } folder)
            options.CheckpointFolder = Path.Combine(folder, name);
        ITrainingObserver[] observers =
        [
            new TrainingLog($"run/{name}.jsonl") { Name = name, GroupNames = images.Test.ClassNames, Mentors = mentors },
            new EpochLogger(name, logger),
        ];
        var trainer = classroom is null
            ? new Trainer(student, optimizer, data, options: options) { Validate = exam.Validate, Observers = observers }
            : new Trainer(student, optimizer, data, classroom, options)
            { Validate = exam.Validate, Observers = [.. observers, new TrainingDiagnosis(logger)] };
        trainer.Run(stopping);
        student.Save($"run/{name}.safetensors");
    }

    private static MentorFacts Measure(Mentor<Tensor> mentor, ITrainingData<Tensor> data, double accuracy)
    {
        foreach (var batch in data.Epoch(0, 0, CancellationToken.None))
            return MentorFacts.Measure(mentor, batch.Input, accuracy);
        throw new InvalidDataException("There are fewer images than one batch takes.");
    }
}
