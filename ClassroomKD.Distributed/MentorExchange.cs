using System.Text.Json;

namespace ClassroomKD.Distributed;

/// <summary>Mentors that are too large for every process: each is held by one rank, which answers the samples of all.</summary>
/// <remarks>
/// Where a classroom asks the first of <see cref="Mentors"/>, all ranks exchange their inputs, let the mentors that they hold answer the
/// whole batch, and exchange the answers: every input and answer crosses the network once, and the mentors of different ranks answer at the
/// same time. Every rank asks all of them about every batch, in the same order, as classrooms do; the trainer sees to it where a rank has
/// no sample. It keeps no tensor from one batch to the next.
/// </remarks>
public sealed class MentorExchange : IDisposable
{
    private readonly IProcessGroup group;
    private readonly IReadOnlyList<Mentor<Tensor>> mine;
    private readonly Device device;
    private readonly int[] owners;
    private readonly ExchangedMentor[] mentors;
    private Tensor? asked;
    private Tensor?[] answers;
    private long skipped = -1;

    /// <summary>Tells all ranks who holds which mentors. Collective.</summary>
    /// <param name="group">The processes; not disposed.</param>
    /// <param name="mine">The mentors that this rank holds, each with a name of its own among all; not disposed.</param>
    /// <param name="device">Where this rank's inputs are, and its mentors. Default null: the CPU.</param>
    /// <exception cref="ArgumentException">There is none on any rank, or two share a name.</exception>
    public MentorExchange(IProcessGroup group, IEnumerable<Mentor<Tensor>> mine, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(mine);
        (this.group, this.mine, this.device) = (group, [.. mine], device ?? CPU);
        var held = group.GatherTexts(JsonSerializer.Serialize(
                this.mine.Select(mentor => new Held(mentor.Name, mentor.Fingerprint, mentor.Classes?.ToText()))))
            .SelectMany((text, rank) => JsonSerializer.Deserialize<Held[]>(text)!.Select(mentor => (rank, mentor))).ToList();
        if (held.Count == 0 || held.DistinctBy(each => each.mentor.Name).Count() < held.Count)
            throw new ArgumentException(
                "At least one mentor on some rank, and names that differ, were expected; the ranks hold " +
                $"'{string.Join("', '", held.Select(each => each.mentor.Name))}'.", nameof(mine));
        owners = [.. held.Select(each => each.rank)];
        answers = new Tensor?[held.Count];
        mentors = [.. held.Select((each, i) => new ExchangedMentor(this, i, each.mentor))];
    }

    /// <summary>The mentors of all ranks, the same list on every rank, for a classroom. They own nothing.</summary>
    public IReadOnlyList<Mentor<Tensor>> Mentors => mentors;

    /// <summary>Releases answers that nobody fetched.</summary>
    public void Dispose() => Forget();

    private Tensor AnswerOf(int mentor, Tensor input)
    {
        if (!ReferenceEquals(asked, input) || answers[mentor] is null)
        {
            Exchange(input);
            asked = input;
        }

        using var answer = answers[mentor]!;
        answers[mentor] = null;
        return answer.clone();
    }

    private void Exchange(Tensor? input)
    {
        Forget();
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var forms = group.GatherTexts(input is null ? "" : JsonSerializer.Serialize(new Form(input.dtype, input.shape)))
            .Select(text => text.Length == 0 ? null : JsonSerializer.Deserialize<Form>(text)).ToList();
        var parts = new List<Tensor>();
        for (var rank = 0; rank < group.Size; rank++)
        {
            if (forms[rank] is not { } form)
                continue;
            var part = rank == group.Rank ? TensorMemory.InOrder(input!) : empty(form.Shape, form.Type, device);
            group.Broadcast(part, rank);
            parts.Add(part);
        }

        var (before, count) = (forms.Take(group.Rank).Sum(form => form?.Shape[0] ?? 0), input?.size(0) ?? 0);
        var whole = cat(parts);
        var own = mine.Select(mentor => mentor.Answer(whole)).ToArray();
        var next = 0;
        for (var i = 0; i < owners.Length; i++)
        {
            var held = owners[i] == group.Rank ? own[next++].contiguous() : null;
            var form = JsonSerializer.Deserialize<Form>(
                group.BroadcastText(held is null ? "" : JsonSerializer.Serialize(new Form(held.dtype, held.shape)), owners[i]))!;
            var answer = held ?? empty(form.Shape, form.Type, device);
            group.Broadcast(answer, owners[i]);
            if (input is not null)
                answers[i] = answer.narrow(0, before, count).clone().DetachFromDisposeScope();
        }
    }

    // A rank without a sample takes part once in the lesson, whichever mentors it has.
    private void Skip(long lesson)
    {
        if (skipped != lesson)
            Exchange(null);
        skipped = lesson;
    }

    private void Forget()
    {
        foreach (var answer in answers)
            answer?.Dispose();
        (asked, answers) = (null, new Tensor?[answers.Length]);
    }

    private sealed record Held(string Name, string Fingerprint, string? Classes);

    private sealed record Form(ScalarType Type, long[] Shape);

    private sealed class ExchangedMentor(MentorExchange exchange, int index, Held held)
        : Mentor<Tensor>(
            held.Name, input => exchange.AnswerOf(index, input),
            new() { Classes = held.Classes is { } text ? ClassMap.FromText(text) : null })
    {
        internal override string Fingerprint => held.Fingerprint;

        internal override void AnswerNothing(long lesson) => exchange.Skip(lesson);
    }
}
