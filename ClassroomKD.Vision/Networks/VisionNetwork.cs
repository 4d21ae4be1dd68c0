using ClassroomKD.Networks;

namespace ClassroomKD.Vision;

/// <summary>A network that configuration files can name.</summary>
/// <param name="Name">The network's name in <see cref="VisionNetworks"/>.</param>
/// <param name="ImageSide">The height and width in pixels of the images that it was published for.</param>
/// <param name="Checkpoints">The checkpoints whose names its parameters have.</param>
/// <param name="Create">Creates the network for a number of classes, with random weights in training mode; the caller disposes it.</param>
public sealed record VisionNetwork(string Name, int ImageSide, CheckpointNames Checkpoints, Func<int, NetworkModule> Create);
