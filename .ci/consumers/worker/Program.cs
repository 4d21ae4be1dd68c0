// A worker service: the host makes mentors and student, reads its settings from appsettings.json, trains and stops.
using ClassroomKD;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TorchSharp;
using static TorchSharp.torch;

LibTorch.UsePassiveWaiting();
LibTorch.Load();
random.manual_seed(1);

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddClassroom("points")
    .Configure(builder.Configuration.GetSection("Classrooms:points"))
    .AddMentor("wide", _ => nn.Linear(6, 4))
    .AddMentor("other", _ => nn.Linear(6, 4))
    .AddStudent("pupil", _ => nn.Linear(6, 4))
    .AddTrainer(
        _ => new Points(),
        student => new SgdOptimizer(student.Module.parameters(), learningRate: 0.1))
    .Configure<TrainerOptions>(builder.Configuration.GetSection("Training"));
using var host = builder.Build();
await host.StartAsync();
await host.WaitForShutdownAsync();

var report = host.Services.GetRequiredKeyedService<Classroom>("points").ReadReport();
Console.WriteLine($"{report.Mentors.Count} mentors taught");
return Environment.ExitCode;

/// <summary>Points of four classes, a function of epoch and batch.</summary>
sealed class Points : ITrainingData<Tensor>
{
    public int BatchesPerEpoch => 5;

    public IReadOnlyDictionary<string, string> Fingerprint => new Dictionary<string, string> { ["data"] = "points" };

    public IEnumerable<TrainingBatch<Tensor>> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default)
    {
        for (var batch = firstBatch; batch < BatchesPerEpoch; batch++)
        {
            var random = new Random(100 * epoch + batch);
            using var x = tensor(Enumerable.Range(0, 16 * 6).Select(_ => 2 * random.NextSingle() - 1).ToArray()).reshape(16, 6);
            using var four = x.narrow(1, 0, 4);
            using var y = four.argmax(1);
            yield return new() { Input = x, Targets = y, Number = batch };
        }
    }
}
