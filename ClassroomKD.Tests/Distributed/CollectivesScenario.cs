using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

/// <summary>Every collective with tensors of every kind; each rank knows what has to come out.</summary>
internal static class CollectivesScenario
{
    private static readonly ScalarType[] Reducible =
        [ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64];

    private static readonly ScalarType[] Any = [.. Reducible, ScalarType.Byte, ScalarType.Bool, ScalarType.Int32];

    public static void Run(IProcessGroup group, string[] arguments)
    {
        using var scope = NewDisposeScope();
        var ranks = Enumerable.Range(0, group.Size).ToArray();
        foreach (var type in Reducible)
        {
            var sum = Own(type, group.Rank);
            group.AllReduce(sum);
            Require(sum, Whole(type, ranks.Sum(), group.Size), $"the sum of {type}");
            var largest = Own(type, group.Rank);
            group.AllReduce(largest, ReduceOperation.Max);
            Require(largest, Own(type, group.Size - 1), $"the largest of {type}");
        }

        foreach (var type in Any)
        {
            var root = group.Size - 1;
            var received = group.Rank == root ? Own(type, 1) : Own(type, 0);
            group.Broadcast(received, root);
            Require(received, Own(type, 1), $"the broadcast of {type}");
            var all = group.Gather(Own(type, group.Rank % 2), root);
            if ((all is null) != (group.Rank != root))
                throw new InvalidOperationException("Exactly the root gathers.");
            if (all is not null)
                Require(all, stack(ranks.Select(rank => Own(type, rank % 2)).ToArray()), $"what was gathered of {type}");
        }

        // A view whose elements do not lie in order, and several at once.
        var columns = zeros(3, 4);
        var pending = Enumerable.Range(0, 4).Select(i =>
        {
            var column = columns.select(1, i);
            column.add_(Scalars.Of(i + group.Rank));
            return group.BeginAllReduce(column);
        }).ToList();
        pending.ForEach(reduction => reduction.Wait());
        Require(columns, arange(4).mul(Scalars.Of(group.Size)).add(Scalars.Of(ranks.Sum())).expand(3, 4), "columns");
        group.AllReduce(zeros(0));

        if (group.BroadcastText(group.Rank == 0 ? "of rank 0: ä" : "mine") != "of rank 0: ä" || group.BroadcastText("") is not "")
            throw new InvalidOperationException("Another text came.");
        var texts = group.GatherTexts(new string('ö', group.Rank));
        if (!texts.SequenceEqual(ranks.Select(rank => new string('ö', rank))))
            throw new InvalidOperationException($"Other texts came: {string.Join(", ", texts)}.");
        group.RequireSame("test", new Dictionary<string, string> { ["a"] = "1" });
        group.Barrier();
        Console.WriteLine($"rank {group.Rank} of {group.Size}: {group.LocalRank} of {group.LocalSize} here, {get_num_threads()} threads");
    }

    private static Tensor Own(ScalarType type, int rank) =>
        arange(6).add(Scalars.OfInteger(rank)).reshape(2, 3).remainder(Scalars.OfInteger(type == ScalarType.Bool ? 2 : 100)).to(type);

    private static Tensor Whole(ScalarType type, int ranks, int size) =>
        arange(6).mul(Scalars.OfInteger(size)).add(Scalars.OfInteger(ranks)).reshape(2, 3).to(type);

    private static void Require(Tensor found, Tensor expected, string what)
    {
        var same = found.to(ScalarType.Float64).sub(expected.to(ScalarType.Float64)).abs().sum().item<double>() == 0
            && found.shape.SequenceEqual(expected.shape);
        if (!same)
            throw new InvalidOperationException($"{what}: {expected.cstr()} was expected, got {found.cstr()}.");
    }
}
