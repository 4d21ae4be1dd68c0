using ClassroomKD;
using TorchSharp;
using static TorchSharp.torch;

namespace Study;

/// <summary>Batches of the views, each with what the mentors answered to it: recorded once, looked up on the device.</summary>
/// <remarks>The answers to the batch under way are what <see cref="CreateMentors"/> gives.</remarks>
internal sealed class Lessons : ITrainingData<Tensor>, IDisposable
{
    private readonly StudyData data;
    private readonly InputScale scale;
    private readonly IReadOnlyList<MentorAnswers> mentors;
    private readonly IReadOnlyList<Tensor> answers; // of each view [N, M, C]
    private readonly Tensor labels;
    private readonly int batchSize;
    private readonly int seed;
    private Tensor? current; // [M, B, C]

    /// <param name="data">The images; not disposed.</param>
    /// <param name="mentors">Who teaches; none if the student is alone. Not disposed.</param>
    /// <param name="batchSize">Images of a batch; what is left over at an epoch's end is left out.</param>
    /// <param name="seed">Decides the order of the images.</param>
    /// <param name="labels">Other labels than the images'; not disposed.</param>
    public Lessons(StudyData data, IReadOnlyList<MentorAnswers> mentors, int batchSize, int seed, Tensor? labels = null)
    {
        (this.data, this.mentors, this.batchSize, this.seed) = (data, mentors, batchSize, seed);
        this.labels = labels ?? data.Labels;
        scale = data.CreateScale();
        using var scope = NewDisposeScope();
        answers = mentors.Count == 0 ? [] : [.. Enumerable.Range(0, data.Views.Count).Select(view =>
            stack([.. mentors.Select(mentor => mentor.Training.select(0, view))], 1).DetachFromDisposeScope())];
    }

    public int BatchesPerEpoch => data.Count / batchSize;

    public IReadOnlyDictionary<string, string> Fingerprint => new Dictionary<string, string> { ["order"] = $"{seed}" };

    /// <summary>The mentors, for a classroom that is taught on these batches; they need no disposal.</summary>
    public IReadOnlyList<Mentor> CreateMentors() =>
        [.. mentors.Select((mentor, m) => new Mentor(mentor.Name, _ => current!.select(0, m)))];

    public IEnumerable<TrainingBatch<Tensor>> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default)
    {
        var view = epoch % data.Views.Count;
        using var order = Order(epoch);
        for (var number = firstBatch; number < BatchesPerEpoch; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (images, truth) = Draw(order, view, number);
            try
            {
                yield return new TrainingBatch<Tensor> { Input = images, Targets = truth, Number = number };
            }
            finally
            {
                images.Dispose();
                truth.Dispose();
                current?.Dispose();
            }
        }
    }

    public void Dispose()
    {
        scale.Dispose();
        foreach (var tensor in answers)
            tensor.Dispose();
    }

    private (Tensor Images, Tensor Labels) Draw(Tensor order, int view, int number)
    {
        using var scope = NewDisposeScope();
        var chosen = order.narrow(0, (long)number * batchSize, batchSize);
        if (answers.Count > 0)
            current = answers[view].index_select(0, chosen).transpose(0, 1).contiguous().DetachFromDisposeScope();
        return (
            scale.Apply(data.Views[view].index_select(0, chosen)).DetachFromDisposeScope(),
            labels.index_select(0, chosen).DetachFromDisposeScope());
    }

    private Tensor Order(int epoch)
    {
        var order = Enumerable.Range(0, data.Count).Select(i => (long)i).ToArray();
        new Random(seed * 10_007 + epoch).Shuffle(order);
        using var scope = NewDisposeScope();
        return tensor(order).to(data.Device).DetachFromDisposeScope();
    }
}

/// <summary>What a mentor answered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Training">To each view of each image, <c>[V, N, C]</c>.</param>
/// <param name="HeldOut">To the images to choose by.</param>
/// <param name="Test">To the images of the last table.</param>
internal sealed record MentorAnswers(string Name, Tensor Training, Tensor HeldOut, Tensor Test) : IDisposable
{
    public void Write(string path) => SafetensorsFile.Write(
        path, new Dictionary<string, Tensor> { ["training"] = Training, ["heldOut"] = HeldOut, ["test"] = Test });

    public static MentorAnswers Read(string path, string name, Device device)
    {
        using var file = SafetensorsFile.Read(path);
        Tensor Take(string part)
        {
            using var scope = NewDisposeScope();
            return file[part].to(device, copy: true).DetachFromDisposeScope();
        }
        return new(name, Take("training"), Take("heldOut"), Take("test"));
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[Training, HeldOut, Test])
            tensor.Dispose();
    }
}
