using static TorchSharp.torch.nn;

namespace ClassroomKD.Tests.Core;

public sealed class MentorTests : TensorFixture
{
    private static TorchSharp.Modules.Sequential Model() =>
        Sequential(Linear(4, 8), BatchNorm1d(8), ReLU(), Dropout(0.5), Linear(8, 3));

    [Test]
    public void Answers_without_gradient_in_evaluation_mode()
    {
        using var model = Model();
        using var mentor = new Mentor("teacher", model);
        var input = randn(5, 4);
        var answer = mentor.Answer(input);
        answer.requires_grad.Should().BeFalse();
        mentor.Answer(input).ShouldBeBitwiseEqual(answer, "dropout is off");
    }

    [Test]
    public void Stays_as_it_was_through_training_steps_under_a_parent_in_training_mode()
    {
        var mentorModel = Model();
        using var mentor = new Mentor("teacher", mentorModel);
        var studentModel = Linear(4, 3);
        using var both = Sequential(mentorModel, studentModel);
        using var optimizer = new SgdOptimizer(both.parameters(), 0.5, momentum: 0.9, weightDecay: 0.1);
        using var classroom = new Classroom([mentor]);
        var before = mentorModel.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        var studentBefore = studentModel.weight.clone();
        for (var step = 0; step < 5; step++)
        {
            both.train();
            optimizer.zero_grad();
            var input = randn(8, 4);
            classroom.Teach(input, studentModel.forward(input), randint(0, 3, [8])).Loss.backward();
            optimizer.step();
        }
        foreach (var (name, value) in mentorModel.state_dict())
            value.ShouldBeBitwiseEqual(before[name], name);
        studentModel.weight.Doubles().Should().NotEqual(studentBefore.Doubles(), "the student learns");
    }

    [Test]
    public void A_part_put_back_into_training_mode_is_frozen_again()
    {
        using var model = Model();
        using var mentor = new Mentor("teacher", model);
        var norm = (TorchSharp.Modules.BatchNorm1d)model.children().ElementAt(1);
        var statistics = norm.running_mean!.clone();
        norm.train();
        mentor.Answer(randn(5, 4));
        norm.running_mean!.ShouldBeBitwiseEqual(statistics, "running mean");
    }

    [Test]
    public void Failure_names_the_mentor_and_the_input()
    {
        using var mentor = new Mentor("teacher", Linear(4, 3));
        mentor.Invoking(teacher => teacher.Answer(randn(5, 7))).Should().Throw<MentorException>().WithMessage("*'teacher'*[5, 7]*");
    }

    [Test]
    public void Failure_says_what_came_and_no_address_of_native_code([Values] bool prepared)
    {
        var options = new MentorOptions { Inference = new() { Prepare = prepared } };
        using var mentor = new Mentor("teacher", Sequential(Conv2d(3, 4, 3), ReLU()), options);
        mentor.Invoking(teacher => teacher.Answer(randn(8, 2, 6, 6))).Should().Throw<MentorException>()
            .WithMessage("*'teacher'*[8, 2, 6, 6]*").Which.Message.Should().NotContainAny("frame #", "\n", "input[4,");
    }

    [Test]
    public void One_model_is_no_two_mentors()
    {
        using var model = Linear(4, 3);
        Mentor[] mentors = [new("first", model), new("second", Linear(4, 3)), new("third", model)];
        FluentActions.Invoking(() => new Classroom(mentors, name: "room")).Should().Throw<ArgumentException>()
            .WithMessage("The mentors 'first' and 'third' of classroom 'room' have one model*");
    }

    [Test]
    public void Owns_its_module()
    {
        var model = Linear(4, 3);
        var mentor = new Mentor("teacher", model);
        mentor.Dispose();
        model.weight.IsInvalid.Should().BeTrue();
        mentor.Invoking(teacher => teacher.Answer(randn(5, 4))).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void Releases_what_the_forward_pass_made()
    {
        using var mentor = new Mentor("ensemble", x => x.exp() * 2 + x.sin());
        var input = randn(5, 4);
        mentor.Answer(input).Dispose();
        var before = LiveTensors.Settled();
        mentor.Answer(input).Dispose();
        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Tuple_answers_reach_the_callers_scope()
    {
        using var mentor = new Mentor<(Tensor X, Tensor Y)>("simcc", input => (input.exp(), input.sin()));
        var (x, y) = mentor.Answer(randn(2, 3));
        x.IsInvalid.Should().BeFalse();
        y.IsInvalid.Should().BeFalse();
    }
}
