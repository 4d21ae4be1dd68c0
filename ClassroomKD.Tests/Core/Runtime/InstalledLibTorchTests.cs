namespace ClassroomKD.Tests.Core.Runtime;

/// <summary>What is wrong with a folder is said before anything is loaded from it. That a right one works, .ci/published shows.</summary>
[Platform("Linux")]
public sealed class InstalledLibTorchTests
{
    private static readonly string[] Files = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private string root = null!;
    private string folder = null!;

    [SetUp]
    public void Make()
    {
        root = Directory.CreateTempSubdirectory("classroomkd-libtorch-").FullName;
        folder = Directory.CreateDirectory(Path.Combine(root, "lib")).FullName;
        foreach (var file in Files)
            File.WriteAllText(Path.Combine(folder, file), "no library");
    }

    [TearDown]
    public void Remove() => Directory.Delete(root, recursive: true);

    [Test]
    public void Missing_folder_is_named() =>
        Loading(Path.Combine(root, "nothing"))
            .Should().Throw<LibTorchLoadException>().WithMessage($"*{root}/nothing does not exist*torch/lib*2.10*");

    [TestCaseSource(nameof(Files))]
    public void Missing_file_is_named(string file)
    {
        File.Delete(Path.Combine(folder, file));

        Loading(folder).Should().Throw<LibTorchLoadException>().WithMessage($"*{folder} has no {file}.*");
    }

    [Test]
    public void Cuda_parts_are_needed_together()
    {
        File.WriteAllText(Path.Combine(folder, "libtorch_cuda.so"), "no library");

        Loading(folder).Should().Throw<LibTorchLoadException>().WithMessage("*has no libc10_cuda.so*");
    }

    [TestCase("build-version", "2.9.1+cpu\n", "2.9.1+cpu")]
    [TestCase("version.py", "from typing import Optional\n__all__ = ['__version__']\n__version__ = '2.11.0+cu128'\ndebug = " +
        "False\n", "2.11.0+cu128")]
    public void Version_that_does_not_fit_is_named(string file, string text, string version)
    {
        File.WriteAllText(Path.Combine(root, file), text);

        InstalledLibTorch.VersionOf(folder).Should().Be(version);
        Loading(folder)
            .Should().Throw<LibTorchLoadException>()
            .WithMessage($"*{folder} is version {version}*built for 2.10*CLASSROOMKD_LIBTORCH_VERSION=any*");
    }

    [Test]
    public void Any_version_is_taken_on_request()
    {
        File.WriteAllText(Path.Combine(root, "build-version"), "2.11.0");

        // What comes after the version: another libtorch is loaded already.
        LibTorch.Load();
        var loading = () => LibTorch.Load(folder, anyVersion: true);

        loading.Should().Throw<LibTorchLoadException>().WithMessage("*loaded already*");
    }

    [TestCase("any", "*loaded already*")]
    [TestCase("ANY", "*loaded already*")]
    [TestCase("", "*is version 2.11.0; TorchSharp was built for 2.10*")]
    [TestCase("2.11", "CLASSROOMKD_LIBTORCH_VERSION is '2.11'; 'any' was expected, or no such variable.")]
    [NonParallelizable]
    public void The_variable_asks_for_any_version_or_is_refused(string value, string message)
    {
        File.WriteAllText(Path.Combine(root, "build-version"), "2.11.0");
        LibTorch.Load();
        var before = Environment.GetEnvironmentVariable(LibTorch.VersionVariable);
        Environment.SetEnvironmentVariable(LibTorch.VersionVariable, value);
        try
        {
            Loading(folder).Should().Throw<LibTorchLoadException>().WithMessage(message);
        }
        finally
        {
            Environment.SetEnvironmentVariable(LibTorch.VersionVariable, before);
        }
    }

    [Test]
    public void Second_libtorch_is_refused()
    {
        File.WriteAllText(Path.Combine(root, "build-version"), "2.10.0+cpu");
        LibTorch.Load();

        Loading(folder).Should().Throw<LibTorchLoadException>().WithMessage($"*loaded already, from /*libtorch_cpu.so*{folder}*before*");
    }

    private static Action Loading(string path) => () => LibTorch.Load(path);
}
