namespace ClassroomKD;

/// <summary>
/// .NET's file system throws <see cref="UnauthorizedAccessException"/>, which is no <see cref="IOException"/>, where a permission is
/// missing, a file system is read-only or a folder lies in a file's place. Callers should not need to catch both.
/// </summary>
internal static class FileAccessErrors
{
    public static T AsIO<T>(string path, Func<T> access)
    {
        try
        {
            return access();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(
                Directory.Exists(path) ? $"'{path}' is a folder; a file was expected." : exception.Message, exception);
        }
    }

    /// <summary>Makes a folder if it does not exist.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="purpose">What it is for, and where that was stated.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void CreateFolder(string folder, string purpose)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The folder '{folder}' {purpose} cannot be made: " +
                (File.Exists(folder) ? "a file has its name." : exception.Message), exception);
        }
    }

    public static void AsIO(string path, Action access) => AsIO(path, () =>
    {
        access();
        return true;
    });
}
