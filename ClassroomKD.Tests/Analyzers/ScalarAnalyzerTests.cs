using ClassroomKD.Analyzers;

namespace ClassroomKD.Tests.Analyzers;

public sealed class ScalarAnalyzerTests
{
    private const string Number = "CKD0001", Hidden = "CKD0002";

    [Test]
    public Task Numbers_that_become_scalars_are_reported() => new Subject("""
        sealed class Net(Scalar given)
        {
            private const double Share = 0.25;
            private static readonly Scalar Kept = 3f;
            private static readonly Scalar[] Several = [1f, 2.ToScalar()];
            private Scalar field = 2.0;
            private Scalar Property { get; } = 2;

            Tensor Use(Tensor x, Tensor y, float a, Half h, int n)
            {
                field = a;
                using Scalar own = a;
                using (Scalar also = n)
                    x = x.mul(own).mul(also).mul(given).mul(Kept).mul(Scalars.Of(a)).mul(y);
                Scalar lost = [|a|];
                var late = [|2f.ToScalar()|];
                x *= [|2|];
                x -= [|(a + 1) * 2|];
                x = x.clamp([|0|], max: [|Share|]).add(y, [|-1|]).add([|h|]);
                x = ([|2f|] * x - [|a|]) / [|n|] % [|2L|] + [|0.5|];
                x = [|1|] - x + (x > [|0.5f|]);
                return x.pow([|a > 0 ? 1 : 2|]).mul(lost).mul(late) / y - x * y;
            }
        }
        """).ShouldReport(new ScalarAnalyzer(), Number);

    [Test]
    public Task Operations_that_make_scalars_are_reported() => new Subject("""
        static class Program
        {
            static readonly Scalar S = 2f;

            static Tensor Use(nn.Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                x = [|[|x + y|] + S|];
                [|x += y|];
                x = [|S - x * S|] - y - S;
                x = [|x.add(y)|].add(y, S).sub(y).add(2f) + 1;
                x = [|nn.functional.mish(x)|].mul([|x.square()|]);
                optim.Optimizer optimizer = [|optim.SGD(net.parameters(), 0.1)|];
                optimizer = new SgdOptimizer(net.parameters(), 0.1);
                return [|torch.mul(x, y) / S + (x + 1f)|];
            }
        }
        """).ShouldReport(new ScalarAnalyzer(), Hidden);

    [Test]
    public Task Constants_become_Scalars() => new Subject("""
        static class Program
        {
            const float Share = 0.3f;

            static Tensor Use(Tensor x, Tensor y, float a)
            {
                x *= 2f;
                x += 1.0;
                x = x * 0.5 / -1f - 3 + Share * (y + 0.0);
                x = 1 - (x.mul(2.ToScalar()) > (Share)) * a; // all
                return x.add(0.1).add(y, 1f);
            }
        }
        """).ShouldBecome("""
        static class Program
        {
            const float Share = 0.3f;

            static Tensor Use(Tensor x, Tensor y, float a)
            {
                x *= Scalars.Two;
                x = x.add(Scalars.One, Scalars.One);
                x = x * Scalars.Half / Scalars.MinusOne - Scalars.OfInteger(3) + Scalars.Of(Share) * (y.add(Scalars.Zero, Scalars.One));
                x = ((x.mul(Scalars.OfInteger(2)) > (Scalars.Of(Share))) * a).neg().add(Scalars.OfInteger(1), Scalars.One); // all
                return x.add(Scalars.Of(0.1), Scalars.One).add(y, Scalars.One);
            }
        }
        """, new ScalarAnalyzer(), new ScalarFix(), Number);

    [Test]
    public Task Variables_are_kept_when_asked_for() => new Subject("""
        static class Program
        {
            static Tensor Use(Tensor x, double a, int n) => x * a + n;
        }
        """).ShouldBecome("""
        static class Program
        {
            static Tensor Use(Tensor x, double a, int n) => (x * Scalars.Of(a)).add(Scalars.OfInteger(n), Scalars.One);
        }
        """, new ScalarAnalyzer(), new ScalarFix(), Number);

    [Test]
    public Task Sums_get_an_alpha() => new Subject("""
        static class Program
        {
            static Tensor Use(Tensor x, Tensor y, Scalar s)
            {
                x += y;
                x = x + y * s + x.add(y) * torch.add(x, s);
                return s - x.square();
            }
        }
        """).ShouldBecome("""
        static class Program
        {
            static Tensor Use(Tensor x, Tensor y, Scalar s)
            {
                x = x.add(y, Scalars.One);
                x = x.add(y * s, Scalars.One).add(x.add(y, Scalars.One) * torch.add(x, s, Scalars.One), Scalars.One);
                return x.mul(x).neg().add(s, Scalars.One);
            }
        }
        """, new ScalarAnalyzer(), new ScalarFix(), Hidden);

    [Test]
    public async Task Nothing_is_offered_where_Scalars_has_none()
    {
        await new Subject("static class Program { static Tensor Use(Tensor x, Half a, bool b) => x.fill_(b).mul(a); }")
            .ShouldStay(new ScalarAnalyzer(), new ScalarFix(), Number);
        await new Subject("static class Program { static Tensor Use(Tensor x) => nn.functional.mish(x).exp().square(); }")
            .ShouldStay(new ScalarAnalyzer(), new ScalarFix(), Hidden);
    }
}
