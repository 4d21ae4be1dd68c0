using ClassroomKD.Testing;

namespace ClassroomKD.Tests.Testing;

/// <summary>Rankers and paces with a fault each.</summary>
internal static class RankerMutants
{
    private const string Form = "Ranks are [1+M, B] and weights [M, B]", Numbers = "Ranks and weights are finite and not negative",
        Permutation = "Permuting the mentors permutes the result", Device = "Computes on the device and reads nothing back",
        Scalar = "Makes no temporary scalar", Leak = "Leaves no tensor behind", Argument = "Leaves its arguments as they were",
        Chance = "Answers the same to the same arguments", Memory = "Remembers nothing that a checkpoint does not hold",
        Setting = "Settings tell apart, and do not change",
        More = "A task that tells performances alone is enough, or what is missing is named",
        Choice = "A choice of mentors is ascending, not empty, and depends on the lesson alone",
        Gate = "Where a mentor performs worse than the student its weight is 0",
        Temperatures = "Temperatures are finite and above 0", Tables = "Temperatures are [M, B]";

    private static readonly List<Tensor> Kept = [];

    public static IEnumerable<Mutant> All =>
    [
        Changed("mentors and samples exchanged", Form, weights => weights.t()),
        Changed("one sample squeezed away", Form, weights => weights.squeeze()),
        Changed("a gate without its weight", Form, weights => weights.gt(Scalars.Zero)),
        Changed("the sign of the weight", Numbers, weights => weights.neg()),
        Changed("no guard where nobody knows anything", Numbers, weights => weights.div(weights.sum(0, keepdim: true))),
        Changed("an infinite weight where the worst mentor knows nothing", Numbers,
            weights => weights.add(weights.reciprocal(), Scalars.One)),
        Changed("weights of the mentors rolled on", Permutation, weights => weights.roll(1, 0)),
        Changed("more weight for the first mentor", Permutation,
            weights => weights.mul(linspace(2, 1, weights.size(0), weights.dtype, weights.device).unsqueeze(1))),
        Changed("a number read back", Device, weights => weights.max().item<double>() > 5 ? weights.mul(Scalars.Half) : weights),
        Changed("an index that is a mask", Device, weights => weights.index_put_(zeros(1, weights.dtype), weights.lt(Scalars.Half))),
        Changed("a table on the CPU", Device, weights => weights.mul(weights.sum().cpu())),
        Changed("a choice by what is not 0", Device, weights => weights.masked_fill(weights.nonzero().size(0) == 0, Scalars.Zero)),
        new("an operator with a number", Scalar, new RankerConformance(() => new Implicit())),
        new("an operator with two tensors, within a closure", Scalar, new RankerConformance(() => new ImplicitWithin())),
        Changed("a tensor kept from the scope", Leak, weights => weights.clone().DetachFromDisposeScope()),
        Changed("a list that grows", Leak, weights =>
        {
            Kept.Add(weights.clone().DetachFromDisposeScope());
            return weights;
        }),
        new("performances changed in place", Argument, new RankerConformance(() => new InPlace())),
        new("performances disposed", Argument, new RankerConformance(() => new Disposing())),
        Changed("chance that is not stated", Chance, weights => weights.mul(rand_like(weights))),
        new("the last batch remembered", Memory, new RankerConformance(() => new Remembering())),
        new("a state that is not restored", Memory, new RankerConformance(() => new Forgetful())),
        new("calls counted in a setting", Setting, new RankerConformance(() => new Counting())),
        new("asks for the right answers without looking whether there are", More, new RankerConformance(() => new NeedingCorrect())),
        new("a step by which weights turn negative", Numbers, new RankerConformance(() => new FadingBeyond())),
        new("an empty choice", Choice, new RankerConformance(() => new Choosing((mentors, lessons) => lessons % 5 == 4 ? [] : [0]))),
        new("a choice in no order", Choice, new RankerConformance(
            () => new Choosing((mentors, _) => [.. Enumerable.Range(0, mentors).Reverse()]))),
        new("a choice by how often it was asked", Choice, new RankerConformance(() => new Choosing(new Turns().Next))),
        new("a gate that was dropped", Gate,
            new RankerConformance(() => new KnowledgeFilteringRanker(new() { Filter = false })) { TeachesOnlyBetter = true }),
        new("in a task of its own: the gate dropped", Gate,
            MarginTaskTests.Ranker((told, weights) => told.Margins.narrow(0, 1, weights.size(0)))),
        new("in a task of its own: the mentors rolled on", Permutation, MarginTaskTests.Ranker((_, weights) => weights.roll(1, 0))),
        new("in a task of its own: NaN where nobody teaches", Numbers,
            MarginTaskTests.Ranker((_, weights) => weights.div(weights.sum(0, keepdim: true)))),
        new("in a task of its own: its table changed in place", Argument,
            MarginTaskTests.Ranker((told, weights) => weights.mul(told.Margins.mul_(Scalars.Half).sum()))),
        new("in a task of its own: a table on the CPU", Device,
            MarginTaskTests.Ranker((told, weights) => weights.mul(told.Margins.to(CPU).sum()))),
        new("in a task of its own: a tensor kept from the scope", Leak,
            MarginTaskTests.Ranker((_, weights) => weights.clone().DetachFromDisposeScope())),
        Paced("gap without its absolute value", Temperatures, arguments =>
        {
            var ranks = arguments.Ranking.Ranks;
            var (student, mentors) = (ranks.narrow(0, 0, 1), ranks.narrow(0, 1, ranks.size(0) - 1));
            return mentors.sub(student).div(mentors.maximum(student).clamp_min(Scalars.Of(1e-9))).mul(Scalars.Of(12))
                .add(Scalars.One, Scalars.One);
        }),
        Paced("no guard where all ranks are 0", Temperatures, arguments =>
        {
            var ranks = arguments.Ranking.Ranks.narrow(0, 1, arguments.Ranking.Weights.size(0));
            return ranks.div(ranks).add(Scalars.One, Scalars.One);
        }),
        Paced("annealing that goes on below 0", Temperatures, arguments =>
            full_like(arguments.Ranking.Weights, Scalars.Of(4 - arguments.Step))),
        Paced("one temperature for a mentor", Tables, arguments => ones_like(arguments.Ranking.Weights.mean([1]))),
        Paced("the student's row left in", Tables, arguments => ones_like(arguments.Ranking.Ranks)),
        Paced("temperatures in the order of ranks", Permutation, arguments =>
            arguments.Ranking.Ranks.narrow(0, 1, arguments.Ranking.Weights.size(0)).sort(0).Values.add(Scalars.One, Scalars.One)),
        Paced("a temperature from the largest weight, read back", Device, arguments =>
            full_like(arguments.Ranking.Weights, Scalars.Of(1 + arguments.Ranking.Weights.amax([0, 1]).ToDouble()))),
        Paced("ranks changed in place", Argument, arguments =>
            arguments.Ranking.Ranks.add_(Scalars.One, Scalars.One).narrow(0, 1, arguments.Ranking.Weights.size(0))),
    ];

