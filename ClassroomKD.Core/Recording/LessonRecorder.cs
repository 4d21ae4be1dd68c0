namespace ClassroomKD;

/// <summary>One call of <see cref="RecordedLessons.Record{TAnswer, TTarget}"/>.</summary>
internal sealed class LessonRecorder<TAnswer, TTarget>(
    string folder, IReadOnlyList<Mentor<TAnswer>> mentors, ITrainingData<TTarget> data, RecordingOptions options,
        IProgress<RecordingProgress>? progress)
{
    private readonly ShardPlan plan = new(options.Variants, data.BatchesPerEpoch, options.BatchesPerFile);
    private readonly RecordingHeader[] headers = new RecordingHeader[mentors.Count];
    private readonly Tensor[][] first = new Tensor[mentors.Count][]; // the answers to the first batch
    private int firstNumber;
    private long done;
    private long all;

    public void Run(CancellationToken cancellation)
    {
        try
        {
            MakeHeaders(cancellation);
            RecordShare(cancellation);
        }
        finally
        {
            foreach (var tensor in first.SelectMany(answers => answers ?? []))
                tensor.Dispose();
        }
    }

    private void RecordShare(CancellationToken cancellation)
    {
        var share = plan.Share(options.Worker, options.Workers);
        all = share.Sum(shard => (long)shard.Count);
        using var batches = new BatchCursor<TTarget>(data, cancellation);
        foreach (var shard in share)
        {
            int[] missing = [.. Enumerable.Range(0, mentors.Count).Where(m => !IsWhole(m, shard))];
            if (missing.Length > 0)
                Record(shard, missing, batches);
            else
                done += shard.Count;
            progress?.Report(new RecordingProgress(done, all));
        }
    }

    private string FolderOf(int mentor) => ShardFile.Folder(folder, mentors[mentor].Name);

    // What a mentor answers to the first batch says what its answers look like.
    private void MakeHeaders(CancellationToken cancellation)
    {
        var texts = data.Fingerprint;
        foreach (var batch in data.Epoch(0, 0, cancellation))
        {
            firstNumber = batch.Number;
            for (var m = 0; m < mentors.Count; m++)
            {
                using var scope = NewDisposeScope();
                var answer = mentors[m].Answer(batch.Input);
                headers[m] = RecordingHeader.Of(mentors[m], answer, batch.Input, texts, plan, options);
                first[m] = [.. AnswerTensors.Of(answer).Select(tensor => tensor.clone().DetachFromDisposeScope())];
                FileAccessErrors.CreateFolder(FolderOf(m), $"of the recording of mentor '{mentors[m].Name}'");
            }

            return;
        }

        throw new RecordingException("The data has no batch to record the answers to.");
    }

    /// <exception cref="RecordingException">The file is whole and of another recording.</exception>
    private bool IsWhole(int mentor, Shard shard)
    {
        var path = Path.Combine(FolderOf(mentor), shard.FileName);
        if (!File.Exists(path))
            return false;
        string differences;
        try
        {
            using var file = new MappedShard(path);
            file.Verify();
            differences = RecordingHeader.Differences(RecordingHeader.Read(file.Texts, path).Texts, headers[mentor].Texts);
            if (differences.Length == 0)
                return true;
        }
        catch (RecordingException exception)
        {
            progress?.Report(new RecordingProgress(done, all, $"{exception.Message} It is made anew."));
            return false;
        }

        throw new RecordingException(
            $"{path} is of another recording: {differences}. Record into another folder, or delete the mentor's folder.");
    }

    private void Record(Shard shard, int[] missing, BatchCursor<TTarget> batches)
    {
        var contents = Array.ConvertAll(missing, _ => new ShardContent(shard.Count));
        try
        {
            var before = done;
            foreach (var batch in batches.Of(shard))
            {
                var samples = batch.Samples ?? throw new RecordingException(
                    $"The data does not say which samples a batch holds ({nameof(TrainingBatch<>)}.{nameof(batch.Samples)}), so that " +
                        $"answers could be given to others.");
                for (var i = 0; i < missing.Length; i++)
                    Add(missing[i], shard, batch, samples, contents[i]);
                done = before + batch.Number - shard.First + 1;
                progress?.Report(new RecordingProgress(done, all));
            }

            for (var i = 0; i < missing.Length; i++)
                ShardFile.Write(FolderOf(missing[i]), shard, headers[missing[i]], contents[i]);
            done = before + shard.Count;
        }
        finally
        {
            Array.ForEach(contents, content => content.Dispose());
        }
    }

    private void Add(int m, Shard shard, in TrainingBatch<TTarget> batch, IReadOnlyList<int> samples, ShardContent content)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (RecordingHeader.Describe(batch.Input) is var input && input != headers[m].Input)
            throw new RecordingException($"The first batch holds samples of {headers[m].Input}, batch {batch.Number} of {input}; a " +
                $"recording is of one size.");
        var isFirst = shard.Variant == 0 && batch.Number == firstNumber;
        Tensor[] parts = isFirst ? first[m] : PartsOf(m, batch);
        var layouts = headers[m].Parts;
        for (var i = 0; i < layouts.Count; i++)
            if (i >= parts.Length || parts[i].size(0) != samples.Count || string.Join('x', parts[i].shape[1..]) != layouts[i].ShapeText)
                throw new RecordingException(
                    $"Mentor '{mentors[m].Name}' answered {samples.Count} samples with " +
                    $"[{(i < parts.Length ? string.Join(", ", parts[i].shape) : "nothing")}]; " +
                    $"[{samples.Count}, {layouts[i].ShapeText.Replace("x", ", ")}] was expected.");
        content.Add(batch.Number - shard.First, samples, layouts.SelectMany((layout, i) => Packed(m, layout, parts[i])));
    }

    private Tensor[] PartsOf(int m, in TrainingBatch<TTarget> batch)
    {
        var answer = mentors[m].Answer(batch.Input);
        if (RecordingHeader.Statement(answer) is var statement && statement != headers[m].Stated)
            throw new RecordingException(
                $"Mentor '{mentors[m].Name}' said of its first answer {headers[m].Stated}, and of that to batch {batch.Number} " +
                $"{statement}; a recording is of one kind.");
        return [.. AnswerTensors.Of(answer)];
    }

    private Tensor[] Packed(int m, AnswerLayout layout, Tensor answer)
    {
        var kept = layout.Pack(answer);
        if (layout.Form.Type == ScalarType.Float16 && kept[0].isinf().any().logical_and(answer.isinf().any().logical_not()).item<bool>())
            throw new RecordingException(
                $"Mentor '{mentors[m].Name}' answered with a number above 65504, the largest of 16 bits; record its answers in " +
                    $"{RecordedForm.Full}.");
        return kept;
    }
}
