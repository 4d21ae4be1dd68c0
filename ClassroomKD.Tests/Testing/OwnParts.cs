using ClassroomKD.Onnx;
using ClassroomKD.Pose;
using ClassroomKD.Testing;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Testing;

/// <summary>Every ranker, pace, loss and task of the packages, with settings that differ, and mentors of every source.</summary>
internal static class OwnParts
{
    private const int Classes = 6, Joints = 3;

    private static readonly HeatmapGeometry Geometry = new(16, 24, 4, 6);
    private static readonly HeatmapCodec Codec = new(HeatmapEncoding.Dark, 1);
    private static readonly SimccCodec Bins = new(16, 24, 1, 2, 2);

    public static IEnumerable<(Type Part, string Name, ConformanceSuite Suite)> All =>
    [
        Ranker(() => new KnowledgeFilteringRanker(), better: true),
        Ranker(() => new KnowledgeFilteringRanker(new() { Filter = false }), "AVER"),
        Ranker(
            () => new KnowledgeFilteringRanker(new() { Weighting = RankWeighting.Position, RequireCorrect = false }), "positions",
            better: true),
        Ranker(() => new KnowledgeFilteringRanker(new() { RankDecimals = 2 }), "rounded"),
        Ranker(
            () => new KnowledgeFilteringRanker(new() { Weighting = RankWeighting.Lead, RequireCorrect = false }), "leads", better: true),
        Ranker(() => new UniformRanker()),
        Ranker(() => new EntropyRanker()),
        Ranker(() => new ConfidenceAwareRanker()),
        Ranker(() => new TopKRanker(2, new KnowledgeFilteringRanker(new() { RequireCorrect = false })), better: true),
        Ranker(() => new RandomMentorsRanker(2)),
        Ranker(() => new NormalizedRanker(), better: true),
        Ranker(() => new FadingRanker(10, 0.2), better: true),
        Ranker(() => new RunningMeanRanker(0.75)),
        Ranker(() => new TeacherDroppingRanker(), random: true),
        Pace(() => new ConstantPace(4)),
        Pace(() => new GapPace()),
        Pace(() => new GapPace(new() { Tau = 8, MaxTemperature = 4 }), "bounded"),
        Pace(() => new AnnealedPace(8, 1, 10)),
        Pace(() => new DynamicTemperaturePace()),
        Loss(() => new DkdLoss(1.5, 2)),
        Loss(() => new DistLoss(0.7, 1.3)),
        Loss(() => new LogitStandardizationLoss()),
        Loss(() => new LogitsMseLoss()),
        Loss(() => new TtmLoss()),
        Loss(() => new WttmLoss()),
        (typeof(EnsembleLoss), "", new JointLogitsLossConformance(() => new EnsembleLoss())),
        Logits(new(), "indices"),
        Logits(new() { LabelSmoothing = 0.1, DistillationFactor = 0.5 }, "smoothed"),
        Logits(new(), "soft targets", (batch, type, device) => new Form { Batch = batch, Type = type, Device = device }
            .Normal(90, 1, batch, Classes).softmax(1)),
        Logits(new() { Loss = new DkdLoss() }, "with a loss"),
        Logits(new() { JointLoss = new EnsembleLoss() }, "with a joint loss"),
        Heatmaps(null, "spatial KL"),
        Heatmaps(new FastPoseDistillation(), "FPD"),
        (typeof(SimccTask), "", new TaskConformance<PoseAnswer, PoseTarget>(() => new SimccTask(new() { Sigmas = [.1, .05, .2] }))
        {
            AnswerShape = [Joints, Bins.BinsX + Bins.BinsY],
            Answer = rows => new SimccPose(new(rows.narrow(2, 0, Bins.BinsX), rows.narrow(2, Bins.BinsX, Bins.BinsY)), Bins),
            Targets = Poses,
        }),
    ];

    /// <summary>Mentors of a module, a network that is prepared, an ensemble and a file.</summary>
    public static IEnumerable<(string Name, MentorConformance Suite)> Mentors =>
    [
        ("module", Images(() => nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(), nn.Flatten(), nn.Linear(4 * 36, 5)))),
        ("network", Images(() => new CifarResNet(8, 5))),
        ("function", new MentorConformance(() => new Mentor("mean", x => x.mean([2, 3])), [3, 8, 8])),
        ("ONNX", new MentorConformance(
            () => new Mentor("file", new OnnxModel(Onnx.MentorFile.Path("net.onnx"))), [3, 8, 8])),
    ];

    private static MentorConformance Images(Func<nn.Module<Tensor, Tensor>> model) => new(
        () =>
        {
            manual_seed(1);
            return new Mentor("model", model());
        },
        [3, 8, 8]);

    private static (Type, string, ConformanceSuite) Ranker<T>(
        Func<T> create, string name = "", bool random = false, bool better = false)
        where T : IMentorRanker =>
        (typeof(T), name, new RankerConformance(() => create()) { DrawsAtRandom = random, TeachesOnlyBetter = better });

    private static (Type, string, ConformanceSuite) Pace<T>(Func<T> create, string name = "")
        where T : ILearningPaceScheduler => (typeof(T), name, new PaceConformance(() => create()));

    private static (Type, string, ConformanceSuite) Loss<T>(Func<T> create)
        where T : ILogitsDistillationLoss => (typeof(T), "", new LogitsLossConformance(() => create()));

    private static (Type, string, ConformanceSuite) Logits(LogitsTaskOptions options, string name, TargetSource<Tensor>? targets = null) =>
        (typeof(LogitsTask), name, LogitsTaskRules(() => new LogitsTask(options), targets));

    public static TaskConformance<Tensor, Tensor> LogitsTaskRules(
        Func<IDistillationTask<Tensor, Tensor>> create, TargetSource<Tensor>? targets = null) => new(create)
        {
            AnswerShape = [Classes],
            Answer = logits => logits,
            Targets = targets ?? ((batch, _, device) => new Form { Batch = batch, Device = device }.Classes(90, Classes)),
        };

    private static (Type, string, ConformanceSuite) Heatmaps(IPoseDistillationLoss<Tensor>? loss, string name) =>
        (typeof(HeatmapTask), name, new TaskConformance<PoseAnswer, PoseTarget>(
            () => new HeatmapTask(new() { Sigmas = [.1, .05, .2], Distillation = loss }))
        {
            AnswerShape = [Joints, Geometry.Height, Geometry.Width],
            Answer = maps => new HeatmapPose(maps, Geometry, Codec),
            Targets = Poses,
        });

    private static PoseTarget Poses(int batch, ScalarType type, Device device)
    {
        var form = new Form { Batch = batch, Type = type, Device = device };
        var joints = form.Between(90, 3, 13, batch, Joints, 2);
        return new PoseTarget(joints, ones_like(joints.select(2, 0)), form.Between(91, 100, 300, batch));
    }
}
