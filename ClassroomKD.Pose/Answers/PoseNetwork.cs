using ClassroomKD.Networks;

namespace ClassroomKD.Pose;

/// <summary>A network whose answers say how they are to be read, so that it can be mentor or student in a classroom of poses.</summary>
/// <remarks>
/// <c>new Mentor&lt;PoseAnswer&gt;("hrnet", PoseNetwork.FromHeatmaps(HrNet.W32()))</c>, and the same for <c>Student</c> and
/// <c>AddMentor</c>. It owns the network: parameters, modes and disposal are those of the network, and a saved file holds the network's own
/// names.
/// </remarks>
public sealed class PoseNetwork : nn.Module<Tensor, PoseAnswer>, IDescribedModule<PoseAnswer>
{
    private readonly nn.Module network;
    private readonly Func<Tensor, IReadOnlyList<Tensor>> plain;
    private readonly Func<Tensor, Func<Tensor, IReadOnlyList<Tensor>>, PoseAnswer> answer;

    private PoseNetwork(
        object network, IReadOnlyList<object?> settings, Func<Tensor, IReadOnlyList<Tensor>> plain,
        Func<Tensor, Func<Tensor, IReadOnlyList<Tensor>>, PoseAnswer> answer)
        : base(nameof(PoseNetwork))
    {
        this.network = network as nn.Module ?? throw new ArgumentException($"{network.GetType()} is no nn.Module.", nameof(network));
        (this.plain, this.answer, Reading) = (plain, answer, SettingsText.Of(settings));
        register_module(nameof(network), this.network);
    }

    /// <inheritdoc/>
    public INetworkDescription? Network => network as INetworkDescription;

    /// <inheritdoc/>
    public string Reading { get; }

    /// <summary>Makes a network of one that answers with heatmaps <c>[B, K, H, W]</c>.</summary>
    /// <param name="network">A <see cref="SimpleBaseline"/>, an <see cref="HrNet"/> or a TorchScript module, owned from now on.</param>
    /// <param name="codec">The convention that it was trained on. Default MSRA, sigma 2.</param>
    /// <param name="joints">The map from its joints to the classroom's. Default null: they are the same.</param>
    /// <param name="inputSize">The size that images are resized to, by the codec's rule. Default null: they stay as they are.</param>
    /// <returns>A network to hand to a mentor or student.</returns>
    /// <exception cref="ArgumentException"><paramref name="network"/> is no <c>nn.Module</c>, or the size is below 2x2.</exception>
    public static PoseNetwork FromHeatmaps(
        nn.IModule<Tensor, Tensor> network, HeatmapCodec? codec = null, JointMap? joints = null, (int Width, int Height)? inputSize = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        codec ??= new HeatmapCodec();
        RequireSize(inputSize);
        return new PoseNetwork(network, [codec, joints, inputSize], input => [network.call(input)], (input, run) =>
        {
            var maps = run(Resized(input, inputSize, codec.Udp))[0];
            // Cells lie on the images as they came just as on the resized ones: one rule made both.
            Expect.Heatmaps(maps, nameof(network));
            var geometry = new HeatmapGeometry((int)input.size(3), (int)input.size(2), (int)maps.size(3), (int)maps.size(2));
            return new HeatmapPose(maps, geometry, codec, joints);
        });
    }

    /// <summary>Makes a network of one that answers with SimCC bins.</summary>
    /// <param name="network">An <see cref="RtmPose"/> or another network, owned from now on.</param>
    /// <param name="codec">
    /// The codec of the images before they are resized: two bins per pixel of 288x384 are three per pixel of 192x256. Default 192x256, two
    /// bins.
    /// </param>
    /// <param name="joints">The map from its joints to the classroom's. Default null: they are the same.</param>
    /// <param name="inputSize">The size that images are resized to, bilinearly. Default null: they stay as they are.</param>
    /// <param name="sharpness">See <see cref="SimccPose.Sharpness"/>. Default 10.</param>
    /// <returns>A network to hand to a mentor or student.</returns>
    /// <exception cref="ArgumentException"><paramref name="network"/> is no <c>nn.Module</c>, or the size is below 2x2.</exception>
    public static PoseNetwork FromSimcc(
        nn.IModule<Tensor, SimccAnswer> network, SimccCodec? codec = null, JointMap? joints = null,
        (int Width, int Height)? inputSize = null, double sharpness = 10)
    {
        ArgumentNullException.ThrowIfNull(network);
        RequireSize(inputSize);
        codec ??= new SimccCodec();
        return new PoseNetwork(network, [codec, joints, inputSize, sharpness], Both, (input, run) =>
        {
            var bins = run(Resized(input, inputSize, false));
            return new SimccPose(new SimccAnswer(bins[0], bins[1]), codec, joints, sharpness);
        });

        IReadOnlyList<Tensor> Both(Tensor input)
        {
            var (x, y) = network.call(input);
            return [x, y];
        }
    }

    /// <summary>Answers a batch of images.</summary>
    /// <param name="input"><c>[B, 3, H, W]</c>.</param>
    /// <returns>The answer; its tensors belong to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The images or what the network says of them has an unexpected shape.</exception>
    public override PoseAnswer forward(Tensor input) => Answer(input, plain);

    /// <inheritdoc/>
    public PoseAnswer Answer(Tensor input, Func<Tensor, IReadOnlyList<Tensor>> run)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(run);
        if (input.dim() != 4)
            throw new ArgumentException($"Expected images [B, C, H, W], found {input.Describe()}.", nameof(input));
        return answer(input, run);
    }

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        network.state_dict(destination, prefix);

    private static Tensor Resized(Tensor images, (int Width, int Height)? size, bool udp)
    {
        var (width, height) = (images.size(3), images.size(2));
        if (size is not { } wanted || wanted == (width, height))
            return images;
        using var scope = NewDisposeScope();
        double Ratio(long from, long to) => udp ? (from - 1.0) / (to - 1) : (double)from / to;
        var columns = Resampling.Linear(width, wanted.Width, Ratio(width, wanted.Width), images);
        var rows = Resampling.Linear(height, wanted.Height, Ratio(height, wanted.Height), images);
        return rows.matmul(Resampling.Along(images, columns)).MoveToOuterDisposeScope();
    }

    private static void RequireSize((int Width, int Height)? size)
    {
        if (size is { } wanted && (wanted.Width < 2 || wanted.Height < 2))
            throw new ArgumentException($"Expected an input of at least 2x2, found {wanted.Width}x{wanted.Height}.", nameof(size));
    }
}
