using System.Text;
using ClassroomKD.Analyzers;
using ClassroomKD.Tests.Conventions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClassroomKD.Tests.Fuzzing;

/// <summary>The analyzers read any source, finished or not: see <see cref="FuzzTests"/>.</summary>
[Category("Fuzz")]
public sealed class SourceFuzzTests
{
    // A compiler takes longer than a reader.
    private const int Fewer = 10, AtOnce = 150;

    private static readonly byte[] Source = Encoding.UTF8.GetBytes("""
        namespace Some;

        sealed class Net(Scalar given) : nn.Module<Tensor, Tensor>("net")
        {
            private static readonly Scalar Kept = 3f, Other = given ?? 2.ToScalar();

            public override Tensor forward(Tensor x) => (x * 2f + x.square()).add(1).sum(0) - nn.functional.elu(-x, alpha: 0.5);

            public static async Task Train(nn.Module<Tensor, Tensor> net, IEnumerable<(Tensor X, Tensor Y)> data, optim.Optimizer optimizer)
            {
                using var teacher = new Mentor("teacher", net);
                using var student = new Student("student", net);
                using var classroom = new Classroom([teacher]);
                for (var epoch = 0; epoch < 3; epoch++)
                    foreach (var (x, y) in data)
                    {
                        optimizer.zero_grad();
                        var lesson = classroom.Teach(x, student.Answer(x), y);
                        lesson.Loss.backward();
                        optimizer.step();
                        using (NewDisposeScope())
                            await Task.Delay(1);
                        Func<Tensor, Tensor> later = z => z += 0.25 / z;
                        x.mul_(epoch > 1 ? 2 : 0.5f);
                    }
                while (true) { zeros(2, 3).sum(0).backward();
                    do torch.add(x, Kept).mul((Tensor)Scalars.Half); while (x is { shape: [1, .., > 2] }); }
            }
        }
        """);

    [Test]
    public async Task No_source_makes_an_analyzer_fail()
    {
        DiagnosticAnalyzer[] analyzers =
        [
            .. typeof(ScalarAnalyzer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
                .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
        ];
        var reported = new HashSet<string>();
        foreach (var numbers in Enumerable.Range(FuzzTests.First, Math.Max(1, FuzzTests.Files / Fewer)).Chunk(AtOnce))
        {
            var trees = numbers.Select(number => Compilations.Tree(
                Encoding.UTF8.GetString(Mutations.Of(Source, [Source], [], new Random(number))), $"{number}.cs"));
            var compilation = Compilations.Of(
                "Some", trees, OutputKind.DynamicallyLinkedLibrary, "ClassroomKD", "TorchSharp", "static TorchSharp.torch");
            var failures = new List<string>();
            var options = new CompilationWithAnalyzersOptions(
                new AnalyzerOptions([]), (exception, analyzer, at) => failures.Add($"{analyzer}: {exception}\n{at}"),
                concurrentAnalysis: false, logAnalyzerExecutionTime: false);
            var found = await compilation.WithAnalyzers([.. analyzers], options).GetAnalyzerDiagnosticsAsync();
            failures.ShouldBeNone();
            reported.UnionWith(found.Select(diagnostic => diagnostic.Id));
        }
        if (FuzzTests.Files >= AtOnce)
            reported.Should().BeEquivalentTo("CKD0001", "CKD0002", "CKD0003", "CKD0004", "CKD0005", "CKD0006", "CKD0007");
    }
}
