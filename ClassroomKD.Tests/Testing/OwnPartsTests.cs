using System.Reflection;
using ClassroomKD.Testing;
using ClassroomKD.Tests.Conventions;

namespace ClassroomKD.Tests.Testing;

/// <summary>The packages' own parts keep the rules that plugins must keep.</summary>
public sealed class OwnPartsTests
{
    private static readonly Type[] Kinds =
    [
        typeof(IMentorRanker), typeof(ILearningPaceScheduler), typeof(ILogitsDistillationLoss), typeof(IJointLogitsLoss),
        typeof(IDistillationTask<,>),
    ];

    private static IEnumerable<TestCaseData> Rules =>
        from part in OwnParts.All
        from test in part.Suite.Tests
        select new TestCaseData(test).SetArgDisplayNames(part.Part.Name, part.Name, test.Name);

    private static IEnumerable<TestCaseData> MentorRules =>
        from mentor in OwnParts.Mentors
        from test in mentor.Suite.Tests
        select new TestCaseData(test).SetArgDisplayNames(mentor.Name, test.Name);

    [TestCaseSource(nameof(Rules))]
    public void Part_keeps_the_rule(ConformanceTest rule) => rule.Run();

    [TestCaseSource(nameof(MentorRules))]
    public void Mentor_keeps_the_rule(ConformanceTest rule) => rule.Run();

    [Test]
    public void None_is_forgotten()
    {
        var forgotten =
            from type in Checkout.Packages.Select(Assembly.Load).SelectMany(assembly => assembly.GetTypes())
            where type is { IsClass: true, IsAbstract: false }
            where type.GetInterfaces().Any(kind => Kinds.Contains(kind.IsGenericType ? kind.GetGenericTypeDefinition() : kind))
            where !OwnParts.All.Any(part => part.Part == type)
            select type.FullName!;
        forgotten.ShouldBeNone();
    }
}
