using ClassroomKD.Networks;

namespace ClassroomKD.Vision;

/// <summary>A network that configuration files can name.</summary>
/// <param name="Name">Its name in <see cref="VisionNetworks"/>.</param>
/// <param name="ImageSide">The height and width of the images it was published for, in pixels.</param>
/// <param name="Checkpoints">Whose checkpoints' names its parameters have.</param>
/// <param name="Create">
/// Makes it for a number of classes, at least 1: random weights from the global torch generator, training mode; the caller disposes it.
/// </param>
public sealed record VisionNetwork(string Name, int ImageSide, CheckpointNames Checkpoints, Func<int, NetworkModule> Create);
