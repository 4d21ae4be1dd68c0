using ClassroomKD.Analyzers;

namespace ClassroomKD.Tests.Analyzers;

public sealed class DisposeScopeAnalyzerTests
{
    [Test]
    public Task Training_loops_without_a_scope_are_reported() => new Subject("""
        static class Program
        {
            static void Train(
                nn.Module<Tensor, Tensor> net, IEnumerable<(Tensor X, Tensor Y)> data, optim.Optimizer optimizer, Classroom classroom)
            {
                for (var epoch = 0; epoch < 3; epoch++)
                {
                    using var tooWide = NewDisposeScope();
                    [|foreach|] (var (x, y) in data)
                    {
                        var lesson = classroom.Teach(x, net.forward(x), y);
                        lesson.Loss.backward();
                        optimizer.step();
                        x.sum().backward();
                    }
                }
                foreach (var (x, y) in data)
                {
                    using var scope = torch.NewDisposeScope();
                    foreach (var part in x.chunk(4))
                        net.forward(part).sum().backward();
                    optimizer.step();
                }
                [|while|] (true)
                {
                    var first = data.First();
                    foreach (var part in first.X.chunk(4))
                        autograd.backward(new[] { net.forward(part).sum() });
                    optimizer.step();
                    Action inner = () => { using var elsewhere = torch.NewDisposeScope(); };
                }
                using (NewDisposeScope())
                    net.forward(zeros(1)).sum().backward();
                [|do|] net.forward(zeros(1)).sum().backward(); while (true);
            }

            static void Step(Tensor loss) => loss.backward();
        }
        """).ShouldReport(new DisposeScopeAnalyzer(), "CKD0003");

    [Test]
    public Task A_scope_is_opened() => new Subject("""
        var net = nn.Linear(2, 2);
        using var scope = NewDisposeScope();
        foreach (var x in new[] { zeros(1, 2) })
        {
            // The loss.
            net.forward(x).sum().backward();
        }
        for (;;)
            net.forward(zeros(1, 2)).sum().backward();
        """).ShouldBecome("""
        var net = nn.Linear(2, 2);
        using var scope = NewDisposeScope();
        foreach (var x in new[] { zeros(1, 2) })
        {
            using var scope2 = NewDisposeScope();
            // The loss.
            net.forward(x).sum().backward();
        }
        for (;;)
        {
            using var scope2 = NewDisposeScope();
            net.forward(zeros(1, 2)).sum().backward();
        }
        """, new DisposeScopeAnalyzer(), new DisposeScopeFix(), "CKD0003");

    [Test]
    public Task Awaits_inside_a_scope_are_reported() => new Subject("""
        static class Program
        {
            static async Task Use(IAsyncEnumerable<Tensor> data, IAsyncDisposable resource)
            {
                await Task.Yield();
                using (var scope = NewDisposeScope())
                {
                    [|await|] Task.Yield();
                    Func<Task> later = async () => await Task.Yield();
                    if (scope is not null)
                        [|await|] foreach (var x in data)
                            Console.WriteLine([|await|] Task.FromResult(1));
                }
                {
                    using var scope = torch.NewDisposeScope();
                    [|await|] using (resource) { }
                    [|await|] using var also = resource;
                }
                await Task.Yield();
                using var file = File.OpenRead("x");
                await Task.Yield();
                await Task.Run(() => { using var scope = NewDisposeScope(); return zeros(1).item<float>(); });
                using var last = NewDisposeScope();
            }
        }
        """).ShouldReport(new DisposeScopeAnalyzer(), "CKD0004");
}
