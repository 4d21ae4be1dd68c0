using ClassroomKD.Tests.Core;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Devices;

/// <summary>A lesson of logits is the same on every device: each preset, ranker, pace, kind of target, class map and loss.</summary>
[TestFixture("cpu")]
[TestFixture("cuda", Category = "Cuda")]
public sealed class LogitsLessonTests(string device) : DeviceFixture(device)
{
    private const int Batch = 48, Classes = 60, Mentors = 4;

    private static readonly Dictionary<string, Func<Setting>> Settings = new()
    {
        ["paper"] = () => new(),
        ["preset sample"] = () => new() { Options = new() { Preset = ClassroomPreset.Sample } },
        ["preset batch"] = () => new() { Options = new() { Preset = ClassroomPreset.Batch } },
        ["preset released code"] = () => new() { Options = new() { Preset = ClassroomPreset.ReleasedCode } },
        ["no filter"] = () => new() { Options = new() { Ranking = new() { Filter = false } } },
        ["constant temperature"] = () => new() { Options = new() { ConstantTemperature = 4 } },
        ["plain task loss"] = () => new() { Options = new() { TaskCoefficient = TaskCoefficient.One } },
        ["uniform"] = () => new() { Ranker = new UniformRanker() },
        ["entropy"] = () => new() { Ranker = new EntropyRanker() },
        ["confidence"] = () => new() { Ranker = new ConfidenceAwareRanker() },
        ["top 2"] = () => new() { Ranker = new TopKRanker(2) },
        ["annealed"] = () => new() { Pace = new AnnealedPace(8, 1, 10) },
        ["dynamic temperature"] = () => new() { Pace = new DynamicTemperaturePace() },
        ["label smoothing"] = () => new() { Task = new() { LabelSmoothing = 0.1 } },
        ["soft targets"] = () => new() { Soft = true },
        ["soft targets, smoothed"] = () => new() { Soft = true, Task = new() { LabelSmoothing = 0.1 } },
        ["ignored samples"] = () => new() { Ignored = 5, Task = new() { IgnoreIndex = -1 } },
        ["a mentor's NaN"] = () => new() { Poison = true },
        ["masked classes"] = () => new() { Masked = true },
        ["masked classes, DKD"] = () => new() { Masked = true, Task = new() { Loss = new DkdLoss() } },
        ["bfloat16"] = () => new() { Type = ScalarType.BFloat16 },
        ["float16 mentors"] = () => new() { MentorType = ScalarType.Float16 },
        ["permuted classes"] = () => new() { Maps = [Permuted, null, null, null] },
        ["fewer classes"] = () => new() { Maps = [null, Partial, Permuted, Partial] },
        ["fewer classes, DKD"] = () => new() { Maps = [null, Partial, null, null], Task = new() { Loss = new DkdLoss() } },
        ["DKD"] = () => new() { Task = new() { Loss = new DkdLoss() } },
        ["DIST"] = () => new() { Task = new() { Loss = new DistLoss() } },
        ["standardized logits"] = () => new() { Task = new() { Loss = new LogitStandardizationLoss() } },
        ["MSE"] = () => new() { Task = new() { Loss = new LogitsMseLoss() } },
        ["TTM"] = () => new() { Task = new() { Loss = new TtmLoss() } },
        ["WTTM"] = () => new() { Task = new() { Loss = new WttmLoss() } },
    };

    private static IEnumerable<string> Names => Settings.Keys;

    private static ClassMap Permuted => ClassMap.FromIndices([.. Enumerable.Range(0, Classes).Select(c => (c + 7) % Classes)], Classes);

    /// <summary>The mentor has half of the student's classes, and ten that the student lacks.</summary>
    private static ClassMap Partial => ClassMap.FromIndices(
        [.. Enumerable.Range(0, Classes).Select(c => c % 2 == 0 ? c / 2 : -1)], (Classes / 2) + 10);

