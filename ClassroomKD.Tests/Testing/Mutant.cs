using ClassroomKD.Testing;

namespace ClassroomKD.Tests.Testing;

/// <summary>A part with one fault, and the rule that must name it.</summary>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Rule">The rule that it breaks.</param>
/// <param name="Suite">The rules, of the part with the fault.</param>
internal sealed record Mutant(string Fault, string Rule, ConformanceSuite Suite)
{
    public override string ToString() => Fault;

    /// <summary>The rule fails, with a message that names it and says what was expected and what came.</summary>
    public void ShouldBeCaught() => Suite.Tests.Single(test => test.Name == Rule).Invoking(test => test.Run()).Should()
        .Throw<ConformanceException>().WithMessage($"{Rule}: *expected*got *");
}
