using TorchSharp;

namespace Samples;

/// <summary>The options that the command lines of all studies have.</summary>
/// <param name="Data">The folder of a data set; null for generated data.</param>
/// <param name="Epochs">The epochs of every training.</param>
/// <param name="Seeds">How often the student is trained in each way.</param>
/// <param name="Device">The device of networks and data.</param>
/// <param name="Output">The folder of all files.</param>
internal sealed record StudyOptions(string? Data, int Epochs, int Seeds, torch.Device Device, string Output);
