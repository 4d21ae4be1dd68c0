using TorchSharp;

namespace Samples;

/// <summary>The options that the command lines of studies have.</summary>
/// <param name="Data">The folder of a data set; null for generated data.</param>
/// <param name="Epochs">The epochs of every training.</param>
/// <param name="Seeds">How often the student is trained in each way.</param>
/// <param name="Device">The device of networks and data.</param>
/// <param name="Output">The folder of all results.</param>
/// <param name="Checkpoint">The folder from which a run that was ended goes on; null: only mentors are kept, in the output.</param>
/// <param name="Record">The folder of the mentors' recorded answers; null: they answer while they teach.</param>
internal sealed record StudyOptions(
    string? Data, int Epochs, int Seeds, torch.Device Device, string Output, string? Checkpoint, string? Record);
