namespace ClassroomKD;

/// <summary>The sums of one exam, on the device until all batches were answered.</summary>
internal sealed partial class ExamTally(string name, ClassificationExamOptions options, ClassMap? map) : IDisposable
{
    private const int Top = 5;
    private const int Totals = 7;

    private static readonly Scalar Infinity = Scalars.Of(double.PositiveInfinity), Mask = Scalars.Of(double.NegativeInfinity);

    private readonly List<Tensor> predictions = []; // the class, or -1 where the sample does not count or the answer is NaN
    private readonly List<Tensor> truths = [];      // the class, or -1 where the sample does not count
    private readonly Scalar ignored = Scalars.Of(options.IgnoreIndex), bins = Scalars.Of(options.CalibrationBins);
    private readonly Scalar lastBin = Scalars.Of(options.CalibrationBins - 1);
    private Tensor? confusion;   // int64 [C x (C + 1)], the truth in rows; the last column: answers that are NaN
    private Tensor? calibration; // float64 [3, bins]: answers, confidence, right

    // float64 [7]: cross-entropy, right among five, left out, wrong labels, rows of probabilities, of log-probabilities, of numbers
    private Tensor? totals;
    private long classes;

    public void Add(Tensor answer, Tensor labels)
    {
        Require(answer, labels);
        var shared = (map is null ? answer : answer.index_select(1, map.Beside(answer).Mentor)).InFullPrecision();
        var finite = shared.lt(Infinity).all(1).logical_and(shared.amax([1]).gt(Mask));
        var given = labels.dtype == ScalarType.Int64 ? labels : labels.argmax(1);
        var counted = given.ne(ignored);
        var wrong = given.lt(Scalars.Zero).logical_or(given.ge(Scalars.Of(classes))).logical_and(counted);
        var truth = given.masked_fill(wrong.logical_or(counted.logical_not()), Scalars.Zero);
        var unknown = map is { CoversStudent: false }
            ? map.Beside(truth).Known.index_select(0, truth).logical_not().logical_and(counted)
            : zeros_like(counted);
        counted = counted.logical_and(unknown.logical_not()).logical_and(wrong.logical_not());
        var valid = counted.logical_and(finite);

        var logProbabilities = shared.masked_fill(finite.logical_not().unsqueeze(1), Scalars.Zero).log_softmax(1);
        var (largest, place) = logProbabilities.max(1);
        var prediction = InStudentsClasses(place);
        var right = prediction.eq(truth).logical_and(valid);
        var ofTruth = map is null
            ? logProbabilities.gather(1, truth.unsqueeze(1)).squeeze(1)
            : logProbabilities.masked_fill(map.Beside(truth).Student.unsqueeze(0).ne(truth.unsqueeze(1)), Scalars.Zero).sum(1);
        var largestFive = logProbabilities.topk((int)Math.Min(Top, shared.size(1)), 1).indexes;
        var five = InStudentsClasses(largestFive.flatten()).reshape(largestFive.shape);
        var among = five.eq(truth.unsqueeze(1)).any(1).logical_and(valid);

        Begin(shared.device);
        // In float64, which is exact here: the product with a scalar of floating point would be float32.
        var taken = prediction.masked_fill(finite.logical_not(), Scalars.Of(classes)).to(ScalarType.Float64);
        var cell = truth.to(ScalarType.Float64).mul(Scalars.Of(classes + 1)).add(taken, Scalars.One).to(ScalarType.Int64);
        confusion!.scatter_add_(0, cell, counted.to(ScalarType.Int64));
        var confidence = largest.exp().to(ScalarType.Float64);
        var bin = confidence.mul(bins).ceil().sub(Scalars.One).clamp(Scalars.Zero, lastBin).to(ScalarType.Int64);
        var weight = valid.to(ScalarType.Float64);
        calibration!.scatter_add_(
            1, bin.unsqueeze(0).expand(3, -1), stack([weight, confidence.mul(weight), right.to(ScalarType.Float64)]));
        var rows = answer.InFullPrecision();
        var (probabilities, logarithms) = (AnswerForms.AreProbabilities(rows), AnswerForms.AreLogProbabilities(rows));
        totals!.add_(
            stack([
                ofTruth.neg().masked_fill(valid.logical_not(), Scalars.Zero).sum(ScalarType.Float64), Count(among), Count(unknown),
                Count(wrong), Count(probabilities.logical_and(finite)), Count(logarithms.logical_and(finite)), Count(finite),
            ]),
            Scalars.One);
        predictions.Add(prediction.masked_fill(valid.logical_not(), Scalars.MinusOne).DetachFromDisposeScope());
        truths.Add(truth.masked_fill(counted.logical_not(), Scalars.MinusOne).DetachFromDisposeScope());
    }

