namespace ClassroomKD.Tests.Docs;

/// <summary>What a document's code takes for given: the reader's own network, data and container.</summary>
internal static class Given
{
    private const string Loop = """
        public static TorchSharp.Modules.Sequential net = null!, resnet56 = null!, resnet20 = null!;
        public static IEnumerable<(Tensor, Tensor)> loader = null!;
        public static optim.Optimizer optimizer = null!;
        """;

    private const string Container = """
        public static HostApplicationBuilder builder = null!;
        public static IHost host = null!;
        public static IServiceCollection services = null!;
        public static IServiceProvider provider = null!;
        """;

    private const string Names = "public static string[] names = null!, studentNames = null!, mentorNames = null!, swinNames = null!;";

    private const string Training = """
        public static Student student = null!;
        public static SgdOptimizer optimizer = null!;
        public static BatchSampler batches = null!, data = null!, test = null!;
        public static Classroom classroom = null!;
        public static TrainerOptions options = null!;
        public static ClassificationExam exam = null!;
        public static Microsoft.Extensions.Logging.ILogger logger = null!;
        public static CancellationToken cancellation;
        """;

    private const string Together = """
        public static IProcessGroup group = null!;
        public static DataParallel parallel = null!;
        """;

    private static readonly Dictionary<string, string> Members = new()
    {
        ["README.md"] = Loop + Container + """
            public static nn.Module<Tensor, Tensor> LoadResNet56() => net;
            public static nn.Module<Tensor, Tensor> LoadResNet20() => net;
            """,
        ["ClassroomKD.Core/README.md"] = Loop,
        ["ClassroomKD.Distributed/README.md"] = Training + Together + "public static int epoch;",
        ["ClassroomKD.Imaging/README.md"] = """
            public static string[] files = null!;
            public static void Train(Batch batch) { }
            public sealed class Batch(Tensor images) : IDisposable { public void Dispose() => images.Dispose(); }
            """,
        ["ClassroomKD.Onnx/README.md"] = Names + "public static Student student = null!;",
        ["ClassroomKD.Pose/README.md"] = """
            public static Student<PoseAnswer> student = null!;
            public static void Train(Tensor images, PoseTarget target) { }
            """,
        ["docs/analyzers.md"] = "public static Tensor x = null!; public static int step;",
        ["docs/data.md"] = Training + "public static int epoch;",
        ["docs/distributed.md"] = Training + Together
            + "public static int epoch; public static Mentor[] mentors = null!; public static string folder = null!;",
        ["docs/export.md"] = """
            public static ImageDataset data = null!;
            public static Normalization normalization = null!;
            public static Student student = null!;
            public static byte[] image = null!;
            """,
        ["docs/configuration.md"] = Container + """
            public static string folder = null!;
            public static Mentor[] mentors = null!;
            public static BatchSampler data = null!;
            public sealed class MeanOf(nn.IModule<Tensor, Tensor>[] models) : nn.IModule<Tensor, Tensor>
            {
                public Tensor call(Tensor input1) => stack([.. models.Select(model => model.call(input1))]).mean([0]);
            }
            """,
        ["docs/concepts.md"] = "public static Mentor[] mentors = null!;",
        ["docs/mentors.md"] = Names,
        ["docs/migration.md"] = """
            public static BatchSampler batches = null!;
            public static ClassificationExam exam = null!;
            public static Mentor LoadTrained(string name) => null!;
            """,
        ["docs/plugins.md"] = Container + """
            public sealed class ByMargin : IMentorRanker { public Ranking Rank(in RankingArguments arguments) => default; }
            public sealed class MarginTask(LogitsTaskOptions? options = null) : IDistillationTask<Tensor, Tensor>
            {
                public IDistillationStep Begin(in StepArguments<Tensor, Tensor> arguments) => null!;
            }
            """,
        ["docs/pose.md"] = Container + """
            public static nn.Module<Tensor, Tensor> LoadHrNet() => null!;
            public static Student<PoseAnswer> student = null!;
            public static PersonDataset test = null!;
            public static IReadOnlyList<PosePrediction> predictions = null!;
            """,
        ["docs/recipes.md"] = "public static Mentor LoadTrained(string name) => null!;",
        ["docs/record.md"] = Training + "public static string folder = null!; public static Mentor[] mentors = null!;"
            + "public static PoseLoader persons = null!; public static Mentor<PoseAnswer>[] poseMentors = null!;",
        ["docs/report.md"] = Training.Replace("data = null!, test = null!", "data = null!") + """
            public static Mentor teacher = null!, peer = null!;
            public static Mentor[] mentors = null!;
            public static ImageDataset test = null!;
            public static Tensor batch = null!;
            public static PersonDataset persons = null!;
            public static IReadOnlyList<PosePrediction> ofHrnet = null!, ofRtmpose = null!, ofStudent = null!;
            public static ValidationResult Examine(Student<Tensor> student) => null!;
            """,
        ["docs/resume.md"] = Training + """
            public static int BatchesPerEpoch;
            public static ImageBatch Draw(long seed) => null!;
            """,
        ["docs/train.md"] = Training + """
            public static nn.Module<Tensor, Tensor> resnet56 = null!;
            public static string[] names = null!, args = [];
            """,
        ["docs/weights.md"] = """
            public static Student student = null!;
            public static nn.Module<Tensor, Tensor> teacher = null!;
            public static ModelCard card = null!;
            """,
    };

    /// <summary>Declares what the document takes for given, for all files of a compilation.</summary>
    public static string Source(string document) =>
        $"global using static Given;\npublic static class Given\n{{\n{Members.GetValueOrDefault(document, "")}\n}}\n";
}
