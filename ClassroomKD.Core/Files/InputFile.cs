namespace ClassroomKD;

/// <summary>Opens files for reading. Whatever forbids it is an <see cref="IOException"/>.</summary>
public static class InputFile
{
    /// <summary>Opens a file that others may read at the same time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="share">What others may do with it. Default: read it.</param>
    /// <param name="bufferSize">The stream's buffer in bytes, 0 for none. Default 4096.</param>
    /// <param name="options">How it is read. Default: in no particular way.</param>
    /// <returns>A stream at the file's start; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="IOException">The file does not exist, is a folder, or may not be read.</exception>
    public static FileStream Open(
        string path, FileShare share = FileShare.Read, int bufferSize = 4096, FileOptions options = FileOptions.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FileAccessErrors.AsIO(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, share, bufferSize, options));
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its bytes.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="IOException">See <see cref="Open"/>; or the file has more than 2 GiB.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FileAccessErrors.AsIO(path, () => File.ReadAllBytes(path));
    }

    /// <summary>Reads a text line by line.</summary>
    /// <param name="path">The file, in UTF-8 unless its mark says otherwise.</param>
    /// <returns>The lines, read as they are asked for; the file is then opened.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="IOException">See <see cref="Open"/>.</exception>
    public static IEnumerable<string> ReadLines(string path)
    {
        using var reader = new StreamReader(Open(path));
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
