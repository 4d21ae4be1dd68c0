using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClassroomKD.Onnx;
using ClassroomKD.Tests.Conventions;
using ClassroomKD.Vision;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Tests.Docs;

/// <summary>The code in the documents compiles against the packages as users see them, and the configuration binds.</summary>
public sealed partial class CodeBlockTests
{
    private static readonly string[] Usings =
    [
        "ClassroomKD", "ClassroomKD.Distributed", "ClassroomKD.Imaging", "ClassroomKD.Onnx", "ClassroomKD.Pose", "ClassroomKD.Reports",
        "ClassroomKD.Testing", "ClassroomKD.Vision",
        "NUnit.Framework", "TorchSharp", "static TorchSharp.torch",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Options",
    ];

    // A program's statements come before its types; a document shows them in the order in which they are read.
    private const string StatementsAfterTypes = "CS8803";

    private static IEnumerable<CodeBlock> CSharp => CodeBlock.All("csharp");

    private static IEnumerable<CodeBlock> Json => CodeBlock.All("json");

    [TestCaseSource(nameof(CSharp))]
    public void Code_compiles(CodeBlock block)
    {
        // "..." stands for statements or values of the reader's.
        var text = Values().Replace(Statements().Replace(block.Text, "{ }"), "[]");
        var tree = Compilations.Tree(text, block.ToString());
        var kind = tree.GetRoot().ChildNodes().Any(node => node is GlobalStatementSyntax)
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        Compilations.Of("Document", [tree, Compilations.Tree(Given.Source(block.Document), "Given.cs")], kind, Usings)
            .GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != StatementsAfterTypes)
            .Select(diagnostic =>
                $"{block.Document}:{block.Line + diagnostic.Location.GetLineSpan().StartLinePosition.Line}: " +
                diagnostic.GetMessage(CultureInfo.InvariantCulture))
            .ShouldBeNone();
    }

    [TestCaseSource(nameof(Json))]
    public void Configuration_binds(CodeBlock block)
    {
        using var document = JsonDocument.Parse(block.Text);
        if (!document.RootElement.TryGetProperty("Classrooms", out var classrooms))
            return;
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(block.Text))).Build();
        foreach (var name in classrooms.EnumerateObject().Select(classroom => classroom.Name))
        {
            var section = configuration.GetSection($"Classrooms:{name}");
            var services = new ServiceCollection();
            var classroom = services.AddClassroom(name).Configure(section)
                .AddModelSource(new VisionNetworkSource()).AddModelSource(new OnnxModelSource());
            if (section.GetSection("Mentors").Exists())
                classroom.AddMentors(section.GetSection("Mentors"));
            if (section.GetSection("Student").Exists())
                classroom.AddStudent(section.GetSection("Student"));
            if (section.GetSection("Trainer").Exists())
                classroom.Configure<TrainerOptions>(section.GetSection("Trainer"));
            if (section.GetSection("Recording").Exists())
                classroom.Configure<RecordingOptions>(section.GetSection("Recording"));
            using var provider = services.BuildServiceProvider();
            Failures<ClassroomOptions>(provider, name).Should().BeEmpty();
            Failures<TrainerOptions>(provider, name).Should().BeEmpty();
            Failures<RecordingOptions>(provider, name).Should().BeEmpty();

            // A document's reader has the files.
            Failures<StatedModels>(provider, name).Where(failure => !failure.Contains("there is no file", StringComparison.Ordinal))
                .ShouldBeNone();
        }
    }

    private static IEnumerable<string> Failures<TOptions>(IServiceProvider provider, string name)
        where TOptions : class
    {
        try
        {
            provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name);
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return exception.Failures;
        }
    }

    [GeneratedRegex(@"^\s*\.\.\.(?=\s*(//.*)?$)", RegexOptions.Multiline)]
    private static partial Regex Statements();

    [GeneratedRegex(@"\[\.\.\.\]")]
    private static partial Regex Values();
}
