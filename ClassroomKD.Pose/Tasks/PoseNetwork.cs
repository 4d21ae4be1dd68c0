using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>A network whose answers say how they are to be read, so that it can be mentor or student in a classroom of poses.</summary>
/// <remarks>
/// <c>new Mentor&lt;PoseAnswer&gt;("hrnet", PoseNetwork.FromHeatmaps(HrNet.W32()))</c>; the same for a <c>Student&lt;PoseAnswer&gt;</c> and for
/// <c>AddMentor</c>. It owns the network: parameters, modes and disposal are those of the network, and a saved file holds the network's own
/// names. The size of the input is that of each batch.
/// </remarks>
public sealed class PoseNetwork : nn.Module<Tensor, PoseAnswer>
{
    private readonly nn.Module network;
    private readonly Func<Tensor, PoseAnswer> answer;

    private PoseNetwork(object network, Func<Tensor, PoseAnswer> answer) : base(nameof(PoseNetwork))
    {
        this.network = network as nn.Module ?? throw new ArgumentException($"{network.GetType()} is no nn.Module.", nameof(network));
        this.answer = answer;
        register_module(nameof(network), this.network);
    }

    /// <summary>From a network that answers with heatmaps <c>[B, K, H, W]</c>.</summary>
    /// <param name="network">such as <see cref="SimpleBaseline"/> or <see cref="HrNet"/>, or a TorchScript module; owned from now on</param>
    /// <param name="codec">the convention it was trained on; default MSRA, sigma 2</param>
    /// <param name="joints">from its joints to the classroom's; default null, the same</param>
    /// <returns>A network to hand to a mentor or student.</returns>
    /// <exception cref="ArgumentException"><paramref name="network"/> is no <c>nn.Module</c>.</exception>
    public static PoseNetwork FromHeatmaps(nn.IModule<Tensor, Tensor> network, HeatmapCodec? codec = null, JointMap? joints = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new PoseNetwork(network, input =>
        {
            var maps = network.call(input);
            JointShapes.RequireHeatmaps(maps, nameof(network));
            var geometry = new HeatmapGeometry((int)input.size(3), (int)input.size(2), (int)maps.size(3), (int)maps.size(2));
            return new HeatmapPose(maps, geometry, codec, joints);
        });
    }

    /// <summary>From a network that answers with SimCC bins.</summary>
    /// <param name="network">such as <see cref="RtmPose"/>; owned from now on</param>
    /// <param name="codec">of its input size; default 192x256, two bins per pixel</param>
    /// <param name="joints">from its joints to the classroom's; default null, the same</param>
    /// <param name="sharpness">see <see cref="SimccPose.Sharpness"/>; default 10</param>
    /// <returns>A network to hand to a mentor or student.</returns>
    /// <exception cref="ArgumentException"><paramref name="network"/> is no <c>nn.Module</c>.</exception>
    public static PoseNetwork FromSimcc(
        nn.IModule<Tensor, SimccAnswer> network, SimccCodec? codec = null, JointMap? joints = null, double sharpness = 10)
    {
        ArgumentNullException.ThrowIfNull(network);
        codec ??= new SimccCodec();
        return new PoseNetwork(network, input => new SimccPose(network.call(input), codec, joints, sharpness));
    }

    /// <summary>Answers a batch of images.</summary>
    /// <param name="input"><c>[B, 3, H, W]</c></param>
    /// <returns>The answer; its tensors belong to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The images or what the network says of them has an unexpected shape.</exception>
    public override PoseAnswer forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.dim() != 4)
            throw new ArgumentException($"Expected images [B, C, H, W], found {JointShapes.Describe(input)}.", nameof(input));
        return answer(input);
    }

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        network.state_dict(destination, prefix);
}
