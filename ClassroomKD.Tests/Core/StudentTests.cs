using static TorchSharp.torch.nn;

namespace ClassroomKD.Tests.Core;

public sealed class StudentTests
{
    [Test]
    public void Learns_in_training_mode_and_is_examined_in_evaluation_mode()
    {
        using var scope = NewDisposeScope();
        using var student = new Student("pupil", Sequential(Linear(4, 3), Dropout(0.5)));
        var input = randn(64, 4);
        student.Answer(input).requires_grad.Should().BeTrue();
        student.Module.training.Should().BeTrue();
        student.Examine(input).ShouldBeBitwiseEqual(student.Examine(input), "dropout is off");
        student.Examine(input).requires_grad.Should().BeFalse();
        student.Answer(input);
        student.Module.training.Should().BeTrue();
    }

    [Test]
    public void Parts_that_their_owner_froze_stay_in_evaluation_mode()
    {
        using var scope = NewDisposeScope();
        var (frozen, dropout, stubborn) = (BatchNorm1d(4), Dropout(0.5), new Stubborn());
        using var student = new Student("pupil", Sequential(Sequential(frozen, dropout), stubborn));
        frozen.eval();
        var mean = frozen.running_mean!.Doubles();
        void ShouldLearnAlone() =>
            (student.Module.training, dropout.training, frozen.training, stubborn.IsLearning).Should().Be((true, true, false, false));

        student.Examine(randn(8, 4));
        ShouldLearnAlone();
        student.Invoking(pupil => pupil.Examine(randn(8, 3))).Should().Throw<InvalidOperationException>();
        ShouldLearnAlone();
        student.Answer(randn(8, 4)).sum().backward();
        ShouldLearnAlone();
        frozen.running_mean!.Doubles().Should().Equal(mean);
    }

    [Test]
    public void A_student_that_cannot_answer_says_what_came_and_what_bytes_lack()
    {
        using var scope = NewDisposeScope();
        using var student = new Student("pupil", Linear(4, 3));
        foreach (var use in (Func<Tensor, Tensor>[])[student.Answer, student.Examine])
        {
            FluentActions.Invoking(() => use(ones(5, 4, ScalarType.Byte))).Should().Throw<InvalidOperationException>()
                .WithMessage("Student 'pupil' *[5, 4], Byte on cpu; *Normalization*").Which.Message.Should().NotContain("frame #");
            FluentActions.Invoking(() => use(ones(5, 7))).Should().Throw<InvalidOperationException>()
                .WithMessage("Student 'pupil' *[5, 7], Float32 on cpu: *").Which.Message.Should().NotContain("Normalization");
        }
    }

    [Test]
    public void Saves_whole_or_not_at_all()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using var student = new Student("pupil", Linear(4, 3));
            var path = Path.Combine(folder, "pupil.safetensors");
            student.Save(path);
            Directory.GetFiles(folder).Should().Equal(path);
            using var again = Linear(4, 3);
            again.LoadWeights(path);
            again.weight.ShouldBeBitwiseEqual(((TorchSharp.Modules.Linear)student.Module).weight, "weight");

            var nowhere = Path.Combine(folder, "missing", "pupil.safetensors");
            student.Invoking(pupil => pupil.Save(nowhere)).Should().Throw<IOException>();
            Directory.GetFiles(folder).Should().Equal(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Its normalization never moves, however it is switched.
    private sealed class Stubborn : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.BatchNorm1d normalization = BatchNorm1d(4);

        public Stubborn()
            : base(nameof(Stubborn))
        {
            RegisterComponents();
            normalization.eval();
        }

        public bool IsLearning => normalization.training;

        public override Tensor forward(Tensor input) => normalization.call(input);

        public override void train(bool on = true)
        {
            base.train(on);
            normalization.eval();
        }
    }
}
