using ClassroomKD.Tests.Core;
using ClassroomKD.Vision;
using CsCheck;

namespace ClassroomKD.Tests.Vision.Losses;

public sealed class EnsembleLossTests : TensorFixture
{
    private static JointLogitsLossArguments Arguments(int seed, int mentors = 3, int batch = 4, int classes = 5)
    {
        using var generator = new Generator((ulong)seed);
        Tensor Draw(double low, double high, params long[] shape) =>
            rand(shape, ScalarType.Float64, generator: generator) * (high - low) + low;
        return new JointLogitsLossArguments
        {
            Student = Draw(-4, 4, batch, classes),
            Mentors = [.. Enumerable.Range(0, mentors).Select(_ => Draw(-6, 6, batch, classes))],
            Weights = Draw(0.1, 2, mentors, batch),
            Temperatures = Draw(1, 6, mentors, batch),
            StudentTemperatures = Draw(1, 6, mentors, batch),
        };
    }

    private static JointLogitsLossArguments With(
        JointLogitsLossArguments arguments, Tensor? student = null, IReadOnlyList<Tensor>? mentors = null, Tensor? weights = null,
        Tensor? temperatures = null) => new()
        {
            Student = student ?? arguments.Student,
            Mentors = mentors ?? arguments.Mentors,
            Weights = weights ?? arguments.Weights,
            Temperatures = temperatures ?? arguments.Temperatures,
            StudentTemperatures = temperatures ?? arguments.StudentTemperatures,
        };

    [Test]
    public void The_loss_is_that_of_the_formula_computed_number_by_number()
    {
        var arguments = Arguments(1);
        var parts = new EnsembleLoss().PerMentor(arguments).Doubles();
        double At(Tensor table, int m, int i) => table[m, i].Number();
        for (var i = 0; i < 4; i++)
        {
            var total = Enumerable.Range(0, 3).Sum(m => At(arguments.Weights, m, i));
            double Mean(Tensor table) => Enumerable.Range(0, 3).Sum(m => At(arguments.Weights, m, i) * At(table, m, i)) / total;
            double[] Softmax(Tensor logits, double temperature)
            {
                var powers = logits[i].Doubles().Select(z => Math.Exp(z / temperature)).ToArray();
                return [.. powers.Select(power => power / powers.Sum())];
            }
            var each = arguments.Mentors.Select((mentor, m) => Softmax(mentor, At(arguments.Temperatures, m, i))).ToArray();
            var mean = Enumerable.Range(0, 5).Select(c =>
                Enumerable.Range(0, 3).Sum(m => At(arguments.Weights, m, i) / total * each[m][c]));
            var student = Softmax(arguments.Student, Mean(arguments.StudentTemperatures));
            var loss = total * Mean(arguments.Temperatures) * Mean(arguments.StudentTemperatures)
                * mean.Select((p, c) => p * Math.Log(p / student[c])).Sum();
            Enumerable.Range(0, 3).Sum(m => parts[m * 4 + i]).Should().BeApproximately(loss, 1e-10, $"sample {i}");
        }
    }

    [Test]
    public void It_never_exceeds_the_mean_of_the_mentors_own_divergences() => Gen.Int[1, 1000].Sample(
        seed =>
        {
            using var scope = NewDisposeScope();
            var arguments = Arguments(seed);
            arguments = With(arguments, temperatures: full_like(arguments.Temperatures, Scalars.Of(3)));
            var joint = new EnsembleLoss().PerMentor(arguments).sum(dim: 0).Doubles();
            var apart = stack([.. arguments.Mentors.Select((mentor, m) => new EnsembleLoss().PerMentor(new()
            {
                Student = arguments.Student, Mentors = [mentor], Weights = arguments.Weights.narrow(0, m, 1),
                Temperatures = arguments.Temperatures.narrow(0, m, 1), StudentTemperatures = arguments.Temperatures.narrow(0, m, 1),
            }).squeeze(0))]).sum(dim: 0).Doubles();
            return joint.Zip(apart).All(pair => pair.First >= -1e-12 && pair.First <= pair.Second + 1e-12);
        },
        iter: 30);

    [Test]
    public void Of_one_mentor_it_is_the_divergence()
    {
        var (student, mentor, labels) = (Classes.Logits(1, 6, 4), Classes.Logits(2, 6, 4), Classes.Labels(3, 6, 4));
        ClassroomOptions options = new() { Preset = ClassroomPreset.Sample };
        var alone = Classes.Lesson(student, [mentor], labels, options);
        var joint = Classes.Lesson(student, [mentor], labels, options, new() { JointLoss = new EnsembleLoss() });
        joint.MentorLosses.ShouldEqual(alone.MentorLosses, 1e-9, "losses", absolute: 1e-12);
    }

    [Test]
    public void A_mentor_without_weight_and_a_class_without_probability_leave_it_finite()
    {
        var arguments = Arguments(4);
        var mentors = arguments.Mentors.ToArray();
        mentors[0] = full_like(mentors[0], Scalars.Of(double.NegativeInfinity)).index_fill(1, tensor(new long[] { 1 }), 0.0);
        mentors[1] = mentors[2] = mentors[0];
        var student = arguments.Student.clone().requires_grad_();
        var weights = arguments.Weights.clone();
        weights[TensorIndex.Colon, 2] = 0;
        var parts = new EnsembleLoss().PerMentor(With(arguments, student, mentors, weights));
        parts.sum().backward();
        parts.isfinite().all().item<bool>().Should().BeTrue();
        student.grad!.isfinite().all().item<bool>().Should().BeTrue();
        parts[TensorIndex.Colon, 2].Doubles().Should().OnlyContain(part => part == 0);
        student.grad![2].Doubles().Should().OnlyContain(slope => slope == 0);
    }

    [Test]
    public void Two_losses_at_once_are_refused() =>
        FluentActions.Invoking(() => new LogitsTask(new() { Loss = new DkdLoss(), JointLoss = new EnsembleLoss() }))
            .Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*JointLoss*");

    [Test]
    public void Leaves_nothing_behind_but_its_result()
    {
        var arguments = Arguments(5);
        arguments.Student.requires_grad_();
        var before = LiveTensors.Settled();
        var parts = new EnsembleLoss().PerMentor(arguments);
        Tensor.TotalCount.Should().Be(before + 1);
        parts.Dispose();
    }
}
