namespace ClassroomKD.Tests.Core.Mentors;

public sealed class ClassMapTests
{
    private static readonly string[] Animals = ["cat", "dog", "hen"];

    [Test]
    public void Names_are_matched_wherever_they_stand()
    {
        var map = ClassMap.FromNames(["hen", "cow", "cat"], Animals);
        map.StudentIndices.Should().Equal(0, 2);
        map.MentorIndices.Should().Equal(2, 0);
        (map.StudentClasses, map.MentorClasses, map.CoversStudent).Should().Be((3, 3, false));
        ClassMap.FromNames(["DOG", "Cat"], Animals, StringComparer.OrdinalIgnoreCase).MentorIndices.Should().Equal(1, 0);
    }

    [Test]
    public void Superset_covers_the_student() => ClassMap.FromIndices([4, 0], 5).CoversStudent.Should().BeTrue();

    [Test]
    public void What_is_no_map_is_refused_by_name()
    {
        Refusal(() => ClassMap.FromIndices([0, 1, 3], 3)).Should().Match("*up to 2*3 came*");
        Refusal(() => ClassMap.FromIndices([0, -2, 1], 3)).Should().Match("*-2 came*");
        Refusal(() => ClassMap.FromIndices([2, 0, 2], 3)).Should().Match("*class 2*0 and 2*");
        Refusal(() => ClassMap.FromIndices([-1, 0, -1], 3)).Should().Match("*at least 2*share 1*");
        Refusal(() => ClassMap.FromNames(["cat", "dog", "cat"], Animals)).Should().Match("*'cat'*class 0 and class 2*");
    }

    private static string Refusal(Action action) => action.Should().Throw<ArgumentException>().Which.Message;
}
