using System.Globalization;

namespace ClassroomKD;

/// <summary>The checkpoints of one training: the last two, named by their step, and the best.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    private const string Best = "best.safetensors";
    private const string All = "step-*.safetensors";
    private const string Lock = "lock";
    private const int Kept = 2;

    private readonly string folder;
    private readonly FileStream? inUse;

    /// <summary>
    /// The folder is made if it does not exist, and is this training's until it is disposed or the process ends. What a process that was
    /// killed while it wrote left behind is removed.
    /// </summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="CheckpointException">Another training is under way in it.</exception>
    public CheckpointFolder(string folder)
    {
        this.folder = Path.GetFullPath(folder);
        FileAccessErrors.CreateFolder(
            this.folder, $"of the training's checkpoints ({nameof(TrainerOptions)}.{nameof(TrainerOptions.CheckpointFolder)})");
        inUse = Claim();
        foreach (var pattern in (string[])[All, Best])
            foreach (var unfinished in Directory.GetFiles(this.folder, $"{pattern}.*.tmp"))
                File.Delete(unfinished);
    }

    /// <inheritdoc/>
    public void Dispose() => inUse?.Dispose();

    /// <summary>Writes the checkpoint of a step, then removes the oldest. Until the new one is whole, the old ones stay.</summary>
    /// <exception cref="IOException">It cannot be written: the disk is full, the folder read-only.</exception>
    public void Write(long step, IReadOnlyDictionary<string, Tensor> tensors, string text, bool best)
    {
        try
        {
            if (best)
                CheckpointFile.Write(Path.Combine(folder, Best), tensors, text);
            CheckpointFile.Write(
                Path.Combine(folder, $"step-{step.ToString("D12", CultureInfo.InvariantCulture)}.safetensors"), tensors, text);
            foreach (var old in Steps().Skip(Kept))
                File.Delete(old);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                FormattableString.Invariant($"The checkpoint of step {step} cannot be written into {folder}; ") +
                "those before it are as they were. Make room, or let the folder be written, and begin the training again: it goes " +
                "on from them. The system said: " +
                exception.Message, exception);
        }
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

    // The system releases it when the process ends, however it does; a file that a killed process leaves is taken over.
    private FileStream? Claim()
    {
        var path = Path.Combine(folder, Lock);
        try
        {
            return new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException)
        {
            return null; // nobody can write here; whoever only resumes a finished training need not
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new CheckpointException(
                $"Another training is under way in {folder}, by this process or another: a folder serves one at a time. Wait for " +
                "its end, or choose another TrainerOptions.CheckpointFolder.", exception);
        }
        catch (IOException)
        {
            return null; // such as a read-only or full disk, of which the first checkpoint tells more
        }
    }

    private IEnumerable<string> Steps() => Directory.GetFiles(folder, All).OrderDescending(StringComparer.Ordinal);
}
