namespace ClassroomKD.Tests.Core.Evaluation;

public sealed class DisagreementTests : TensorFixture
{
    private static readonly string[] Names = ["cat", "dog", "ship"];

    [Test]
    public void Samples_are_found_by_the_jensen_shannon_divergence_of_the_mentors([Values(1, 4, 100)] int count)
    {
        using Mentor one = Fixed("one", 10), two = Fixed("two", 20), three = Fixed("three", 30);
        using var student = new Student("student", new Given(40));
        var exam = Exam(batches: 4);

        var found = exam.FindDisagreements([one, two, three], count, student);

        // By the definition, in float64: the entropy of the mean less the mean of the entropies.
        var expected = Enumerable.Range(0, 32).Select(i =>
        {
            double[][] beliefs = [.. new[] { 10, 20, 30 }.Select(seed =>
                Classes.Logits(seed + i / 8, 8, 3).softmax(1)[i % 8].Doubles())];
            double Entropy(double[] p) => -p.Sum(x => x * Math.Log(x));
            double[] mean = [.. Enumerable.Range(0, 3).Select(c => beliefs.Average(p => p[c]))];
            return (Index: i, Divergence: Entropy(mean) - beliefs.Average(Entropy));
        }).OrderByDescending(sample => sample.Divergence).Take(count).ToList();
        found.Select(sample => sample.Index).Should().Equal(expected.Select(sample => sample.Index));
        found.Zip(expected).Should().OnlyContain(pair => Math.Abs(pair.First.Divergence - pair.Second.Divergence) < 1e-9);
        var first = found[0];
        first.Label.Should().Be(Names[Classes.Labels(first.Index / 8, 8, 3).data<long>()[first.Index % 8]]);
        first.Answers.Select(answer => answer.Name).Should().Equal("one", "two", "three", "student");
        var belief = Classes.Logits(20 + first.Index / 8, 8, 3).softmax(1)[first.Index % 8].Doubles();
        first.Answers[1].Class.Should().Be(Names[Array.IndexOf(belief, belief.Max())]);
        first.Answers[1].Probability.Should().BeApproximately(belief.Max(), 1e-9);
        var line = @": \w+ \d+ %( ✓)?";
        first.ToString().Should().MatchRegex($@"^{first.Label}\none{line}\ntwo{line}\nthree{line}\nstudent{line}$");
        foreach (var said in first.ToString().Split('\n')[1..])
            said.EndsWith('✓').Should().Be(said.Contains($": {first.Label} "));
    }

    [Test]
    public void Who_answers_NaN_or_does_not_know_the_class_has_no_say()
    {
        using Mentor sure = new("sure", Sure(0)), contrary = new("contrary", Sure(1));
        using var broken = new Mentor("broken", input => zeros(input.size(0), 3).fill_(double.NaN));
        using var part = new Mentor(
            "part", _ => tensor(new[,] { { 9.0, 0 }, { 9, 0 } }), new() { Classes = ClassMap.FromIndices([-1, 0, 1], 2) });
        var exam = new ClassificationExam([(zeros(2, 1), tensor(new long[] { 0, 1 }))], new() { ClassNames = Names });

        exam.FindDisagreements([sure, broken]).Should().BeEmpty("one alone cannot disagree");
        var found = exam.FindDisagreements([sure, contrary, broken, part]);

        found.Select(sample => sample.Index).Should().BeEquivalentTo([0, 1]);
        found.Single(sample => sample.Index == 0).Divergence.Should().BeApproximately(Math.Log(2), 1e-3, "two are certain of two classes");
        found.Single(sample => sample.Index == 0).ToString().Should().EndWith("broken: no answer\npart: no answer");
        found.Single(sample => sample.Index == 1).Answers[3].Class.Should().Be("dog");

        static Func<Tensor, Tensor> Sure(int of) => input =>
            nn.functional.one_hot(full(input.size(0), of, dtype: int64), 3).mul(30).to(float64);
    }

    [Test]
    public void What_does_not_fit_is_refused_by_name()
    {
        using Mentor one = Fixed("one", 1), wide = new("wide", _ => zeros(8, 4));
        FluentActions.Invoking(() => Exam(1).FindDisagreements([one])).Should().Throw<ArgumentException>()
            .WithMessage("Two mentors*got 1*");
        FluentActions.Invoking(() => Exam(1).FindDisagreements([one, wide])).Should().Throw<ArgumentException>()
            .WithMessage("*[8, 3]*'wide'*[8, 4]*");
    }

    private static ClassificationExam Exam(int batches) => new(
        [.. Enumerable.Range(0, batches).Select(batch => (full(8, 1, batch), Classes.Labels(batch, 8, 3)))], new() { ClassNames = Names });

    // Answers by a seed and the batch's number, which is all that the input holds.
    private static Mentor Fixed(string name, int seed) => new(name, input => Classes.Logits(seed + (int)input[0, 0].Number(), 8, 3));

    private sealed class Given(int seed) : nn.Module<Tensor, Tensor>("given")
    {
        public override Tensor forward(Tensor input) => Classes.Logits(seed + (int)input[0, 0].Number(), 8, 3);
    }
}
