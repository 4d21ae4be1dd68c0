using System.Diagnostics;

namespace ClassroomKD.Tests.Reports;

/// <summary>Reports in headless Chromium, where it is installed.</summary>
public sealed class BrowserTests
{
    private static readonly string? Chromium = (
        (string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]).FirstOrDefault(File.Exists);

    [Test]
    public void Report_is_drawn_without_an_error_or_a_request([Values("light", "dark")] string scheme)
    {
        if (Chromium is null)
            Assert.Ignore("Chromium is not installed (Debian: apt-get install chromium).");
        using var folder = new TemporaryFolder();
        var (page, picture, log) = (
            Path.Combine(folder.Root, "report.html"), Path.Combine(folder.Root, "page.png"), Path.Combine(folder.Root, "net.json"));
        Trainings.Report().Write(page);

        var (dom, errors) = Run(
            folder.Root, "--dump-dom", $"--screenshot={picture}", $"--log-net-log={log}",
                $"--blink-settings=preferredColorScheme={(scheme == "dark" ? 0 : 1)}", new Uri(page).AbsoluteUri);

        dom.Should().Contain("</html>").And.Contain("in the classroom");
        errors.Should().NotContain("CONSOLE");
        File.Exists(picture).Should().BeTrue(errors);
        Pixel(picture).Should().Be(scheme == "dark");
    }

    private static (string Output, string Errors) Run(string folder, params string[] arguments)
    {
        string[] usual =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update",
            "--disable-sync", "--enable-logging=stderr", "--window-size=1280,900", $"--user-data-dir={Path.Combine(folder, "profile")}",
        ];
        var start = new ProcessStartInfo(
            Chromium!, [.. usual, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var browser = Process.Start(start)!;
        var (output, errors) = (browser.StandardOutput.ReadToEndAsync(), browser.StandardError.ReadToEndAsync());
        if (!browser.WaitForExit(TimeSpan.FromMinutes(2)))
            browser.Kill(entireProcessTree: true);
        return (output.Result, errors.Result);
    }

    // Whether the page's corner is dark.
    private static bool Pixel(string png)
    {
        using var picture = ClassroomKD.Imaging.ImageDecoder.Default.Decode(png);
        return picture.Pixels[0] < 128;
    }
}
