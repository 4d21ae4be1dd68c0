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

    public static void AsIO(string path, Action access) => AsIO(path, () =>
    {
        access();
        return true;
    });
}