    /// <summary>Waits for the device, once.</summary>
    /// <param name="parallel">The processes that answered other batches; null: none.</param>
    public ClassificationResult Read(IDataParallel? parallel)
    {
        if (parallel is not null)
            Unite(parallel);
        if (confusion is null)
            throw new ArgumentException($"The exam of '{name}' needs at least one batch, got none.");
        double[] values;
        using (NewDisposeScope())
        {
            Tensor[] all = [confusion, calibration!.flatten(), totals!, .. predictions, .. truths];
            values = cat([.. all.Select(part => part.to(ScalarType.Float64))]).cpu().data<double>().ToArray();
        }

        var at = 0;
        double[] Next(long count) => values[at..(at += (int)count)];
        var cells = Next(classes * (classes + 1));
        var bin = Next(3 * options.CalibrationBins);
        var total = Next(Totals);
        var samples = (values.Length - at) / 2;
        var predicted = Array.ConvertAll(Next(samples), value => (int)value);
        var truth = Array.ConvertAll(Next(samples), value => (int)value);
        if (total[3] > 0)
            throw new ArgumentException(
                $"Labels from 0 to {classes - 1} were expected in the exam of '{name}'; {total[3]:F0} of {samples} are outside.");
        return Result(cells, bin, total, predicted, truth);
    }

    public void Dispose()
    {
        confusion?.Dispose();
        calibration?.Dispose();
        totals?.Dispose();
        predictions.ForEach(tensor => tensor.Dispose());
        truths.ForEach(tensor => tensor.Dispose());
    }

    private ClassificationResult Result(double[] cells, double[] sums, double[] totals, int[] predictions, int[] truth)
    {
        var rows = cells.Chunk((int)classes + 1).ToList();
        var samples = (long)cells.Sum();
        var answered = samples - (long)rows.Sum(row => row[^1]);
        var width = options.CalibrationBins;
        CalibrationBin[] calibration = [.. Enumerable.Range(0, width).Select(bin => new CalibrationBin(
            (long)sums[bin], sums[width + bin] / sums[bin], sums[2 * width + bin] / sums[bin]))];
        double Share(double count, double of) => of == 0 ? double.NaN : count / of;
        return new ClassificationResult
        {
            Name = name,
            ClassNames = options.ClassNames ?? [.. Enumerable.Range(0, (int)classes).Select(number => $"{number}")],
            Samples = samples,
            TopOne = Share(rows.Select((row, c) => row[c]).Sum(), samples),
            TopFive = Share(totals[1], samples),
            CrossEntropy = Share(totals[0], answered),
            CalibrationError = Share(
                calibration.Where(bin => bin.Answers > 0).Sum(bin => bin.Answers * Math.Abs(bin.Accuracy - bin.Confidence)), answered),
            Calibration = calibration,
            PerClass = [.. rows.Select((row, c) => Share(row[c], row.Sum()))],
            Confusion = [.. rows.Select(row => Array.ConvertAll(row[..^1], count => (long)count))],
            NonFiniteAnswers = samples - answered,
            LeftOut = (long)totals[2],
            Form = totals[6] == 0 ? AnswerForm.Logits
                : totals[4] == totals[6] ? AnswerForm.Probabilities
                : totals[5] == totals[6] ? AnswerForm.LogProbabilities : AnswerForm.Logits,
            Predictions = predictions,
            Truth = truth,
        };
    }

    private static Tensor Count(Tensor mask) => mask.sum(ScalarType.Float64);

    private Tensor InStudentsClasses(Tensor places) => map is null ? places : map.Beside(places).Student.index_select(0, places);

    private void Begin(Device device)
    {
        if (confusion is not null)
            return;
        confusion = zeros([classes * (classes + 1)], ScalarType.Int64, device).DetachFromDisposeScope();
        calibration = zeros([3, options.CalibrationBins], ScalarType.Float64, device).DetachFromDisposeScope();
        totals = zeros([Totals], ScalarType.Float64, device).DetachFromDisposeScope();
    }

    private void Require(Tensor answer, Tensor labels)
    {
        if (answer.dim() != 2 || !answer.is_floating_point() || answer.size(1) < 2)
            throw new ArgumentException($"Floating-point logits [B, C] were expected of '{name}', got {answer.dtype} {Shape(answer)}.");
        if (map is not null && map.MentorClasses != answer.size(1))
            throw new ArgumentException($"The class map of '{name}' is for {map.MentorClasses} classes, but it answered {Shape(answer)}.");
        var expected = map?.StudentClasses ?? answer.size(1);
        if (classes != 0 && classes != expected)
            throw new ArgumentException($"'{name}' answered with {classes} classes before, and now with {expected}.");
        classes = expected;
        if (options.ClassNames is { } names && names.Count != classes)
            throw new ArgumentException($"'{name}' answers with {classes} classes, but {names.Count} class names were given.");
        var fits = labels.dtype == ScalarType.Int64
            ? labels.dim() == 1
            : labels.is_floating_point() && labels.dim() == 2 && labels.size(1) == classes;
        if (!fits || labels.size(0) != answer.size(0))
            throw new ArgumentException(
                $"Labels, int64 [{answer.size(0)}] or floating point [{answer.size(0)}, {classes}], were expected, " +
                $"got {labels.dtype} {Shape(labels)}.");
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
