using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>RTMPose (arXiv 2303.07399): CSPNeXt and a SimCC head with gated attention, which answers with two bins per pixel.</summary>
/// <remarks>
/// The size of the input is fixed when the network is made. The caller disposes the network. Its answers are decoded by a
/// <see cref="SimccCodec"/> of the same input size.
/// </remarks>
public sealed class RtmPose : NetworkModule<SimccAnswer>
{
    private const int BinsPerPixel = 2;

    private static readonly string[] Axes = ["simcc_x", "simcc_y"];

    private readonly int width;
    private readonly int height;
    private readonly Sequential backbone;
    private readonly RtmPoseHead head;

    private RtmPose(int joints, int width, int height, double depthFactor, double widthFactor)
        : base(nameof(RtmPose))
    {
        PoseLayers.RequireJoints(joints);
        if (width < 32 || height < 32 || width % 32 != 0 || height % 32 != 0)
            throw new ArgumentException($"Expected an input with sides that are multiples of 32, found {width}x{height}.");
        (this.width, this.height) = (width, height);
        backbone = CspNext.Create(depthFactor, widthFactor);
        head = new RtmPoseHead((int)(1024 * widthFactor), joints, width / 32 * (height / 32), BinsPerPixel * width, BinsPerPixel * height);
        RegisterComponents();
    }

    /// <summary>RTMPose-t: 3,337,007 parameters with 17 joints; 68.2 COCO AP at 192x256 is published.</summary>
    /// <param name="joints">The number of joints K. Default 17, COCO's.</param>
    /// <param name="width">The width of the input in pixels, a multiple of 32. Default 192.</param>
    /// <param name="height">The height of the input in pixels, a multiple of 32. Default 256.</param>
    /// <returns>A network with random weights in training mode.</returns>
    /// <exception cref="ArgumentException">There is no joint, or a side is not a multiple of 32.</exception>
    public static RtmPose Tiny(int joints = 17, int width = 192, int height = 256) => new(joints, width, height, .167, .375);

    /// <summary>RTMPose-s: 5,473,251 parameters with 17 joints; 71.6 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="Tiny" path="/*[not(self::summary)]"/>
    public static RtmPose Small(int joints = 17, int width = 192, int height = 256) => new(joints, width, height, .33, .5);

    /// <summary>RTMPose-m: 13,587,611 parameters with 17 joints; 74.6 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="Tiny" path="/*[not(self::summary)]"/>
    public static RtmPose Medium(int joints = 17, int width = 192, int height = 256) => new(joints, width, height, .67, .75);

    /// <summary>RTMPose-l: 27,660,339 parameters with 17 joints; 75.8 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="Tiny" path="/*[not(self::summary)]"/>
    public static RtmPose Large(int joints = 17, int width = 192, int height = 256) => new(joints, width, height, 1, 1);

    /// <inheritdoc/>
    public override IReadOnlyList<string> ResultNames => Axes;

    /// <inheritdoc/>
    /// <returns>The bins of x <c>[B, K, 2 width]</c> and of y <c>[B, K, 2 height]</c>.</returns>
    /// <exception cref="ArgumentException">The images are not <c>[B, 3, height, width]</c>.</exception>
    public override IReadOnlyList<TValue> DescribeResults<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        ArgumentNullException.ThrowIfNull(ops);
        long[] shape = ops.Shape(input);
        if (shape is not [_, 3, var rows, var columns] || rows != height || columns != width)
            throw new ArgumentException(
                $"Expected images [B, 3, {height}, {width}], found [B, {string.Join(", ", shape[1..])}].", nameof(input));
        return head.Describe(ops, ops.Apply(backbone, input));
    }

    /// <inheritdoc/>
    protected override SimccAnswer Answer(IReadOnlyList<Tensor> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return new SimccAnswer(results[0], results[1]);
    }
}
