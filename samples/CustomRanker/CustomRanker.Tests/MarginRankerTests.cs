using ClassroomKD;
using ClassroomKD.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using TorchSharp;

namespace CustomRanker.Tests;

public sealed class MarginRankerTests
{
    private static IEnumerable<ConformanceTest> Rules =>
        new RankerConformance(() => new MarginRanker(new() { Margin = 0.2 })) { TeachesOnlyBetter = true }.Tests;

    [TestCaseSource(nameof(Rules))]
    public void Keeps_the_rules_of_rankers(ConformanceTest rule) => rule.Run();

    [Test]
    public void Margin_decides_who_teaches()
    {
        LibTorch.Load();
        using var scope = torch.NewDisposeScope();
        var performances = torch.tensor(new[,] { { 0.5 }, { 0.6 }, { 0.9 } });    // the student, two mentors; one sample
        var ranking = new MarginRanker(new() { Margin = 0.2 }).Rank(new() { Assessment = new Assessment { Performances = performances } });
        Assert.That(ranking.Weights.data<double>().ToArray(), Is.EqualTo(new[] { 0, 0.4 }).Within(1e-12));
    }

    [Test]
    public void Is_chosen_by_one_call_and_has_options_for_each_classroom()
    {
        var services = new ServiceCollection();
        services.AddClassroom("a").UseMarginRanker(options => options.Margin = 0.3);
        services.AddClassroom("b");
        using var provider = services.BuildServiceProvider();
        Assert.That(provider.GetRequiredKeyedService<IMentorRanker>("a"), Is.TypeOf<MarginRanker>());
        Assert.That(provider.GetRequiredKeyedService<IMentorRanker>("b"), Is.Not.TypeOf<MarginRanker>());
    }

    [Test]
    public void A_margin_out_of_range_is_named()
    {
        Assert.That(
            () => new MarginRanker(new() { Margin = 3 }), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("Margin"));
        var services = new ServiceCollection();
        services.AddClassroom("a").UseMarginRanker(options => options.Margin = 3);
        using var provider = services.BuildServiceProvider();
        Assert.That(
            () => provider.GetRequiredKeyedService<IMentorRanker>("a"),
            Throws.TypeOf<OptionsValidationException>().With.Message.Contains("Margin"));
    }
}
