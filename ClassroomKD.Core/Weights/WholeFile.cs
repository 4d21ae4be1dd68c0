namespace ClassroomKD;

/// <summary>Writes a file completely or not at all.</summary>
public static class WholeFile
{
    /// <summary>Writes to a temporary file beside the target and moves it there once it is on the disk.</summary>
    /// <param name="path">The file. An existing one is replaced only when the new one is complete.</param>
    /// <param name="write">Writes the content; the stream is closed for it.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{path}' cannot be written: the folder '{folder}' does not exist.");
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            Remove(unfinished);
        }
    }

    // The exception that ended the writing matters more than a file that stays behind.
    private static void Remove(string unfinished)
    {
        try
        {
            File.Delete(unfinished);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
