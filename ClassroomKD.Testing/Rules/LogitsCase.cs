using ClassroomKD.Kernels;

namespace ClassroomKD.Testing;

/// <summary>Logits of a student and of mentors, and the truth, from which a real assessment is made.</summary>
internal sealed record LogitsCase(Tensor Student, IReadOnlyList<Tensor> Mentors, Tensor Targets)
{
    public const int Classes = 6;

    public static LogitsCase Draw(Form form) => new(
        form.Normal(0, 2, form.Batch, Classes),
        [.. Enumerable.Range(1, form.Mentors).Select(m => form.Normal(m, 2, form.Batch, Classes))],
        form.Classes(99, Classes));

    /// <summary>The task of rankers and paces that state none.</summary>
    public static LogitsTask UsualTask => new(new() { Kernel = KernelImplementation.Reference });

    /// <summary>Batches of every form, and the hard ones.</summary>
    public static IEnumerable<(string Name, LogitsCase Case)> All =>
        Form.All.Select(form => ($"{form}", Draw(form))).Concat(Hard);

    // Batches at the edge of what can be answered, by what is special about them.
    private static IEnumerable<(string Name, LogitsCase Case)> Hard
    {
        get
        {
            var form = new Form { Seed = 6 };
            var (drawn, truth) = (Draw(form), nn.functional.one_hot(form.Classes(99, Classes), Classes).to(form.Type));
            Tensor Sure(double by) => truth.mul(Scalars.Of(by));
            LogitsCase Everyone(Tensor logits) => new(logits, [.. drawn.Mentors.Select(_ => logits.clone())], drawn.Targets);
            yield return ("all sure and right", Everyone(Sure(1e4)));
            yield return ("all sure and wrong", Everyone(Sure(-1e4)));
            yield return ("all alike, knowing nothing", Everyone(Sure(0)));
            yield return ("a student that knows nothing", drawn with { Student = Sure(-1e4) });
            var broken = drawn.Mentors[0].clone();
            broken[1].fill_(Scalars.Of(double.NaN));
            broken[2, 3] = double.PositiveInfinity;
            yield return ("a mentor that answered NaN and infinity", drawn with { Mentors = [broken, .. drawn.Mentors.Skip(1)] });
            yield return ("nothing but NaN", drawn with
            {
                Mentors = [.. drawn.Mentors.Select(mentor => full_like(mentor, Scalars.Of(double.NaN)))],
            });
            yield return ("no sample that counts", drawn with { Targets = full_like(drawn.Targets, Scalars.OfInteger(-100)) });
        }
    }

    /// <summary>The same batch with the mentors in another order.</summary>
    public LogitsCase Ordered(int[] order) => this with { Mentors = [.. order.Select(m => Mentors[m])] };

    /// <summary>What a task says of the batch.</summary>
    public Assessment Assess(
        IDistillationTask<Tensor, Tensor> task, PerformanceGranularity granularity = PerformanceGranularity.Sample)
    {
        using var noGradient = no_grad();
        return task.Begin(new() { Student = Student, Mentors = Mentors, Targets = Targets, Granularity = granularity }).Assess();
    }
}
