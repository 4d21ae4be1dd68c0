using System.Globalization;

namespace ClassroomKD;

/// <summary>The checkpoints of one training: the last two, named by their step, and the best.</summary>
internal sealed class CheckpointFolder
{
    private const string Best = "best.safetensors";
    private const int Kept = 2;

    private readonly string folder;

    /// <summary>The folder is made if it does not exist.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public CheckpointFolder(string folder)
    {
        this.folder = Path.GetFullPath(folder);
        FileAccessErrors.AsIO(this.folder, () => Directory.CreateDirectory(this.folder));
    }

    /// <summary>Writes the checkpoint of a step, then removes the oldest. Until the new one is whole, the old ones stay.</summary>
    public void Write(long step, IReadOnlyDictionary<string, Tensor> tensors, string text, bool best)
    {
        if (best)
            CheckpointFile.Write(Path.Combine(folder, Best), tensors, text);
        CheckpointFile.Write(Path.Combine(folder, $"step-{step.ToString("D12", CultureInfo.InvariantCulture)}.safetensors"), tensors, text);
        foreach (var old in Steps().Skip(Kept))
            FileAccessErrors.AsIO(old, () => File.Delete(old));
    }

    /// <summary>Reads the newest checkpoint that is whole.</summary>
    /// <param name="notice">Is told of each that is not.</param>
    /// <returns>The tensors, which the caller disposes, and the text; null where there is no checkpoint.</returns>
    /// <exception cref="CheckpointException">There are checkpoints, and all are damaged.</exception>
    public (string File, StateDictionary Tensors, string Text)? ReadNewest(Action<string> notice)
    {
        CheckpointException? last = null;
        foreach (var file in Steps())
        {
            try
            {
                var (tensors, text) = CheckpointFile.Read(file);
                return (file, tensors, text);
            }
            catch (CheckpointException exception)
            {
                last = exception;
                notice($"{exception.Message} The one before it is used, if there is one.");
            }
        }

        return last is null ? null : throw new CheckpointException(
            $"No checkpoint in {folder} can be read; remove its files to begin anew. The oldest: {last.Message}", last);
    }

    private IEnumerable<string> Steps() => Directory.GetFiles(folder, "step-*.safetensors").OrderDescending(StringComparer.Ordinal);
}
