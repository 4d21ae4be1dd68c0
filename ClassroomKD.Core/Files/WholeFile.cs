namespace ClassroomKD;

/// <summary>Writes a file completely or not at all.</summary>
public static class WholeFile
{
    private const string Ending = ".tmp";
    private const string NameFormat = "N";
    private const int MostAttempts = 10;

    /// <summary>Writes to a temporary file beside the target and moves it there once it is on the disk.</summary>
    /// <param name="path">
    /// The file. An existing one is replaced only when the new one is complete, which then has its permissions (on Windows, those that the
    /// folder gives). Where it is a symbolic link, the file that it leads to is replaced, and the link stays.
    /// </param>
    /// <param name="write">Writes the content; the stream is closed for it.</param>
    /// <remarks>
    /// A process that is killed under way leaves <c>NAME.(32 digits).tmp</c> beside the target; the next write of the same file removes it.
    /// </remarks>
    /// <exception cref="IOException">The file cannot or may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);
        var target = FileAccessErrors.AsIO(path, () => Followed(path));
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{path}' cannot be written: the folder '{folder}' does not exist.");
        RemoveUnfinished(folder, Path.GetFileName(target));
        // Moved while it is open, so that no other writer of the same file takes it for one that a killed process left.
        var stream = Unfinished(target);
        try
        {
            FileAccessErrors.AsIO(path, () => KeepPermissions(target, stream));
            write(stream);
            stream.Flush(flushToDisk: true);
            FileAccessErrors.AsIO(path, () => File.Move(stream.Name, target, overwrite: true));
        }
        catch (IOException exception) when (exception.Message.Contains(stream.Name, StringComparison.Ordinal))
        {
            throw CannotWrite(target, stream.Name, exception);
        }
        finally
        {
            Remove(() => File.Delete(stream.Name));
            Remove(stream.Dispose);
        }
    }

    // Another writer that clears up may take the new file in the moment before it is locked.
    private static FileStream Unfinished(string target)
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = $"{target}.{Guid.NewGuid().ToString(NameFormat)}{Ending}";
            try
            {
                var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete);
                if (File.Exists(path))
                    return stream;
                stream.Dispose();
            }
            catch (IOException) when (attempt < MostAttempts)
            {
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw CannotWrite(target, path, exception);
            }
        }
    }

    // The system names the temporary file, of which the caller knows nothing.
    private static IOException CannotWrite(string target, string temporary, Exception exception) => new(
        $"'{target}' cannot be written: " + (exception is UnauthorizedAccessException
            ? $"no file may be made in the folder '{Path.GetDirectoryName(target)}', for which a permission is missing."
            : exception.Message.Replace(temporary, target, StringComparison.Ordinal)), exception);

    private static string Followed(string path)
    {
        var file = new FileInfo(Path.GetFullPath(path));
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static void KeepPermissions(string target, FileStream stream)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(target))
            return;
        var mode = File.GetUnixFileMode(target);
        if (File.GetUnixFileMode(stream.SafeFileHandle) != mode)
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
    }

    private static void RemoveUnfinished(string folder, string name) => Remove(() =>
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            var found = Path.GetFileName(file);
            if (found.Length > name.Length + Ending.Length && found.StartsWith(name + '.', StringComparison.Ordinal)
                && Guid.TryParseExact(found.AsSpan()[(name.Length + 1)..^Ending.Length], NameFormat, out _))
                // Alone: who still writes it holds it.
                Remove(() => new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose)
                    .Dispose());
        }
    });

    // What stays behind matters less than the file to be written, or than the exception that ended the writing.
    private static void Remove(Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
