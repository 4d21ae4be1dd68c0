namespace ClassroomKD;

/// <summary>A ranker and those that it wraps, the outermost first.</summary>
internal sealed class RankerChain
{
    private readonly IReadOnlyList<IMentorRanker> rankers;

    /// <exception cref="ArgumentException">Two choose who answers, or one chooses where another remembers.</exception>
    public RankerChain(IMentorRanker outermost)
    {
        var all = new List<IMentorRanker>();
        for (IMentorRanker? ranker = outermost; ranker is not null; ranker = ranker.Inner)
            all.Add(ranker);
        rankers = all;
        var choosers = all.OfType<IMentorSelector>().ToList();
        if (choosers.Count > 1)
            throw new ArgumentException(
                $"{choosers[0].GetType().Name} and {choosers[1].GetType().Name} both choose who answers; one of them can.",
                nameof(outermost));
        Selector = choosers.FirstOrDefault();
        if (Selector is not null && all.OfType<IStateful>().FirstOrDefault() is { } stateful)
            throw new ArgumentException(
                $"{stateful.GetType().Name} remembers what every mentor did, but {Selector.GetType().Name} lets only some answer.",
                nameof(outermost));
    }

    /// <summary>Who chooses which mentors answer; null: all do.</summary>
    public IMentorSelector? Selector { get; }

    /// <summary>What the outermost that asks for a granularity asks for; null: none does.</summary>
    public PerformanceGranularity? Granularity => rankers.Select(ranker => ranker.Granularity).FirstOrDefault(asked => asked is not null);

    /// <summary>The rankers, by what checkpoints call them.</summary>
    public IEnumerable<(string Name, object Part)> Parts => rankers.Index().Select(part => ($"ranker.{part.Index}", (object)part.Item));
}
