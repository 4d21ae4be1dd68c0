using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>Lets a network answer a data set and brings its joints back to the images.</summary>
/// <remarks>
/// Heatmaps are read by <see cref="HeatmapCodec.Decode"/>, and a joint's score is the peak. Bins are read by the highest, and the score is
/// the lower peak of the two softmaxes.
/// </remarks>
public static class PosePredictor
{
    /// <summary>Predicts every sample that can be read.</summary>
    /// <param name="loader">The persons, in any order, without augmentation.</param>
    /// <param name="answer">The network in evaluation mode: <c>student.Examine</c> or <c>mentor.Answer</c>.</param>
    /// <param name="flipTest">Whether to average the answers to image and mirror image (<see cref="FlipTest"/>). Default false.</param>
    /// <param name="parallel">
    /// The processes that share the data with this one: each predicts a part of every batch, and all get all predictions. Default null.
    /// </param>
    /// <param name="cancellation">Ends the prediction with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>One prediction per sample in the data set's order; none for those in <see cref="PoseLoader.Skipped"/>.</returns>
    /// <exception cref="ArgumentException">
    /// The network has other joints, or a flip test is asked of one with a joint map or of joints without names.
    /// </exception>
    /// <exception cref="ImageException">See <see cref="PoseLoader.Epoch"/>.</exception>
    public static IReadOnlyList<PosePrediction> Predict(
        PoseLoader loader, Func<Tensor, PoseAnswer> answer, bool flipTest = false, IDataParallel? parallel = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(answer);
        if (flipTest)
            loader.Data.Joints.RequireSides("a flip test");
        var predictions = new List<PosePrediction>(loader.Data.Persons.Count);
        var mine = parallel is null ? loader : loader.Part(new BatchPart(parallel.Rank, parallel.Size));
        foreach (var batch in mine.Epoch(0, cancellation: cancellation))
        {
            using var scope = NewDisposeScope();
            using var free = no_grad();
            var pose = answer(batch.Images);
            if (flipTest)
                pose = pose.AveragedWith(answer(batch.Images.flip(3)), loader.Data.Joints.Pairs);
            var values = Values(pose.Decode(), loader.Data.Joints.Count);
            for (var i = 0; i < batch.Persons.Count; i++)
                predictions.Add(OnImage(loader.Data, batch, i, values));
        }
        predictions.Sort((a, b) => a.Person.CompareTo(b.Person));
        return parallel is null ? predictions : OfAll(predictions, loader.Data, parallel);
    }

    // A row for each person: whether anybody predicted it, score, area of the crop, keypoints. In the memory of the CPU, from where it is
    // read.
    private static List<PosePrediction> OfAll(List<PosePrediction> mine, PersonDataset data, IDataParallel parallel)
    {
        const int Before = 3;
        var width = Before + 3 * data.Joints.Count;
        var rows = new double[data.Persons.Count * width];
        foreach (var prediction in mine)
        {
            var row = rows.AsSpan(prediction.Person * width, width);
            (row[0], row[1], row[2]) = (1, prediction.Score, prediction.CropArea ?? 0);
            for (var i = Before; i < width; i++)
                row[i] = prediction.Keypoints[i - Before];
        }

        using (var shared = tensor(rows))
        {
            parallel.Sum(shared);
            rows = shared.data<double>().ToArray();
        }

        return [.. Enumerable.Range(0, data.Persons.Count).Where(person => rows[person * width] > 0).Select(person =>
            new PosePrediction(person, rows[(person * width + Before)..((person + 1) * width)], rows[person * width + 1])
            {
                CropArea = rows[person * width + 2],
            })];
    }

    private static PosePrediction OnImage(PersonDataset data, PoseBatch batch, int i, float[] values)
    {
        var person = batch.Persons[i];
        var crop = batch.Crops[i];
        var determinant = crop.A * crop.E - crop.B * crop.D;
        var mirrored = determinant < 0;
        var back = crop.Inverse();
        var keypoints = new double[3 * data.Joints.Count];
        var sum = 0.0;
        for (var k = 0; k < data.Joints.Count; k++)
        {
            var at = 3 * (i * data.Joints.Count + (mirrored ? data.Joints.MirrorOrder[k] : k));
            var (x, y) = back.Apply(values[at], values[at + 1]);
            (keypoints[3 * k], keypoints[3 * k + 1], keypoints[3 * k + 2]) = (x, y, values[at + 2]);
            sum += values[at + 2];
        }
        return new PosePrediction(person, keypoints, sum / data.Joints.Count * (data.Persons[person].BoxScore ?? 1))
        {
            CropArea = batch.Images.size(2) * batch.Images.size(3) / Math.Abs(determinant),
        };
    }

    // [B, K, 3]: the one copy to the host of a batch.
    private static float[] Values(DecodedJoints joints, int count)
    {
        if (joints.Positions.size(1) != count)
            throw new ArgumentException($"Expected {count} joints, the network answers with {joints.Positions.size(1)}.");
        using var both = cat([joints.Positions, joints.Scores.unsqueeze(-1)], -1).to(ScalarType.Float32).cpu();
        return both.data<float>().ToArray();
    }
}
