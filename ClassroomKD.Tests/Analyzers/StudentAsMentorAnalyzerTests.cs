using ClassroomKD.Analyzers;

namespace ClassroomKD.Tests.Analyzers;

public sealed class StudentAsMentorAnalyzerTests
{
    [Test]
    public Task One_network_in_both_seats_is_reported() => new Subject("""
        var net = nn.Linear(2, 2);
        var other = nn.Linear(2, 2);
        var answered = nn.Linear(2, 2);
        Tensor x = ones(1, 2), y = zeros(1, ScalarType.Int64);
        using var classroom = new Classroom([
            new Mentor("net", [|net|]), new Mentor("other", other),
            new Mentor("function", [|input => answered.forward(input)|]), new Mentor("group", [|answered.forward|])]);
        using var student = new Student("net", net);
        var answer = answered.forward(x);
        classroom.Teach(x, answer, y);

        new ServiceCollection().AddClassroom("c")
            .AddMentor("net", [|_ => net|]).AddMentor("other", _ => other).AddStudent("net", _ => net);

        sealed class Trainer(nn.Module<Tensor, Tensor> given, Classroom classroom)
        {
            private readonly nn.Module<Tensor, Tensor> network = given, another = given;

            public Mentor Teacher() => new("teacher", [|network|]);

            public Mentor Another() => new("another", another);

            public Lesson Step(Tensor x, Tensor y) => classroom.Teach(x, network.forward(x), y);

            public Lesson Step(Trainer other, Tensor x, Tensor y) => classroom.Teach(x, other.another.forward(x), y);
        }
        """).ShouldReport(new StudentAsMentorAnalyzer(), "CKD0005");

    [Test]
    public Task A_student_may_become_the_next_ones_mentor() => new Subject("""
        static class Program
        {
            static Mentor Promoted(Action<Student> train)
            {
                var net = nn.Linear(2, 2);
                train(new Student("first", net));
                return new Mentor("first", net);
            }

            static void Two(Func<nn.Module<Tensor, Tensor>> create)
            {
                var net = create();
                using var mentor = new Mentor("mentor", net);
                net = create();
                using var student = new Student("student", net);
            }
        }
        """).ShouldReport(new StudentAsMentorAnalyzer(), "CKD0005");
}
