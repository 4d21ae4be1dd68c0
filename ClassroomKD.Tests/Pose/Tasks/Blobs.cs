using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>Poses of blobs: each of three joints is a bright spot in a channel of its own.</summary>
internal static class Blobs
{
    public static readonly double[] Sigmas = [.1, .1, .1];
    public static readonly SimccCodec BinsCodec = new(32, 32, 2, 3, 3);
    public static readonly HeatmapCodec Codec = new(HeatmapEncoding.Dark, 1.5);

    /// <summary>They know the joints from the images, each with errors of its own.</summary>
    public static Mentor<PoseAnswer>[] Mentors() =>
    [
        new("coarse", x => Drawn(Seen(x, 1), 8, 1)),
        new("fine", x => Drawn(Seen(x, -1), 16, 2)),
        new("simcc", x => new SimccPose(BinsCodec.Encode(Seen(x, .5), ones(x.size(0), 3)).Labels, BinsCodec)),
        new("poor", x => Drawn(Seen(x, 5), 8, 1)),
    ];

    private static HeatmapPose Drawn(Tensor joints, int cells, double scale)
    {
        var geometry = new HeatmapGeometry(32, 32, cells, cells);
        var codec = new HeatmapCodec(HeatmapEncoding.Dark, 1.5 * scale);
        return new HeatmapPose(codec.Encode(joints, ones_like(joints.select(2, 0)), geometry).Heatmaps, geometry, codec);
    }

    private static Tensor Seen(Tensor images, double error)
    {
        var highest = images.flatten(2).argmax(2);
        var places = stack([highest.remainder(tensor(32L)), highest.div(tensor(32L), RoundingMode.floor)], -1);
        return places.to_type(ScalarType.Float32).add(Scalars.Of(error), Scalars.One);
    }

    public static (Tensor Images, PoseTarget Target) Draw(int batch, HeatmapEncoding encoding = HeatmapEncoding.Dark)
    {
        var joints = randint(6, 26, [batch, 3, 2]).to_type(ScalarType.Float32);
        var images = new HeatmapCodec(encoding).Encode(joints, ones(batch, 3), new HeatmapGeometry(32, 32, 32, 32)).Heatmaps;
        return (images, new PoseTarget(joints, ones(batch, 3), full(batch, 400, ScalarType.Float32)));
    }

    public static TorchSharp.Modules.Sequential Convolutions() => nn.Sequential(
        nn.Conv2d(3, 16, 5, 2, 2), nn.ReLU(), nn.Conv2d(16, 16, 5, 2, 2), nn.ReLU(), nn.Conv2d(16, 3, 3, 1, 1));

    public sealed class Bins : nn.Module<Tensor, SimccAnswer>
    {
        private readonly nn.Module<Tensor, Tensor> maps;
        private readonly TorchSharp.Modules.Linear x = nn.Linear(64, 64), y = nn.Linear(64, 64);

        public Bins(nn.Module<Tensor, Tensor> maps) : base(nameof(Bins))
        {
            this.maps = maps;
            RegisterComponents();
        }

        public override SimccAnswer forward(Tensor input)
        {
            var features = maps.call(input).flatten(2);
            return new SimccAnswer(x.call(features), y.call(features));
        }
    }
}
