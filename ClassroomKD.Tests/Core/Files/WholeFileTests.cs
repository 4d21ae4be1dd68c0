using System.Runtime.Versioning;

namespace ClassroomKD.Tests.Core.Files;

public sealed class WholeFileTests
{
    private readonly string folder = Directory.CreateTempSubdirectory("classroomkd-whole-").FullName;
    private string path = null!;

    [SetUp]
    public void Name() => path = Path.Combine(folder, $"{TestContext.CurrentContext.Test.ID}.bin");

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public void What_killed_writes_of_the_same_file_left_is_removed_by_the_next()
    {
        var left = $"{path}.{Guid.NewGuid():N}.tmp";
        string[] others =
        [
            $"{path}.tmp", $"{path}.old.tmp", $"{path}.{Guid.NewGuid():D}.tmp", $"{path}2.{Guid.NewGuid():N}.tmp",
            $"{path}.{Guid.NewGuid():N}",
        ];
        foreach (var file in others.Append(left))
            File.WriteAllText(file, "unfinished");

        WholeFile.Write(path, stream => stream.WriteByte(1));

        File.Exists(left).Should().BeFalse();
        others.Should().OnlyContain(file => File.Exists(file));
        File.ReadAllBytes(path).Should().Equal(1);
    }

    [TestCase("/proc/self")]
    [TestCase("/sys/kernel")]
    [Platform("Linux")]
    public void A_folder_that_takes_no_file_is_named_and_no_temporary_file_is(string locked)
    {
        var file = Path.Combine(locked, "pupil.safetensors");
        FluentActions.Invoking(() => WholeFile.Write(file, stream => stream.WriteByte(1))).Should().Throw<IOException>()
            .WithMessage($"'{file}' cannot be written: *").Which.Message.Should().NotContain(".tmp");
    }

    [Test]
    public void Writers_of_the_same_file_at_the_same_time_do_not_disturb_each_other()
    {
        WholeFile.Write(path, outer =>
        {
            WholeFile.Write(path, inner => inner.WriteByte(2));
            File.ReadAllBytes(path).Should().Equal(2);
            outer.WriteByte(1);
        });
        File.ReadAllBytes(path).Should().Equal(1);
        Directory.GetFiles(folder, Path.GetFileName(path) + "*").Should().Equal(path);
    }

    [Test]
    public void Many_writers_at_the_same_time_leave_one_whole_file()
    {
        Parallel.For(0, 500, i => WholeFile.Write(path, stream => stream.Write(Enumerable.Repeat((byte)i, 5000).ToArray())));
        var bytes = File.ReadAllBytes(path);
        bytes.Should().HaveCount(5000).And.OnlyContain(value => value == bytes[0]);
        Directory.GetFiles(folder, Path.GetFileName(path) + "*").Should().Equal(path);
    }

    [TestCase(true)]
    [TestCase(false)]
    [Platform("Unix")]
    public void A_symbolic_link_is_followed_and_stays(bool targetExists)
    {
        var target = Path.Combine(Directory.CreateDirectory(path + ".d").FullName, "target.bin");
        if (targetExists)
            File.WriteAllText(target, "old");
        var chain = File.CreateSymbolicLink(path + ".chain", target);
        File.CreateSymbolicLink(path, Path.GetFileName(chain.FullName));

        WholeFile.Write(path, stream => stream.WriteByte(7));

        File.ReadAllBytes(target).Should().Equal(7);
        new FileInfo(path).LinkTarget.Should().Be(Path.GetFileName(chain.FullName));
        Directory.GetFiles(path + ".d").Should().Equal(target);
    }

    [Test, Platform("Unix")]
    public void Links_in_a_circle_are_an_IOException()
    {
        File.CreateSymbolicLink(path, path + ".other");
        File.CreateSymbolicLink(path + ".other", path);
        FluentActions.Invoking(() => WholeFile.Write(path, _ => { })).Should().Throw<IOException>();
    }

    [TestCase(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [TestCase(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead)]
    [TestCase(UnixFileMode.UserRead)]
    [Platform("Unix"), UnsupportedOSPlatform("windows")]
    public void Permissions_are_kept(UnixFileMode mode)
    {
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, mode);
        WholeFile.Write(path, stream => stream.WriteByte(1));
        File.GetUnixFileMode(path).Should().Be(mode);
        File.ReadAllBytes(path).Should().Equal(1);
    }

    [Test]
    public void What_cannot_be_written_is_an_IOException()
    {
        Directory.CreateDirectory(Path.Combine(path, "within"));
        Writing(path).Should().Throw<IOException>();
        Writing(Path.Combine(folder, "none", "file")).Should().Throw<DirectoryNotFoundException>().WithMessage("*none*does not exist*");
        Directory.GetFiles(folder, Path.GetFileName(path) + "*").Should().BeEmpty();
    }

    /// <summary>A file system that forbids it, also to root.</summary>
    [Test, Platform("Linux")]
    public void What_may_not_be_written_is_an_IOException() => Writing("/sys/classroomkd").Should().Throw<IOException>();

    private static Action Writing(string to) => () => WholeFile.Write(to, stream => stream.WriteByte(1));
}
