namespace ClassroomKD.Tests.Core;

/// <summary>What a classroom leaves behind: nothing.</summary>
public sealed class ClassroomMemoryTests : TensorFixture
{
    [Test]
    public void A_thousand_lessons_leave_no_tensor_behind()
    {
        using var classroom = new Classroom(Classes.Mentors(3));
        var student = Classes.Logits(1, 8, 5, ScalarType.Float32).requires_grad_();
        Tensor[] answers = [.. Enumerable.Range(2, 3).Select(seed => Classes.Logits(seed, 8, 5, ScalarType.Float32))];
        var labels = Classes.Labels(4, 8, 5);
        long before = 0;
        for (var step = 0; step < 1_010; step++)
        {
            if (step == 10)
                before = LiveTensors.Settled();
            using var inner = NewDisposeScope();
            classroom.Teach(student, answers, labels).Loss.backward();
        }
        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Without_a_scope_disposing_the_lesson_is_enough()
    {
        using var classroom = new Classroom(Classes.Mentors(1));
        var student = Classes.Logits(1, 8, 5).requires_grad_().DetachFromDisposeScope();
        var answer = Classes.Logits(2, 8, 5).DetachFromDisposeScope();
        var labels = Classes.Labels(4, 8, 5).DetachFromDisposeScope();
        Scope.Dispose();
        classroom.Teach(student, [answer], labels).Dispose();
        var before = LiveTensors.Settled();
        for (var step = 0; step < 20; step++)
            classroom.Teach(student, [answer], labels).Dispose();
        Tensor.TotalCount.Should().Be(before);
        student.Dispose();
        answer.Dispose();
        labels.Dispose();
    }
}
