using System.Text;
using ClassroomKD.Onnx;
using ClassroomKD.Tests.Onnx;
using ClassroomKD.Tests.Onnx.Export;
using ClassroomKD.Vision;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Tests.Fuzzing;

internal static partial class Readers
{
    private static IEnumerable<Reader> Models =>
    [
        new("ONNX files' cards", "student.onnx", _ => [Written(WriteOnnx)], path => OnnxFile.ReadCard(path), typeof(WeightsException))
        {
            Types = [typeof(OnnxFile)],
        },
        new("ONNX files", "model.onnx", _ => [File.ReadAllBytes(MentorFile.Path("net.onnx")), Written(WriteOnnx)], RunOnnx,
            typeof(InvalidDataException), typeof(InvalidOperationException), typeof(ArgumentException))
        {
            Types = [typeof(OnnxSession)],
        },
        // None has code that could run: whatever is in them, they are refused.
        new("compiled programs", "program.pt2", _ => Programs(), path => TorchExport.Load(path, [3, 8, 8]).Dispose(),
            typeof(InvalidDataException))
        {
            Types = [typeof(TorchExport)], RefusesAll = true,
        },
        new("configuration", "appsettings.json", _ => Settings(), ReadSettings,
            typeof(InvalidDataException), typeof(OptionsValidationException))
        {
            Types = [typeof(ConfigurationReading)], Subjects = ["Classroom"],
        },
    ];

    private static void WriteOnnx(string path)
    {
        using var network = nn.Sequential(nn.Conv2d(3, 2, 3), nn.Flatten(), nn.Linear(2 * 6 * 6, 4));
        OnnxFile.Write(path, network, ExportCase.Card(4, 8, 8));
    }

    private static void RunOnnx(string path)
    {
        using var model = new OnnxModel<IReadOnlyList<Tensor>>(path, outputs => outputs, new() { Threads = 1 });
        using var scope = NewDisposeScope();
        model.call(zeros(2, 3, 8, 8));
    }

    private static IEnumerable<Sample> Programs()
    {
        var entries = Entries(File.ReadAllBytes(MentorFile.Path("not-compiled.pt2")));
        yield return File.ReadAllBytes(MentorFile.Path("not-compiled.pt2"));
        // A library that is none, beside metadata.
        yield return new(
            ["{\"AOTI_DEVICE_KEY\": [\"cpu\"]}"u8.ToArray()],
            parts => Archive([.. entries, ("data/aotinductor/model/m.so", []), ("data/aotinductor/model/m_metadata.json", parts[0])]));
    }

    private static IEnumerable<Sample> Settings()
    {
        yield return Encoding.UTF8.GetBytes("""
            { "Logging": { "LogLevel": { "Default": "Information" } },
              "Classrooms": { "a": { "Preset": "Recommended", "Pace": { "Tau": 12 }, "TaskCoefficient": "StudentPerformance",
                "Mentors": {
                  "one": { "Network": { "Name": "resnet8", "Classes": 10, "Weights": "net.pt" }, "Device": "cpu", "Answers": "Logits",
                    "Input": { "Size": [8, 8], "Channels": [2, 1, 0], "StudentMean": [0.5, 0.5, 0.5], "Antialias": true },
                    "Inference": { "Prepare": false } },
                  "two": { "Onnx": { "File": "net.pt", "Threads": 1, "Layout": "ChannelsFirst" },
                    "Classes": { "MentorClassOf": [4, 3, -1], "MentorClasses": 5 } },
                  "three": { "TorchScript": { "File": "net.pt" },
                    "Classes": { "StudentNames": ["a", "b"], "MentorNames": ["b", "x", "a"] } } },
                "Student": { "Name": "small", "Network": { "Name": "resnet8", "Classes": 3 } } } } }
            """.Replace("net.pt", MentorFile.Path("net.pt").Replace(@"\", @"\\", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    private static void ReadSettings(string path)
    {
        var root = new ConfigurationBuilder().SetBasePath(Path.GetDirectoryName(path)!).AddJsonFile(path).Build();
        using var configuration = (IDisposable)root;
        var section = root.GetSection("Classrooms:a");
        var services = new ServiceCollection().AddSingleton<IConfiguration>(root);
        services.AddClassroom("a").Configure(section)
            .AddModelSource(new VisionNetworkSource()).AddModelSource(new OnnxModelSource())
            .AddMentors(section.GetSection("Mentors")).AddStudent(section.GetSection("Student"));
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (AggregateException several)
        {
            // Of options of several kinds.
            throw several.InnerExceptions.FirstOrDefault(exception => exception is not OptionsValidationException)
                ?? several.InnerExceptions[0];
        }
    }
}
