namespace ClassroomKD.Tests.Core.Mentors;

/// <summary>What a ranker is told of a mentor with other classes, among mentors without.</summary>
public sealed class MappedAssessmentTests : TensorFixture
{
    [Test]
    public void The_second_of_three_mentors_is_judged_by_its_own_map_and_its_own_answers()
    {
        var own = zeros(4, 7, ScalarType.Float64);
        own[0, 3] = 5; // right about class 0
        own[2, 6] = 5; // wrong about class 2
        own[3, 6] = double.NaN;
        var student = Classes.Logits(1, 4, 5);
        student[0, 1] = 10; // wrong, for a class that the mentor has not
        student[1, 1] = 10; // right
        Tensor[] answers = [Classes.Logits(3, 4, 5), own, Classes.Logits(4, 4, 5)];
        var watching = new Watching();
        var maps = new[] { null, ClassMap.FromIndices([3, -1, 0, 6, -1], 7), null };
        using var classroom = new Classroom(
            maps.Select((map, m) => new Mentor($"mentor {m}", input => input, new MentorOptions { Classes = map })), ranker: watching);

        classroom.Teach(Classes.Learning(student), answers, tensor(new long[] { 0, 1, 2, 3 }));

        watching.Correct.Should().Equal(true, false, false, false);
        watching.StudentsCorrect.Take(2).Should().Equal([false, true], "it is judged by its own answers");
        watching.Eligible.Should().Equal([true, false, true, false], "class 1 it has not, and class 3 has NaN");
        watching.OthersEligible.Should().OnlyContain(one => one);
        watching.Divergences.Should().OnlyContain(one => double.IsFinite(one));
        watching.Divergences[3].Should().Be(0, "an unusable answer counts as zeros, on both sides");
        watching.OthersDivergences[3].Should().BePositive();
    }

    private sealed class Watching : IMentorRanker
    {
        public bool[] Correct { get; private set; } = [];

        public bool[] StudentsCorrect { get; private set; } = [];

        public bool[] Eligible { get; private set; } = [];

        public bool[] OthersEligible { get; private set; } = [];

        public double[] Divergences { get; private set; } = [];

        public double[] OthersDivergences { get; private set; } = [];

        public Ranking Rank(in RankingArguments arguments)
        {
            var assessment = arguments.Assessment;
            (StudentsCorrect, Correct) = (Flags(assessment.Correct!, 0), Flags(assessment.Correct!, 2));
            Eligible = Flags(assessment.Eligible!, 1);
            OthersEligible = [.. Flags(assessment.Eligible!, 0), .. Flags(assessment.Eligible!, 2)];
            Divergences = [.. assessment.Divergences()[1].Doubles()];
            OthersDivergences = [.. assessment.Divergences()[0].Doubles()];
            return new UniformRanker().Rank(arguments);
        }

        private static bool[] Flags(Tensor table, int row) => table.select(0, row).data<bool>().ToArray();
    }
}
