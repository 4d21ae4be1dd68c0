using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ClassroomKD.Tests.Vision.Data;

namespace ClassroomKD.Tests.Samples;

/// <summary>
/// The sample Quickstart on photographs, killed (SIGKILL) at random moments of all its trainings and called again with the same command:
/// the student is that of a run that was left alone, bit for bit. Two kills on 640 photographs;
/// <c>CLASSROOMKD_KILLS</c> sets another number, and above 5 the photographs are 5,000.
/// </summary>
[NonParallelizable]
public sealed class KilledStudyTests
{
    private const int Record = 1 + 3 * 32 * 32, Batch = 64, Epochs = 2;
    private const int Trainings = 3 * 3 + 3; // mentors, who learn three times as long, and students alone, with one mentor, with all

    private static readonly int Kills =
        int.TryParse(Environment.GetEnvironmentVariable("CLASSROOMKD_KILLS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 2;

    private readonly TemporaryFolder folder = new();
    private string expected = null!;
    private int images;

    private string Data => Path.Combine(folder.Root, "data");

    [OneTimeSetUp]
    public void RunUninterrupted()
    {
        var all = RealData.Folder("cifar-10-12k");
        Directory.CreateDirectory(Data);
        images = Kills <= 5 ? 10 * Batch : 5_000;
        Copy("data_batch_1.bin", images);
        Copy("test_batch.bin", Kills <= 5 ? 250 : 1_000);
        File.Copy(Path.Combine(all, "batches.meta.txt"), Path.Combine(Data, "batches.meta.txt"));
        using var run = Start("whole");
        Finish(run);
        expected = Student("whole");

        void Copy(string file, int count)
        {
            using var from = File.OpenRead(Path.Combine(all, file));
            var bytes = new byte[count * Record];
            from.ReadExactly(bytes);
            File.WriteAllBytes(Path.Combine(Data, file), bytes);
        }
    }

    [OneTimeTearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void Killed_at_random_moments_and_called_again_the_student_is_the_same_bit_for_bit([Values] bool recorded)
    {
        var name = recorded ? "recorded" : "live";
        string[] arguments = ["--checkpoint", Folder(name, "checkpoints")];
        if (recorded)
            arguments = [.. arguments, "--record", Folder(name, "answers")];
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var steps = Trainings * Epochs * (images / Batch);
        foreach (var moment in Enumerable.Range(0, Kills).Select(_ => random.Next(steps)).Order())
        {
            using var run = Start(name, arguments);
            while (!run.HasExited && Done(name) < moment)
                Thread.Sleep(5);
            Thread.Sleep(random.Next(400));
            run.HasExited.Should().BeFalse($"it is to be killed after step {moment} of {steps}");
            TestContext.Out.WriteLine($"killed after step {Done(name)} of {steps}");
            run.Kill();
            run.WaitForExit();
        }

        using (var last = Start(name, arguments))
            Finish(last);

        Student(name).Should().Be(expected);
        Directory.GetFiles(Folder(name, "checkpoints"), "*.tmp", SearchOption.AllDirectories).Should().BeEmpty();
        foreach (var log in Directory.GetFiles(Folder(name, "output", "logs")))
            TrainingRecord.Read(log).Epochs.Select(epoch => epoch.Epoch).Should().Equal(Enumerable.Range(0, Epochs));
    }

    private string Folder(params string[] parts) => Path.Combine([folder.Root, .. parts]);

    // How many steps the checkpoints hold, of all trainings together.
    private int Done(string name) => !Directory.Exists(Folder(name, "checkpoints")) ? 0 : Directory
        .GetDirectories(Folder(name, "checkpoints"))
        .Sum(training => Directory.GetFiles(training, "step-*.safetensors")
            .Select(file => int.Parse(Path.GetFileNameWithoutExtension(file)["step-".Length..], CultureInfo.InvariantCulture))
            .DefaultIfEmpty().Max());

    private string Student(string name) => string.Join(' ', new[] { "student.safetensors", "student.onnx" }
        .Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Folder(name, "output", file))))));

    private Process Start(string name, params string[] arguments)
    {
        // Built beside this assembly: .../ClassroomKD.Tests/release_linux-x64.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var sample = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Quickstart", configuration, "Quickstart.dll"));
        return Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [sample, "--data", Data, "--epochs", $"{Epochs}", "--output", Folder(name, "output"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
    }

    private static void Finish(Process run)
    {
        var output = run.StandardOutput.ReadToEndAsync();
        var error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        run.ExitCode.Should().Be(0, error);
        output.Result.Should().Contain("\"students\"");
    }
}