    [TestCaseSource(nameof(Names))]
    public void Lesson_is_the_same_on_the_device_and_on_the_CPU(string name)
    {
        using var scope = NewDisposeScope();
        var setting = Settings[name]();
        var (here, gradientHere) = Teach(setting, CPU);

        var (there, gradientThere) = Teach(setting, On);

        // In bfloat16 gradients are rounded to 8 bits.
        ShouldAgree(here, there);
        gradientThere.device_type.Should().Be(On.type);
        gradientThere.ShouldEqual(gradientHere, setting.Type == ScalarType.BFloat16 ? 1e-2 : 1e-4, "gradient", absolute: 1e-7);
        gradientHere.abs().sum().Number().Should().BePositive();
        there.Weights.ne(Scalars.Zero).any().item<bool>().Should().BeTrue("somebody has to teach");
    }

    [TestCaseSource(nameof(Names))]
    public void Lesson_leaves_nothing_on_the_device(string name)
    {
        var setting = Settings[name]();
        LeavesNothing(() => Teach(setting, On));
    }

    [Test]
    public void Report_reads_what_was_taught_on_the_device()
    {
        using var scope = NewDisposeScope();
        TeachingReport Report(Device device)
        {
            using var classroom = new Classroom(Core.Classes.Mentors(Mentors));
            for (var i = 0; i < 3; i++)
                Teach(new Setting(), device, classroom);
            return classroom.ReadReport();
        }

        var (here, there) = (Report(CPU), Report(On));

        there.Samples.Should().Be(3 * Batch);
        there.StudentPerformance.Should().BeApproximately(here.StudentPerformance, 1e-5);
        foreach (var (expected, actual) in here.Mentors.Zip(there.Mentors))
        {
            actual.TaughtShare.Should().Be(expected.TaughtShare);
            actual.MeanPerformance.Should().BeApproximately(expected.MeanPerformance, 1e-5);
        }
    }

    private static (Lesson Lesson, Tensor Gradient) Teach(Setting setting, Device device, Classroom? given = null)
    {
        var random = new Random(5);
        Tensor Logits(int classes, double skill, ScalarType type)
        {
            var logits = Core.Classes.Logits(random.Next(), Batch, classes, ScalarType.Float32);
            for (var i = 0; i < Batch; i++)
                logits[i, i % classes].add_(Scalars.Of(skill));
            return logits.to(type);
        }

        var answer = Logits(Classes, 1, setting.Type);
        if (setting.Masked)
            answer.narrow(1, Batch, 2).fill_(Scalars.Of(double.NegativeInfinity));
        var student = answer.to(device).requires_grad_();
        Tensor[] mentors = [.. Enumerable.Range(0, Mentors).Select(m =>
            Logits(setting.Maps?[m]?.MentorClasses ?? Classes, 1 + m, setting.MentorType ?? setting.Type))];
        if (setting.Poison)
            mentors[1][3, 2] = float.NaN;
        if (setting.Masked)
            mentors[2].narrow(1, Batch + 1, 3).fill_(Scalars.Of(double.NegativeInfinity));
        var labels = arange(Batch, ScalarType.Int64) % Classes;
        if (setting.Ignored > 0)
            labels.narrow(0, 0, setting.Ignored).fill_(setting.Task!.IgnoreIndex);
        var targets = setting.Soft ? special.softmax(Logits(Classes, 4, ScalarType.Float32), 1) : labels;

        var options = setting.Maps?.Select(map => new MentorOptions { Classes = map }).ToArray();
        using var own = given is not null ? null : new Classroom(
            Enumerable.Range(0, Mentors).Select(m => new Mentor($"mentor {m}", _ => throw new InvalidOperationException(), options?[m])),
            setting.Options, new LogitsTask(setting.Task), setting.Ranker, setting.Pace);
        var lesson = (given ?? own!).Teach(student, [.. mentors.Select(mentor => mentor.to(device))], targets.to(device));
        lesson.Loss.backward();
        return (lesson, student.grad!);
    }

    private sealed record Setting
    {
        public ClassroomOptions? Options { get; init; }

        public LogitsTaskOptions? Task { get; init; }

        public IMentorRanker? Ranker { get; init; }

        public ILearningPaceScheduler? Pace { get; init; }

        public ClassMap?[]? Maps { get; init; }

        public ScalarType Type { get; init; } = ScalarType.Float32;

        public ScalarType? MentorType { get; init; }

        public int Ignored { get; init; }

        public bool Soft { get; init; }

        public bool Poison { get; init; }

        /// <summary>The student lacks two classes, and a mentor three, one of them among those two.</summary>
        public bool Masked { get; init; }
    }
}