    // The paper's ranker with one fault in its weights.
    private static Mutant Changed(string fault, string rule, Func<Tensor, Tensor> change) =>
        new(fault, rule, new RankerConformance(() => new Changing(change)));

    private static Mutant Paced(string fault, string rule, Func<PacingArguments, Tensor> schedule) =>
        new(fault, rule, new PaceConformance(() => new Pacing(schedule)));

    private static Ranking Plain(in RankingArguments arguments) => new KnowledgeFilteringRanker().Rank(arguments);

    private sealed class Changing(Func<Tensor, Tensor> change) : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments)
        {
            var ranking = Plain(arguments);
            return ranking with { Weights = change(ranking.Weights) };
        }
    }

    private sealed class Pacing(Func<PacingArguments, Tensor> schedule) : ILearningPaceScheduler
    {
        public LearningPace Schedule(in PacingArguments arguments) => new() { Temperatures = schedule(arguments) };
    }

    private sealed class Implicit : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments)
        {
            var ranking = Plain(arguments);
            return ranking with { Weights = ranking.Weights * 0.5 };
        }
    }

    private sealed class ImplicitWithin : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments)
        {
            var ranking = Plain(arguments);
            Tensor Twice(Tensor weights) => new[] { weights }.Select(table => table + ranking.Weights).First();
            return ranking with { Weights = Twice(ranking.Weights) };
        }
    }

    private sealed class InPlace : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments)
        {
            arguments.Assessment.Performances.mul_(Scalars.Half);
            return Plain(arguments);
        }
    }

    private sealed class Disposing : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments)
        {
            var ranking = Plain(arguments);
            arguments.Assessment.Performances.Dispose();
            return ranking;
        }
    }

    private sealed class Remembering : IMentorRanker, IDisposable
    {
        private Tensor? last;

        public Ranking Rank(in RankingArguments arguments)
        {
            var ranking = Plain(arguments);
            var weights = last is null || last.numel() != ranking.Weights.numel()
                ? ranking.Weights
                : ranking.Weights.add(last, Scalars.One);
            Dispose();
            last = ranking.Weights.clone().DetachFromDisposeScope();
            return ranking with { Weights = weights };
        }

        public void Dispose() => last?.Dispose();
    }

    private sealed class Forgetful : IMentorRanker, IStateful
    {
        private long lessons;

        public IReadOnlyDictionary<string, Tensor> SaveState() => new Dictionary<string, Tensor>();

        public void RestoreState(IReadOnlyDictionary<string, Tensor> state) => lessons = 0;

        public Ranking Rank(in RankingArguments arguments)
        {
            var ranking = Plain(arguments);
            return ranking with { Weights = ranking.Weights.mul(Scalars.Of(++lessons)) };
        }
    }

    private sealed class Counting : IMentorRanker
    {
        private int calls;

        public Ranking Rank(in RankingArguments arguments)
        {
            calls++;
            return Plain(arguments);
        }
    }

    private sealed class NeedingCorrect : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments)
        {
            var ranking = Plain(arguments);
            // Thrown here: in a process where a native library has taken over SIGSEGV, a null reference ends it.
            var correct = arguments.Assessment.Correct ?? throw new InvalidOperationException("Nobody is right.");
            return ranking with { Weights = ranking.Weights.mul(correct.narrow(0, 1, ranking.Weights.size(0))) };
        }
    }

    private sealed class FadingBeyond : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments)
        {
            var ranking = Plain(arguments);
            return ranking with { Weights = ranking.Weights.mul(Scalars.Of(1 - arguments.Step / 100.0)) };
        }
    }

    private sealed class Choosing(Func<int, long, IReadOnlyList<int>> choose) : IMentorRanker, IMentorSelector
    {
        public IReadOnlyList<int> Choose(int mentors, long lessons) => choose(mentors, lessons);

        public Ranking Rank(in RankingArguments arguments) => Plain(arguments);
    }

    private sealed class Turns
    {
        private int asked;

        public IReadOnlyList<int> Next(int mentors, long lessons) => [asked++ % mentors];
    }
}
