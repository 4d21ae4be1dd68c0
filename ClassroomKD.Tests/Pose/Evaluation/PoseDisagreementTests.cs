using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Evaluation;

public sealed class PoseDisagreementTests
{
    private static readonly JointLayout Two = JointLayout.Named(["left", "right"], sigmas: [.1, .05]);

    private static readonly PersonDataset Data = new(
        [Person(0, [10, 10, 2, 20, 10, 2]), Person(1, [10, 10, 2, 20, 10, 0]), Person(2, [0, 0, 0, 0, 0, 0])], Two,
        _ => throw new NotSupportedException());

    [Test]
    public void Persons_are_found_by_the_mean_similarity_of_any_two_mentors()
    {
        NamedPredictions one = Says("one", [10, 10, 20, 10], [10, 10, 20, 10], [1, 1, 9, 1]),
            two = Says("two", [13, 10, 20, 14], [10, 11, 90, 90], [1, 1, 9, 1]),
            three = Says("three", [10, 10, 20, 10], [10, 10, 20, 10], [1, 1, 9, 1]);

        var found = PoseDisagreement.Find(Data, [one, two, three], Says("student", [11, 10, 20, 10], [0, 0, 0, 0], [0, 0, 0, 0]));

        // exp(-d² / (2 A (2 sigma)²)) with A 50: 4 for the first joint's 2 A (2 sigma)², 1 for the second's. Of the second person only the
        // first joint is labeled; of the third none is, so all are compared.
        double apart = (Math.Exp(-9.0 / 4) + Math.Exp(-16.0)) / 2, near = Math.Exp(-1.0 / 4);
        found.Select(one => one.Person).Should().Equal(0, 1, 2);
        found.Zip([(1 + 2 * apart) / 3, (1 + 2 * near) / 3, 1.0]).Should()
            .OnlyContain(pair => Math.Abs(pair.First.Similarity - pair.Second) < 1e-9);
        found[0].Answers.Select(answer => answer.Name).Should().Equal("one", "two", "three", "student");
        found[0].Answers[0].Oks.Should().Be(1);
        found[0].Answers[3].Oks.Should().BeApproximately((1 + near) / 2, 1e-9);
        found[0].ToString().Should().Be("one: OKS 1.00\ntwo: OKS 0.05\nthree: OKS 1.00\nstudent: OKS 0.89");
        PoseDisagreement.Find(Data, [one, two], count: 1).Should().ContainSingle().Which.Person.Should().Be(0);
    }

    [Test]
    public void Who_did_not_answer_has_no_say()
    {
        var whole = Says("whole", [10, 10, 20, 10], [10, 10, 20, 10], [1, 1, 9, 1]);
        var torn = Says("torn", [double.NaN, 10, 20, 10], [10, 12, 20, 10]);

        var found = PoseDisagreement.Find(Data, [whole, torn]);

        found.Should().ContainSingle().Which.Person.Should().Be(1);
        PoseDisagreement.Find(Data, [whole, torn, whole with { Name = "again" }])[^1].ToString()
            .Should().Match("whole: *\ntorn: no answer\nagain: *");
    }

    [Test]
    public void One_mentor_is_refused() =>
        FluentActions.Invoking(() => PoseDisagreement.Find(Data, [Says("one")])).Should().Throw<ArgumentException>()
            .WithMessage("*two mentors*1*");

    private static NamedPredictions Says(string name, params double[][] places) => new(
        name, [.. places.Select((at, i) => new PosePrediction(i, [at[0], at[1], .9, at[2], at[3], .9], .9))]);

    private static PersonSample Person(int i, double[] keypoints) => new()
    {
        Id = i, ImageId = i, File = $"{i}", Box = new KeypointBox(0, 0, 30, 30), Area = 50, Keypoints = keypoints,
    };
}
