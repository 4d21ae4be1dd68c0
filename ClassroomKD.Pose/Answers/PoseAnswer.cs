using System.Runtime.CompilerServices;

namespace ClassroomKD.Pose;

/// <summary>What a pose network says about a batch, and what is needed to read it: heatmaps or SimCC bins.</summary>
/// <remarks>
/// Answers of both kinds and of any resolution sit in one classroom. The tensors belong to the dispose scope in which the network
/// answered; an answer is a tuple of them, so that mentor and student hand them to their caller's.
/// </remarks>
public abstract class PoseAnswer : ITuple, IMovableAnswer, IRecordableAnswer
{
    private protected PoseAnswer(JointMap? joints) => Joints = joints;

    /// <summary>The map from the network's joints to the classroom's; null where they are the same.</summary>
    public JointMap? Joints { get; }

    int ITuple.Length => Tensors.Length;

    object? ITuple.this[int index] => Tensors[index];

    /// <inheritdoc/>
    public abstract object MovedTo(Device device);

    string IRecordableAnswer.Statement => Statement;

    /// <summary>What is needed to read the tensors.</summary>
    internal abstract string Statement { get; }

    /// <summary>One for heatmaps, two for SimCC; the joints are their dimension 1.</summary>
    internal abstract Tensor[] Tensors { get; }

    /// <summary>The extent of the network's input in pixels.</summary>
    internal abstract (int Width, int Height) Input { get; }

    /// <summary>Joints in input pixels <c>[B, K, 2]</c>, in the classroom's order, without gradient.</summary>
    /// <param name="soft">The mean of the belief in place of its peak.</param>
    internal Tensor Positions(bool soft)
    {
        using var free = no_grad();
        using var scope = NewDisposeScope();
        var own = soft ? MeanPositions() : PeakPositions();
        return (Joints?.Positions(own) ?? own.alias()).MoveToOuterDisposeScope();
    }

    /// <summary>Which joints of a mask <c>[B, K]</c> the network knows.</summary>
    /// <param name="mask">Boolean.</param>
    /// <param name="alone">Whether it must have a map of the joint; one between two others has none.</param>
    internal Tensor Covered(Tensor mask, bool alone) =>
        Joints is null ? mask : mask.logical_and(Joints.Mapped(mask.device, alone));

    /// <summary>Whether what is said of each joint is free of NaN and infinity, Boolean <c>[B, K]</c>.</summary>
    internal Tensor Finite()
    {
        using var free = no_grad();
        using var scope = NewDisposeScope();
        // A sum is finite where its terms are, and is one pass.
        var finite = Tensors.Select(tensor => tensor.InFullPrecision().flatten(2).sum(2).isfinite()).Aggregate((x, y) => x.logical_and(y));
        if (Joints is not null)
            finite = Joints.Weights(finite.to_type(ScalarType.Float32)).gt(Scalars.Zero);
        return finite.alias().MoveToOuterDisposeScope();
    }

    /// <summary>The answer as heatmaps <c>[B, K, H, W]</c> of a convention, without gradient; zeros for joints without a map.</summary>
    internal Tensor AsHeatmaps(HeatmapGeometry geometry, HeatmapCodec codec)
    {
        using var free = no_grad();
        using var scope = NewDisposeScope();
        return OnGrid(geometry, codec).detach().MoveToOuterDisposeScope();
    }

    /// <summary>The answer as bins of a codec, without gradient; zeros for joints without a map.</summary>
    internal SimccAnswer AsBins(SimccCodec codec)
    {
        using var free = no_grad();
        using var scope = NewDisposeScope();
        var (x, y) = InBins(codec);
        return new SimccAnswer(x.detach().MoveToOuterDisposeScope(), y.detach().MoveToOuterDisposeScope());
    }

    /// <summary>Joints in input pixels and scores, in the classroom's order, as the codec's authors read them, without gradient.</summary>
    internal DecodedJoints Decode()
    {
        using var free = no_grad();
        using var scope = NewDisposeScope();
        var own = DecodeOwn();
        return Joints is null
            ? HeatmapDecoder.Leave(own.Positions, own.Scores)
            : HeatmapDecoder.Leave(Joints.Positions(own.Positions), Joints.Weights(own.Scores));
    }

    /// <summary>The mean with the answer to the mirrored images.</summary>
    /// <exception cref="ArgumentException">The network has a joint map, or the answers differ in form.</exception>
    internal PoseAnswer AveragedWith(PoseAnswer mirrored, IReadOnlyList<(int Left, int Right)> pairs) =>
        Joints is null
            ? Averaged(mirrored, pairs)
            : throw new ArgumentException("Expected a network without a joint map, found one: a flip test would swap the wrong joints.");

    private protected abstract DecodedJoints DecodeOwn();

    private protected abstract PoseAnswer Averaged(PoseAnswer mirrored, IReadOnlyList<(int Left, int Right)> pairs);

    private protected abstract Tensor PeakPositions();

    private protected abstract Tensor MeanPositions();

    private protected abstract Tensor OnGrid(HeatmapGeometry geometry, HeatmapCodec codec);

    private protected abstract SimccAnswer InBins(SimccCodec codec);

    // In the classroom's order and in full precision.
    private protected Tensor Mapped(Tensor own) => Joints?.Maps(own.InFullPrecision()) ?? own.InFullPrecision();
}
