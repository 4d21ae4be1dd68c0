namespace ClassroomKD.Tests.Testing;

/// <summary>What the conformance tests are worth: every planted fault breaks the rule that names it.</summary>
public sealed class MutantTests
{
    private static IEnumerable<TestCaseData> Mutants =>
        from mutant in RankerMutants.All.Concat(LossMutants.All).Concat(TaskMutants.All).Concat(MentorMutants.All)
        select new TestCaseData(mutant).SetArgDisplayNames(mutant.Suite.GetType().Name, mutant.Fault);

    [TestCaseSource(nameof(Mutants))]
    public void Is_caught_by_the_rule(object mutant) => ((Mutant)mutant).ShouldBeCaught();
}
