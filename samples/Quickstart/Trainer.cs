using ClassroomKD.Imaging;
using ClassroomKD;
using ClassroomKD.Networks;
using ClassroomKD.Vision;
using Samples;
using TorchSharp;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>The training loop of this sample: the same for mentors, for the student alone, and for the student in a classroom.</summary>
internal sealed class Trainer(ImageData data, int epochs, ProgressDisplay progress, CancellationToken cancellation)
{
    private const int BatchSize = 64;
    private const double LearningRate = 0.05;

    public int Steps => epochs * Sampler(0).BatchesPerEpoch;

    /// <summary>Trains a model.</summary>
    /// <param name="student">The model; learns in place.</param>
    /// <param name="title">What the progress display calls it.</param>
    /// <param name="seed">Decides order and augmentation: two trainings of one seed see the same batches.</param>
    /// <param name="work">How much of the run's progress the training is.</param>
    /// <param name="classroom">Who teaches; null: the labels alone.</param>
    /// <returns>The test accuracy after each epoch.</returns>
    public double[] Train(Student student, string title, int seed, double work, Classroom? classroom = null)
    {
        using var optimizer = new SgdOptimizer(student.Module.parameters(), LearningRate, momentum: 0.9, weightDecay: 5e-4, nesterov: true);
        var sampler = Sampler(seed);
        var curve = new double[epochs];
        var step = 0;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            foreach (var (images, labels) in sampler.Epoch(epoch))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                optimizer.SetLearningRate(LearningRates.Cosine(step++, Steps, LearningRate));
                optimizer.zero_grad();
                var input = MemoryOrder.ChannelsLast(images); // faster convolutions on the CPU
                var answer = student.Answer(input);
                var loss = classroom is null
                    ? nn.functional.cross_entropy(answer, labels)
                    : classroom.Teach(input, answer, labels).Loss;
                loss.backward();
                optimizer.step();
                progress.Advance(work / Steps, title);
            }
            curve[epoch] = Accuracy(student);
        }
        return curve;
    }

    /// <summary>The share of test images that a model gets right.</summary>
    public double Accuracy(Student student)
    {
        using var scope = NewDisposeScope();
        var right = zeros([], ScalarType.Float64, data.Test.Images.device);
        foreach (var (images, labels) in new BatchSampler(data.Test, new() { BatchSize = 250, Shuffle = false }) { Normalization = data.Normalization }.Epoch(0))
        {
            using var inner = NewDisposeScope();
            right.add_(student.Examine(images).argmax(1).eq(labels).sum(ScalarType.Float64), Scalars.One);
        }
        return right.item<double>() / data.Test.Count;
    }

    private BatchSampler Sampler(int seed) => new(data.Training, new() { BatchSize = BatchSize, Seed = seed, DropLast = true })
    {
        Augmentations = [new RandomCropFlip()], Normalization = data.Normalization,
    };
}
