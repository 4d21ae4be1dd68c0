using ClassroomKD.Testing;

namespace ClassroomKD.Tests.Testing;

/// <summary>Rankers and paces that read an assessment of their own task are tested on it.</summary>
public sealed class MarginTaskTests : TensorFixture
{
    private static IEnumerable<ConformanceTest> Rules =>
    [
        .. Ranker().Tests, .. new PaceConformance(() => new MarginPace()) { Task = new MarginTask() }.Tests,
        .. OwnParts.LogitsTaskRules(() => new MarginTask()).Tests,
    ];

    internal static RankerConformance Ranker(Func<MarginAssessment, Tensor, Tensor>? fault = null) =>
        new(() => new MarginRanker(fault)) { Task = new MarginTask(), TeachesOnlyBetter = true };

    [TestCaseSource(nameof(Rules))]
    public void Part_keeps_the_rule(ConformanceTest rule) => rule.Run();

    [Test]
    public void A_number_read_is_the_cause_that_every_broken_rule_names()
    {
        var suite = Ranker((_, weights) => weights.max().item<float>() > 5 ? weights.mul(Scalars.Half) : weights);
        var broken = new List<string>();
        foreach (var rule in suite.Tests)
            try
            {
                rule.Run();
            }
            catch (ConformanceException exception)
            {
                broken.Add(exception.Message);
            }

        broken.Should().HaveCountGreaterThan(5).And.OnlyContain(message => message.Contains("calls Tensor.item()"));
    }

    [Test]
    public void All_that_an_assessment_tells_moves_to_another_device()
    {
        var drawn = LogitsCase.Draw(new());
        foreach (var task in (IDistillationTask<Tensor, Tensor>[])[LogitsCase.UsualTask, new MarginTask()])
        {
            var assessment = drawn.Assess(task);
            var tables = AssessmentTables.Of(assessment);
            var moved = AssessmentTables.Of(MovedAssessment.Move(assessment, META));

            tables.Should().HaveCount(task is MarginTask ? 5 : 10).And.OnlyContain(table => table.Tensor.device_type == DeviceType.CPU);
            moved.Select(table => table.Name).Should().BeEquivalentTo(tables.Select(table => table.Name));
            moved.Should().OnlyContain(table => table.Tensor.device_type == DeviceType.META);
        }
    }
}
