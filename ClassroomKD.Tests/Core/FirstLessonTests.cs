using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClassroomKD.Tests.Core;

/// <summary>What is wrong with answers is said with the first lesson, with and without a logger.</summary>
public sealed class FirstLessonTests : TensorFixture
{
    private static readonly Tensor Labels = Classes.Labels(4, 6, 5).DetachFromDisposeScope();

    [Test]
    public void A_mentor_that_answers_NaN_is_named_with_the_first_lesson_and_once()
    {
        var logger = new LogLines();
        using var classroom = new Classroom(Classes.Mentors(2), logger: logger);
        var broken = Classes.Logits(2, 6, 5);
        broken[1, 2] = double.NaN;
        broken[4, 0] = double.PositiveInfinity;
        for (var lesson = 0; lesson < 3; lesson++)
            classroom.Teach(Classes.Learning(Classes.Logits(1, 6, 5)), [Classes.Logits(3, 6, 5), broken], Labels);

        logger.All.Should().ContainSingle().Which.Should().Match("*'mentor 1'*2 of 6 samples with NaN or infinity*");
        classroom.ReadReport();
        logger.All.Should().HaveCount(2).And.Subject.Last().Should().Match("*'mentor 1'*6 of 18 samples*");
    }

    [Test]
    public void A_mentor_that_is_absent_at_first_is_named_when_it_comes()
    {
        var logger = new LogLines();
        using var classroom = new Classroom(Classes.Mentors(2), ranker: new Alternating(), logger: logger);
        Tensor[] answers = [Classes.Logits(3, 6, 5), full_like(Classes.Logits(2, 6, 5), double.NaN)];
        var said = Enumerable.Range(0, 4).Select(_ =>
        {
            classroom.Teach(Classes.Learning(Classes.Logits(1, 6, 5)), answers, Labels);
            return logger.All.Count;
        });
        said.Should().Equal(0, 1, 1, 1);
    }

    private sealed class Alternating : IMentorRanker, IMentorSelector
    {
        public IReadOnlyList<int> Choose(int mentors, long lessons) => [(int)(lessons % mentors)];

        public Ranking Rank(in RankingArguments arguments) => new UniformRanker().Rank(arguments);
    }

    [Test]
    public void Without_a_logger_it_is_said_on_standard_error_and_a_null_logger_silences_it()
    {
        var broken = full_like(Classes.Logits(2, 6, 5), double.NaN);
        string Said(ILogger? logger)
        {
            var before = Console.Error;
            using var error = new StringWriter();
            Console.SetError(error);
            try
            {
                using var classroom = new Classroom(Classes.Mentors(1), name: "quiet", logger: logger);
                classroom.Teach(Classes.Learning(Classes.Logits(1, 6, 5)), [broken], Labels);
                classroom.ReadReport();
            }
            finally
            {
                Console.SetError(before);
            }

            return error.ToString();
        }

        Said(null).Should().Contain("ClassroomKD: Mentor 'mentor 0' of classroom 'quiet' answered 6 of 6 samples with NaN or infinity");
        Said(NullLogger.Instance).Should().BeEmpty();
    }

    [Test]
    public void Probabilities_are_named_with_what_to_state()
    {
        var logger = new LogLines();
        using var classroom = new Classroom(Classes.Mentors(3), logger: logger);
        var logits = Classes.Logits(2, 6, 5);
        classroom.Teach(
            Classes.Learning(Classes.Logits(1, 6, 5)), [logits.softmax(1), logits.log_softmax(1), logits.sigmoid()], Labels);

        logger.All.Should().ContainSingle().Which.Should()
            .Match("*'mentor 0'*probabilities*MentorOptions.Answers to AnswerForm.Probabilities*");
    }

    [TestCase(1, 0)]
    [TestCase(2, 1)]
    public void A_single_class_is_certain_whatever_is_answered(int classes, int notices)
    {
        var logger = new LogLines();
        using var classroom = new Classroom(Classes.Mentors(1), logger: logger);
        var labels = zeros(6, ScalarType.Int64);
        classroom.Teach(Classes.Learning(Classes.Logits(1, 6, classes)), [Classes.Logits(2, 6, classes).softmax(1)], labels);
        logger.All.Should().HaveCount(notices);
    }

    [Test]
    public void A_student_that_ends_in_a_softmax_is_named()
    {
        var logger = new LogLines();
        using var classroom = new Classroom(Classes.Mentors(1), logger: logger);
        classroom.Teach(Classes.Learning(Classes.Logits(1, 6, 5)).softmax(1), [Classes.Logits(2, 6, 5)], Labels);
        logger.All.Should().ContainSingle().Which.Should().Match("The student*probabilities*remove the softmax*");
    }

    [Test]
    public void Probabilities_that_are_stated_are_not_named()
    {
        var logger = new LogLines();
        using var mentor = new Mentor("soft", x => x.softmax(1), new MentorOptions { Answers = AnswerForm.Probabilities });
        using var classroom = new Classroom([mentor], logger: logger);
        var input = Classes.Logits(2, 6, 5);
        classroom.Teach(input, Classes.Learning(Classes.Logits(1, 6, 5)), Labels);
        logger.All.Should().BeEmpty();
    }
}
