using CustomRanker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Tests.Core;

/// <summary>The plugin that the documentation shows, seen from outside: it references ClassroomKD.Core alone.</summary>
public sealed class PluginTests
{
    [Test]
    public void Margin_decides_who_teaches()
    {
        using var scope = NewDisposeScope();
        var ranking = new MarginRanker(new() { Margin = 0.2 }).Rank(new()
        {
            Assessment = new Assessment { Performances = tensor(new[,] { { 0.5 }, { 0.6 }, { 0.9 } }) },
        });
        ranking.Weights.Doubles().Should().Equal([0, 0.4], (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Test]
    public void Is_chosen_by_one_extension_method_and_keeps_its_own_options_per_classroom()
    {
        var services = new ServiceCollection();
        services.AddClassroom("a").UseMarginRanker(options => options.Margin = 0.3);
        services.AddClassroom("b");
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredKeyedService<IMentorRanker>("a").Should().BeOfType<MarginRanker>();
        provider.GetRequiredKeyedService<IMentorRanker>("b").Should().BeOfType<KnowledgeFilteringRanker>();
    }

    [Test]
    public void Bad_options_are_named()
    {
        var services = new ServiceCollection();
        services.AddClassroom("a").UseMarginRanker(options => options.Margin = 3);
        using var provider = services.BuildServiceProvider();
        provider.Invoking(p => p.GetRequiredKeyedService<IMentorRanker>("a")).Should().Throw<OptionsValidationException>().WithMessage("*Margin*");
    }

    [Test]
    public void References_core_alone() =>
        typeof(MarginRanker).Assembly.GetReferencedAssemblies().Select(name => name.Name)
            .Where(name => name!.StartsWith("ClassroomKD", StringComparison.Ordinal)).Should().Equal("ClassroomKD.Core");
}
