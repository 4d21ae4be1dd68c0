namespace ClassroomKD.Vision;

/// <summary>An experiment of the literature: student, mentors and training. See <see cref="Recipes"/>.</summary>
/// <remarks>
/// The optimizer is SGD with momentum. Images are augmented by random crops with a padding of 4 and flips (CIFAR) or random resized crops
/// and flips (ImageNet). Mentors are trained before.
/// </remarks>
public sealed record Recipe
{
    /// <summary>The recipe's name.</summary>
    public required string Name { get; init; }

    /// <summary>The number of classes of the data set: 100 for CIFAR-100, 1000 for ImageNet.</summary>
    public required int Classes { get; init; }

    /// <summary>The student's name in <see cref="VisionNetworks"/>.</summary>
    public required string Student { get; init; }

    /// <summary>
    /// The mentors' names in <see cref="VisionNetworks"/>, the teacher first. A name with a colon (<c>timm:regnety_016</c>) is a network of
    /// another library, as TorchScript or ONNX.
    /// </summary>
    public required IReadOnlyList<string> Mentors { get; init; }

    /// <summary>The number of epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>The number of images in a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The learning rate of every epoch.</summary>
    public required LearningRatePlan LearningRate { get; init; }

    /// <summary>The momentum of SGD.</summary>
    /// <value>Default 0.9.</value>
    public double Momentum { get; init; } = 0.9;

    /// <summary>The L2 penalty.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>tau of the paper, see <see cref="GapPaceOptions.Tau"/>.</summary>
    public required double Tau { get; init; }

    /// <summary>The published accuracies; null if nothing comparable is known.</summary>
    public PublishedAccuracy? Published { get; init; }

    /// <summary>The settings of the recipe's classroom: the paper's preset and <see cref="Tau"/>.</summary>
    /// <returns>New options, which may be changed.</returns>
    public ClassroomOptions CreateOptions() => new() { Preset = ClassroomPreset.Paper, Pace = new GapPaceOptions { Tau = Tau } };
}
