namespace ClassroomKD;

/// <summary>The recorded answers of one mentor. One file at a time is mapped into memory, and each is verified when first used.</summary>
internal sealed class RecordedAnswers(string folder, RecordingHeader header, string data) : IDisposable
{
    /// <summary>What stands in a training's fingerprint between the recorded mentor's and the form of its answers.</summary>
    public const string Mark = ", recorded in ";

    private readonly HashSet<string> verified = [];
    private MappedShard? shard;
    private Shard at;

    public RecordingHeader Header => header;

    /// <summary>The answers to a batch, one tensor after the other, on the device of its input; in the caller's dispose scope.</summary>
    /// <exception cref="MentorException">They are not answers to this batch; the message says why.</exception>
    /// <exception cref="RecordingException">The file is damaged.</exception>
    public Tensor[] Of(in MentorQuestion question) => [.. header.Parts.Zip(Kept(question), (part, kept) => part.Unpack(kept))];

    /// <summary>What is kept of these answers.</summary>
    public Tensor[][] Kept(in MentorQuestion question)
    {
        if (question is not { Samples: { } samples, Variant: { } variant })
            throw Refusal("needs to know which samples a batch holds: train on RecordedLessons.Replay(data), by a Trainer or by " +
                "Classroom.Teach(batch, answer)");
        if (variant.Data != data)
            throw Refusal("has answered other data than this batch is of");
        if (variant.Number >= header.Plan.Variants || question.Number >= header.Plan.BatchesPerEpoch)
            throw Refusal(
                $"has answered {header.Plan.Variants} epochs of {header.Plan.BatchesPerEpoch} batches, not batch {question.Number} of " +
                    $"epoch {variant.Number} " +
                "(counted from 0)");
        if (RecordingHeader.Describe(question.Input) is var input && input != header.Input)
            throw Refusal($"has answered samples of {header.Input}, not of {input}");

        var file = Turn(header.Plan.Of(variant.Number, question.Number));
        var (first, count) = file.Rows(question.Number - at.First);
        // A process that trains on a part of each batch asks for neighbors among the recorded samples.
        var place = file.Samples(first, count).IndexOf(samples as int[] ?? [.. samples]);
        if (place < 0 || samples.Count == 0 || samples.Count != question.Input.size(0))
            throw Refusal($"has answered other samples than batch {question.Number} of epoch {variant.Number} holds");
        var device = question.Input.device;
        return [.. header.Parts.Select((part, i) =>
            Array.ConvertAll(part.Kept, kept => file.Read(ShardFile.Name(i, kept.Name), first + place, samples.Count, kept).to(device)))];
    }

    public void Dispose()
    {
        shard?.Dispose();
        shard = null;
    }

    private MappedShard Turn(Shard wanted)
    {
        if (shard is not null && wanted == at)
            return shard;
        Dispose();
        var path = Path.Combine(folder, wanted.FileName);
        var next = new MappedShard(path);
        try
        {
            if (RecordingHeader.Differences(Without(next.Texts), header.Of(wanted)) is { Length: > 0 } differences)
                throw new RecordingException($"{path} is of another recording: {differences}.");
            if (verified.Add(wanted.FileName))
                next.Verify();
        }
        catch
        {
            next.Dispose();
            throw;
        }

        (shard, at) = (next, wanted);
        return next;
    }

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> texts) =>
        texts.Where(entry => entry.Key != RecordingHeader.Checksum).ToDictionary();

    private MentorException Refusal(string reason) => new($"Mentor '{header.Mentor}' is recorded and {reason}.");
}
