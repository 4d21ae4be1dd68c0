using System.Text;
using ClassroomKD.Onnx;
using ClassroomKD.Tests.Onnx;
using ClassroomKD.Vision;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Tests.Core.Configuration;

/// <summary>Mentors and students that configuration states are those that code would make, or are refused by path.</summary>
public sealed class StatedModelsTests : TensorFixture
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        folder = new TemporaryFolder();
        foreach (var name in new[] { "net.pt", "net.onnx" })
            File.Copy(MentorFile.Path(name), Path.Combine(folder.Root, name));
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void Files_of_every_kind_answer_as_those_made_in_code()
    {
        using var network = VisionNetworks.Create("resnet8", 10);
        SafetensorsFile.Write(Path.Combine(folder.Root, "resnet8.safetensors"), network.state_dict());
        const string Mentors = """
            { "script": { "TorchScript": { "File": "net.pt" }, "Device": "cpu",
                          "Input": { "Size": [8, 8], "Channels": [2, 1, 0], "StudentMean": [0.5, 0.5, 0.5],
                                     "MentorStandardDeviation": [2, 2, 4] } },
              "onnx": { "Onnx": { "File": "net.onnx", "Threads": 1 }, "Answers": "LogProbabilities",
                        "Classes": { "MentorClassOf": [4, 3, -1], "MentorClasses": 5 } },
              "named": { "TorchScript": { "File": "net.pt" },
                         "Classes": { "StudentNames": ["a", "b"], "MentorNames": ["b", "x", "y", "a", "z"] } },
              "network": { "Network": { "Name": "ResNet8", "Classes": 10, "Weights": "resnet8.safetensors" },
                           "Inference": { "Prepare": false } } }
            """;
        using var host = Host(Mentors);
        host.Start();
        var mentors = host.Services.GetRequiredKeyedService<Classroom>("a").Mentors;
        mentors.Select(mentor => mentor.Name).Should().BeEquivalentTo("script", "onnx", "named", "network");
        var stated = mentors.ToDictionary(mentor => mentor.Name);

        Tensor small = randn(4, 3, 8, 8), large = randn(4, 3, 32, 32);
        using var script = new Mentor("script", TorchScript.Load(MentorFile.Path("net.pt")), new MentorOptions
        {
            Input = new()
            {
                Size = (8, 8), Channels = [2, 1, 0], StudentMean = [0.5f, 0.5f, 0.5f], MentorStandardDeviation = [2, 2, 4],
            },
        });
        stated["script"].Answer(large).ShouldEqual(script.Answer(large), 0, "script");
        using var onnx = new Mentor("onnx", new OnnxModel(MentorFile.Path("net.onnx")));
        stated["onnx"].Answer(small).ShouldEqual(onnx.Answer(small), 1e-6, "onnx");
        stated["onnx"].Classes!.MentorIndices.Should().Equal(4, 3);
        stated["named"].Classes!.MentorIndices.Should().Equal(3, 0);
        network.eval();
        stated["network"].Answer(large).ShouldEqual(network.forward(large), 0, "network");
    }

    [TestCase("""{ "m": null }""", "' states no model (expected one of ")]
    [TestCase("""{ "m": {} }""", "' states no model (expected one of TorchScript, Network, Onnx; AddModelSource adds others)")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Onnx": { "File": "net.onnx" } } }""",
        "' states TorchScript and Onnx (expected one of ")]
    [TestCase("""{ "m": { "Onx": { "File": "net.onnx" } } }""", ":Onx' is no key of MentorSettings (expected one of Onnx, ")]
    [TestCase("""{ "m": { "Onnx": { "Path": "net.onnx" } } }""", ":Onnx:Path' is no key of OnnxModelSettings (expected one of ")]
    [TestCase("""{ "m": { "Onnx": { "File": "swin.onnx" } } }""", ":Onnx:File' is 'swin.onnx' (there is no file ")]
    [TestCase("""{ "m": { "Onnx": { "File": "." } } }""", ":Onnx:File' is '.' (*is a folder; a file was expected)")]
    [TestCase("""{ "m": { "Onnx": { "Threads": 0, "File": "net.onnx" } } }""", ":Onnx:Threads' is 0 (expected at least 1)")]
    [TestCase("""{ "m": { "TorchScript": { "File": null } } }""", ":TorchScript:File' is missing (expected the path of a file)")]
    [TestCase("""{ "m": { "TorchScript": { "File": "" } } }""", ":TorchScript:File' is missing (expected the path of a file)")]
    [TestCase("""{ "m": { "TorchScript": "net.pt" } }""", ":TorchScript' is 'net.pt' (expected keys: File)")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Device": "gpu" } }""", ":Device' is 'gpu' (expected cpu, cuda or ")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Device": "" } }""", ":Device' is '' (expected cpu, cuda or ")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Device": "cuda:" } }""", ":Device' is 'cuda:' (expected cpu, cuda or ")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Device": "cuda:x" } }""", ":Device' is 'cuda:x' (expected cpu, cuda or ")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Device": "cuda:-1" } }""", ":Device' is 'cuda:-1' (expected cpu, cuda or ")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Device": "cpu:0:1" } }""", ":Device' is 'cpu:0:1' (expected cpu, cuda or ")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Device": "mps" } }""", ":Device' is 'mps' (libtorch finds no such device)",
        ExcludePlatform = "MacOsX")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Device": "cuda:77" } }""", ":Device' is 'cuda:77' (libtorch finds ")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Answers": "Softmax" } }""", ":Answers' is 'Softmax' (expected one of ")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Input": { "Size": [8] } } }""",
        ":Input' is no use (Size is a height and a width")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Input": { "MentorStandardDeviation": [0, 1, 1] } } }""",
        ":Input' is no use (")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Classes": { "MentorClasses": 5 } } }""",
        ":Classes' is no use (expected MentorClassOf")]
    [TestCase("""{ "m": { "TorchScript": { "File": "net.pt" }, "Classes": { "MentorClassOf": [7, 1], "MentorClasses": 5 } } }""",
        ":Classes' is no use (*7 came")]
    [TestCase("""{ "m": { "Network": { "Name": "resnet57", "Classes": 10, "Weights": "net.pt" } } }""",
        ":Network:Name' is 'resnet57' (expected one of resnet50, ")]
    [TestCase("""{ "m": { "Network": { "Name": "resnet8", "Classes": 10 } } }""",
        ":Network:Weights' is missing (expected the path of a file)")]
    [TestCase("""{ "m": { "Network": { "Name": "resnet8", "Weights": "net.pt" } } }""",
        ":Network:Classes' is missing (expected the number of classes)")]
    public void What_is_no_mentor_is_refused_at_start_and_when_made(string mentors, string message)
    {
        using var host = Host(mentors);
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().Contain(failure => Matches(failure, message));
        host.Services.Invoking(services => services.GetRequiredKeyedService<Classroom>("a")).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().Contain(failure => Matches(failure, message));
    }

    [Test]
    public void All_missing_files_and_the_students_faults_come_in_one_exception()
    {
        using var host = Host(
            """{ "one": { "Onnx": { "File": "1.onnx" } }, "two": { "TorchScript": { "File": "sub/2.pt" } } }""",
            """{ "Nam": "s", "Onnx": { "File": "net.onnx" } }""");
        var failures = host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().Which.Failures.ToList();
        failures.Should().HaveCount(4);
        failures[0].Should().EndWith($"(there is no file {Path.Combine(folder.Root, "1.onnx")})");
        failures[1].Should().EndWith($"(there is no file {Path.Combine(folder.Root, "sub", "2.pt")})");
        failures[2].Should().Contain("'Classrooms:a:Student:Nam' is no key of StudentSettings (expected one of Name, ");
        failures[3].Should().Contain("'Classrooms:a:Student:Onnx:File' is of a file that cannot learn");
    }

    [Test]
    public void Values_that_cannot_be_read_and_files_that_are_missing_come_in_one_exception()
    {
        using var host = Host(
            """{ "m": { "Onnx": { "File": "1.onnx", "Layout": "Last" }, "Input": { "Size": [0, 2] } } }""",
            """{ "Network": { "Name": "resnet57", "Classes": "ten" } }""");
        var failures = host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().Which.Failures.ToList();
        failures.Should().HaveCount(5);
        failures[0].Should().Contain(":Onnx:Layout' is 'Last' (expected one of ");
        failures[1].Should().Contain(":Onnx:File' is '1.onnx' (there is no file ");
        failures[2].Should().EndWith(":Input' is no use (MentorInput: Size must be at least 1 x 1; it is 0 x 2)");
        failures[3].Should().Contain(":Network:Classes' is 'ten' (expected a whole number ");
        failures[4].Should().Contain(":Network:Name' is 'resnet57' (expected one of ");
    }

    [Test]
    public void List_of_mentors_without_names_is_refused()
    {
        using var host = Host("""[ { "TorchScript": { "File": "net.pt" } } ]""");
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>()
            .WithMessage("*'Classrooms:a:Mentors:0' has a number for a name (expected mentors by their names, not a list)");
    }

    [Test]
    public void Missing_section_of_mentors_is_refused()
    {
        using var host = Host("null", null, "Mentor");
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>()
            .WithMessage("*there is no section 'Classrooms:a:Mentors' ('Classrooms:a' has Mentor, Student, but no 'Mentors')");
    }

    [Test]
    public void Text_in_the_place_of_mentors_is_refused()
    {
        using var host = Host("\"net.pt\"");
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>()
            .WithMessage("*'Classrooms:a:Mentors' is 'net.pt' (expected the mentors' names as keys)");
    }

    [Test]
    public void Student_is_stated_and_learns()
    {
        using var host = Host(
            """{ "m": { "Source": { "Answer": 3 } } }""",
            """{ "Name": "small", "Network": { "Name": "resnet8", "Classes": 3 }, "Device": "cpu" }""");
        host.Start();
        var student = host.Services.GetRequiredKeyedService<Student>("a");
        student.Name.Should().Be("small");
        student.Answer(randn(2, 3, 32, 32)).requires_grad.Should().BeTrue();
    }

    [Test]
    public void Source_of_a_plugin_is_stated_by_its_own_key()
    {
        using var host = Host("""{ "m": { "Source": { "Answer": 3 } } }""");
        host.Start();
        var mentor = host.Services.GetRequiredKeyedService<Classroom>("a").Mentors.Single();
        mentor.Answer(zeros(2, 4)).Doubles().Should().OnlyContain(answer => answer == 3);
    }

    [Test]
    public void An_onnx_file_tells_the_applications_log_that_batches_are_copied()
    {
        var lines = new LogLines();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(lines));
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("m:Onnx:File", Path.Combine(folder.Root, "net.onnx"))]).Build();
        services.AddClassroom("a").AddModelSource(new OnnxModelSource()).AddMentors(settings);
        using var provider = services.BuildServiceProvider();
        var mentor = provider.GetRequiredKeyedService<Classroom>("a").Mentors.Single();

        // The meta device stands for any other; from it nothing can be copied, which is no matter here.
        mentor.Invoking(m => m.Answer(empty([2, 3, 8, 8], device: META))).Should().Throw<MentorException>();

        lines.All.Should().ContainSingle(line => line.StartsWith("net.onnx is computed on cpu", StringComparison.Ordinal));
    }

    private static bool Matches(string failure, string message)
    {
        var parts = message.Split('*');
        return failure.StartsWith($"Classroom 'a': 'Classrooms:a:Mentors:m{parts[0]}", StringComparison.Ordinal)
            && parts.All(part => failure.Contains(part, StringComparison.Ordinal));
    }

    private IHost Host(string mentors, string? student = null, string key = "Mentors")
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = folder.Root });
        var json = "{ \"Classrooms\": { \"a\": { \"" + key + "\": " + mentors + ", \"Student\": " + (student ?? "null") + " } } }";
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        var section = builder.Configuration.GetSection("Classrooms:a");
        var classroom = builder.Services.AddClassroom("a")
            .AddModelSource(new VisionNetworkSource()).AddModelSource(new OnnxModelSource())
            .AddMentors(section.GetSection("Mentors"));
        if (mentors.Contains("\"Source\"", StringComparison.Ordinal))
            classroom.AddModelSource(new ConstantSource());
        if (student is not null)
            classroom.AddStudent(section.GetSection("Student"));
        return builder.Build();
    }

    private sealed class ConstantSource() : ModelSource<Tensor, ConstantSettings>("Source")
    {
        protected override void Check(ConstantSettings settings, ModelSourceContext context)
        {
        }

        protected override nn.IModule<Tensor, Tensor> Create(ConstantSettings settings, ModelSourceContext context) =>
            new Constant(settings.Answer);
    }

    private sealed class ConstantSettings
    {
        public float Answer { get; set; }
    }

    private sealed class Constant(float answer) : nn.IModule<Tensor, Tensor>
    {
        public Tensor call(Tensor input1) => full([input1.size(0), 3], answer);
    }
}
