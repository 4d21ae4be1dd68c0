using ClassroomKD.Networks;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>Small networks of both kinds on generated figures, for whole trainings.</summary>
internal static class SmallPoses
{
    private const int Width = 24, Height = 32;

    private static readonly int Joints = JointLayout.Coco.Count;
    private static readonly HeatmapCodec Codec = new(HeatmapEncoding.Dark, 1.5);
    private static readonly SimccCodec Bins = new(Width, Height, 2, 2, 2);
    private static readonly PersonDataset Figures = ArticulatedFigures.Generate(24, seed: 3);

    public static PoseLoader Data(Device? device = null) => new(
        Figures,
        new()
        {
            BatchSize = 8, Seed = 2, InputWidth = Width, InputHeight = Height, DropLast = true, Device = device,
            Augmentation = new PoseAugmentation { Scale = .2, Rotation = 15, HalfBodyProbability = 0 },
        });

    /// <summary>One that answers with heatmaps, and one with bins.</summary>
    public static Mentor<PoseAnswer>[] Mentors(Device? device = null) =>
        [new("maps", Maps(12).to(device ?? CPU)), new("bins", Rows(12).to(device ?? CPU))];

    public static nn.Module<Tensor, PoseAnswer> Maps(int width, JointMap? joints = null) =>
        PoseNetwork.FromHeatmaps(Body(width), Codec, joints);

    public static nn.Module<Tensor, PoseAnswer> Rows(int width) => PoseNetwork.FromSimcc(new Head(Body(width)), Bins, sharpness: 8);

    private static nn.Module<Tensor, Tensor> Body(int width) => nn.Sequential(
        nn.Conv2d(3, width, 3, stride: 2, padding: 1), new BatchNormalization(width), nn.ReLU(),
        nn.Conv2d(width, 2 * width, 3, stride: 2, padding: 1), nn.ReLU(), nn.Dropout(.1), nn.Conv2d(2 * width, Joints, 3, padding: 1));

    private sealed class Head : nn.Module<Tensor, SimccAnswer>
    {
        private readonly nn.Module<Tensor, Tensor> body,
            x,
            y;

        public Head(nn.Module<Tensor, Tensor> body)
            : base(nameof(Head))
        {
            this.body = body;
            const int Cells = Width / 4 * (Height / 4);
            (x, y) = (nn.Linear(Cells, Bins.BinsX), nn.Linear(Cells, Bins.BinsY));
            RegisterComponents();
        }

        public override SimccAnswer forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var rows = body.call(input).flatten(2);
            return new SimccAnswer(x.call(rows).MoveToOuterDisposeScope(), y.call(rows).MoveToOuterDisposeScope());
        }
    }
}
