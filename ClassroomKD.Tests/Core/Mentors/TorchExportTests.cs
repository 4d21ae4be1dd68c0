using System.IO.Compression;
using System.Runtime.InteropServices;
using ClassroomKD.Tests.Onnx;

namespace ClassroomKD.Tests.Core.Mentors;

public sealed class TorchExportTests : TensorFixture
{
    private const string Metadata = """{"AOTI_DEVICE_KEY": "cpu"}""";

    private static TorchExport Program()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            Assert.Ignore("The program is compiled for Linux on x64.");
        return TorchExport.Load(MentorFile.Path("net.pt2"), [3, 8, 8]);
    }

    [Test]
    public void Answers_as_the_network_that_it_was_exported_from()
    {
        using var mentor = new Mentor("compiled", Program());
        using var script = new Mentor("script", TorchScript.Load(MentorFile.Path("net.pt")));
        foreach (var batch in new[] { 1, 3, 17 })
        {
            var x = randn(batch, 3, 8, 8);
            mentor.Answer(x).ShouldEqual(script.Answer(x), 1e-5, "logits", absolute: 1e-6);
        }
        var turned = randn(4, 8, 8, 3).permute(0, 3, 1, 2);
        mentor.Answer(turned).ShouldEqual(script.Answer(turned), 1e-5, "compiled code knows no strides", absolute: 1e-6);
    }

    [Test]
    public void A_batch_that_compiled_code_would_read_beyond_is_refused()
    {
        using var program = Program();
        void Refused(Tensor batch, string message) => program.Invoking(p => p.call(batch)).Should().Throw<ArgumentException>()
            .WithMessage($"*net.pt2: Float32 [B, 3, 8, 8] on cpu was expected, but {message} came*");
        Refused(randn(2, 3, 8, 7), "Float32 [2, 3, 8, 7] on cpu");
        Refused(randn(2, 1, 8, 8), "*");
        Refused(randn(3, 8, 8), "*");
        Refused(zeros(0, 3, 8, 8), "*");
        Refused(randn([2, 3, 8, 8], ScalarType.Float64), "Float64*");
        Refused(empty([2, 3, 8, 8], device: META), "*on meta");
        using var fixedTo = TorchExport.Load(MentorFile.Path("net.pt2"), [3, 8, 8], batchSize: 2);
        fixedTo.call(randn(2, 3, 8, 8)).shape.Should().Equal(2, 5);
        fixedTo.Invoking(p => p.call(randn(3, 3, 8, 8))).Should().Throw<ArgumentException>().WithMessage("*[2, 3, 8, 8]*");
    }

    [Test]
    public void Leaves_nothing_behind_and_answers_no_more_when_disposed()
    {
        var program = Program();
        var x = randn(2, 3, 8, 8);
        var before = LiveTensors.Settled();
        using (var mentor = new Mentor("compiled", program))
            for (var i = 0; i < 3; i++)
                mentor.Answer(x).Dispose();
        Tensor.TotalCount.Should().Be(before);
        program.Invoking(p => p.call(x)).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void What_is_not_compiled_is_refused_by_name_before_anything_runs()
    {
        using var folder = new TemporaryFolder();
        void Refused(string path, string message) => FluentActions.Invoking(() => TorchExport.Load(path, [3, 8, 8]))
            .Should().Throw<InvalidDataException>().WithMessage($"{path}: *aoti_compile_and_package was expected: {message}");
        Refused(MentorFile.Path("not-compiled.pt2"), "this is a program of torch.export.save*compile it*");
        Refused(MentorFile.Path("net.pt"), "no compiled code is in it.");
        Refused(folder.Write("text.pt2", "no archive"u8.ToArray()), "*");
        Refused(folder.Write("empty.pt2", []), "*");
        // Sources, with the command by which libtorch would compile them.
        var mark = Path.Combine(folder.Root, "was-run");
        var flags = ("net.wrapper_compile_flags.json", $$"""{"compiler": "touch {{mark}} ;"}""");
        var sources = Package("sources.pt2", ("net.wrapper.cpp", ""), flags, ("net.wrapper_metadata.json", Metadata));
        Refused(sources, "no compiled code is in it.");
        File.Exists(mark).Should().BeFalse();
        Refused(Package("untold.pt2", ("net.so", "")), "no metadata is in it.");
        Refused(Package("odd.pt2", ("net.so", ""), ("net_metadata.json", "[]")), "*");
        var cut = Package("cut.pt2", ("net.so", "x"), ("net_metadata.json", Metadata));
        FluentActions.Invoking(() => TorchExport.Load(cut, [3]))
            .Should().Throw<InvalidDataException>().WithMessage("*cut.pt2: *libtorch said*");
        FluentActions.Invoking(() => TorchExport.Load("nowhere.pt2", [3])).Should().Throw<FileNotFoundException>().WithMessage("*nowhere*");
        FluentActions.Invoking(() => TorchExport.Load("nowhere.pt2", [3, 0]))
            .Should().Throw<ArgumentException>().WithMessage("*[B, 3, 0]*");

        string Package(string name, params (string Name, string Content)[] entries)
        {
            var path = Path.Combine(folder.Root, name);
            using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
            foreach (var (entry, content) in entries)
            {
                using var writer = new StreamWriter(archive.CreateEntry($"net/data/aotinductor/model/{entry}").Open());
                writer.Write(content);
            }
            return path;
        }
    }
}
