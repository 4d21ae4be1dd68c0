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
}
