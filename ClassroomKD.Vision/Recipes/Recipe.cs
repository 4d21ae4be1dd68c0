namespace ClassroomKD.Vision;

/// <summary>An experiment of the literature: who learns from whom, and how. See <see cref="Recipes"/>.</summary>
/// <remarks>
/// SGD with momentum; on CIFAR random crops with a padding of 4 and flips, on ImageNet random resized crops and flips. Mentors are frozen and come
/// trained: their weights are loaded by name.
/// </remarks>
public sealed record Recipe
{
    /// <summary>Its name, as it stands in tables.</summary>
    public required string Name { get; init; }

    /// <summary>The number of classes of the data set: 100 for CIFAR-100, 1000 for ImageNet.</summary>
    public required int Classes { get; init; }

    /// <summary>The student's name in <see cref="VisionNetworks"/>.</summary>
    public required string Student { get; init; }

    /// <summary>
    /// The mentors, the teacher first, by their names in <see cref="VisionNetworks"/>. A name with a colon (<c>timm:regnety_016</c>) is another
    /// library's: such a mentor comes as TorchScript or ONNX.
    /// </summary>
    public required IReadOnlyList<string> Mentors { get; init; }

    /// <summary>How many times the student sees the training set.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images in a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The learning rate of every epoch.</summary>
    public required LearningRatePlan LearningRate { get; init; }

    /// <summary>Of SGD.</summary>
    /// <value>Default 0.9.</value>
    public double Momentum { get; init; } = 0.9;

    /// <summary>The L2 penalty.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>tau of the paper, see <see cref="GapPaceOptions.Tau"/>.</summary>
    public required double MaxTemperature { get; init; }

    /// <summary>What others have published; null where nothing comparable is known.</summary>
    public PublishedAccuracy? Published { get; init; }

    /// <summary>The settings of the recipe's classroom: the paper's preset and <see cref="MaxTemperature"/>.</summary>
    /// <returns>New options, to be changed at will.</returns>
    public ClassroomOptions CreateOptions() => new() { Pace = new GapPaceOptions { Tau = MaxTemperature } };
}
