using System.Collections.Concurrent;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Core.Mentors;

/// <summary>What mentors answer with, where, and to how many threads.</summary>
public sealed class MentorAnswersTests : TensorFixture
{
    private static readonly MentorOptions Probabilities = new() { Answers = AnswerForm.Probabilities };

    [Test]
    public void Probabilities_teach_as_the_logits_that_they_come_from([Values] ClassroomPreset preset)
    {
        var (student, logits, labels) = (Classes.Logits(1, 8, 5), Classes.Logits(2, 8, 5), Classes.Labels(3, 8, 5));
        using Mentor sure = new("m", _ => logits.clone()), soft = new("m", _ => logits.softmax(1), Probabilities);
        using Classroom expected = new([sure], new() { Preset = preset }), actual = new([soft], new() { Preset = preset });

        var lesson = actual.Teach(student, Classes.Learning(student), labels);
        lesson.Loss.ShouldEqual(expected.Teach(student, Classes.Learning(student), labels).Loss, 1e-9, "loss");
    }

    [Test]
    public void A_probability_of_zero_has_a_finite_logarithm_and_what_is_none_has_none()
    {
        using var mentor = new Mentor("m", x => x.clone(), Probabilities);
        mentor.Answer(tensor(new[] { 0, 1, 0.25 })).ShouldBe([-87.3365, 0, -1.386294], 1e-3);
        mentor.Answer(tensor(new[] { -0.1f, 1.1f })).isnan().any().item<bool>().Should().BeTrue();
    }

    [Test]
    public void Log_probabilities_are_left_as_they_are()
    {
        using var mentor = new Mentor("m", x => x.clone(), new MentorOptions { Answers = AnswerForm.LogProbabilities });
        var answer = randn(3, 4).log_softmax(1);
        mentor.Answer(answer).ShouldBeBitwiseEqual(answer, "logits already");
    }

    [Test]
    public void Probabilities_are_stated_of_one_tensor_alone() =>
        FluentActions.Invoking(() => new Mentor<(Tensor, Tensor)>("simcc", x => (x, x), Probabilities))
            .Should().Throw<ArgumentException>().WithMessage("*'simcc'*Answers*Probabilities*");

    [Test]
    public void What_is_stated_of_answers_is_part_of_the_fingerprint()
    {
        using Mentor logits = new("m", x => x), probabilities = new("m", x => x, Probabilities);
        probabilities.Fingerprint.Should().NotBe(logits.Fingerprint);
    }

    [Test]
    public void Null_and_disposed_answers_name_the_mentor()
    {
        var gone = randn(2, 3);
        gone.Dispose();
        using Mentor none = new("none", _ => null!), disposed = new("old", _ => gone);
        using var pair = new Mentor<(Tensor, Tensor)>("pair", x => (x.clone(), null!));
        none.Invoking(m => m.Answer(ones(1))).Should().Throw<MentorException>().WithMessage("*'none'*null*");
        disposed.Invoking(m => m.Answer(ones(1))).Should().Throw<MentorException>().WithMessage("*'old'*disposed*cloned*");
        pair.Invoking(m => m.Answer(ones(1))).Should().Throw<MentorException>().WithMessage("*'pair'*null*");
    }

    [TestCase(ScalarType.Int64)]
    [TestCase(ScalarType.Bool)]
    public void Answers_that_are_no_logits_name_the_mentor_and_the_type(ScalarType type)
    {
        using var mentor = new Mentor("counts", x => x.to(type));
        using var classroom = new Classroom([mentor]);
        var student = Classes.Logits(1, 4, 5);
        classroom.Invoking(room => room.Teach(student, Classes.Learning(student), Classes.Labels(1, 4, 5)))
            .Should().Throw<MentorException>().WithMessage($"*'counts' answered {type} [4, 5]*floating-point*");
    }

    [Test]
    public void Batch_goes_to_the_mentors_device_and_the_answer_back()
    {
        var seen = DeviceType.CPU;
        using var mentor = new Mentor<(Tensor, Tensor)>(
            "far",
            x =>
            {
                seen = x.device_type;
                return (zeros(2, 3), ones(4));
            },
            new MentorOptions { Device = new Device(DeviceType.META) });
        var (first, second) = mentor.Answer(randn(2, 5));

        seen.Should().Be(DeviceType.META);
        first.device_type.Should().Be(DeviceType.CPU);
        second.ShouldBe([1, 1, 1, 1]);
    }

    [Test]
    public void A_mentor_shared_by_threads_gives_each_the_same_answer_from_the_first_on()
    {
        for (var round = 0; round < 10; round++)
        {
            var input = randn(4, 3, 16, 16);
            var options = new MentorOptions
            {
                Input = new() { Channels = [2, 1, 0], MentorMean = [.1f, .2f, .3f], MentorStandardDeviation = [.5f, .5f, .5f] },
            };
            manual_seed(round);
            using var mentor = new Mentor("shared", new CifarResNet(8, 10, 8), options);
            manual_seed(round);
            using var alone = new Mentor("alone", new CifarResNet(8, 10, 8), options);
            var expected = alone.Answer(input).Doubles();
            var answers = new ConcurrentBag<double[]>();
            Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                using var scope = NewDisposeScope();
                for (var i = 0; i < 3; i++)
                    answers.Add(mentor.Answer(input).Doubles());
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            answers.Should().HaveCount(12).And.AllSatisfy(
                answer => answer.Should().Equal(expected, (x, y) => Math.Abs(x - y) < 1e-4));
        }
    }
}
