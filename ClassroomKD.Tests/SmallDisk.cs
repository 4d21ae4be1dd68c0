using System.Diagnostics;

namespace ClassroomKD.Tests;

/// <summary>A file system of a few kilobytes that a test fills or locks.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Skips the test where the system does not let it mount one.</summary>
    public SmallDisk(int kilobytes)
    {
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", Root))
            return;
        folder.Dispose();
        Assert.Ignore("No tmpfs can be mounted here.");
    }

    public string Root => folder.Root;

    private string Filler => Path.Combine(Root, "filler");

    /// <summary>Takes all room but for a few kilobytes.</summary>
    public void Fill(int left = 0) => File.WriteAllBytes(Filler, new byte[new DriveInfo(Root).AvailableFreeSpace - 1024 * left]);

    public void Empty() => File.Delete(Filler);

    public void Lock(bool locked) => Run("mount", "-o", locked ? "remount,ro" : "remount,rw", Root).Should().BeTrue();

    public void Dispose()
    {
        Run("umount", Root);
        folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
