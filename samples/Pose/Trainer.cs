using ClassroomKD;
using ClassroomKD.Networks;
using ClassroomKD.Pose;
using Samples;
using TorchSharp;
using static TorchSharp.torch;

namespace PoseSample;

/// <summary>The training loop of this sample: the same for mentors, for the student alone, and for the student in a classroom.</summary>
internal sealed class Trainer(PoseData data, PoseOptions options, ProgressDisplay progress, CancellationToken cancellation)
{
    private const int BatchSize = 16;
    private const double LearningRate = 5e-3;

    public int Steps => options.Epochs * data.TrainingLoader(BatchSize, 0, options.Device).BatchesPerEpoch;

    /// <summary>Trains a model.</summary>
    /// <param name="student">The model; learns in place.</param>
    /// <param name="title">What the progress display calls it.</param>
    /// <param name="seed">Decides order and augmentation: two trainings of one seed see the same batches.</param>
    /// <param name="work">How much of the run's progress the training is.</param>
    /// <param name="task">What the model learns from the truth.</param>
    /// <param name="classroom">Who teaches; null: the truth alone.</param>
    public void Train(Student<PoseAnswer> student, string title, int seed, double work, PoseTask task, Classroom<PoseAnswer, PoseTarget>? classroom = null)
    {
        using var optimizer = new AdamWOptimizer(student.Module.parameters(), LearningRate);
        var loader = data.TrainingLoader(BatchSize, seed, options.Device);
        var step = 0;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            foreach (var batch in loader.Epoch(epoch, cancellation: cancellation))
            {
                using var scope = NewDisposeScope();
                optimizer.SetLearningRate(LearningRates.Cosine(step++, Steps, LearningRate));
                optimizer.zero_grad();
                var images = MemoryOrder.ChannelsLast(batch.Images);
                var answer = student.Answer(images);
                var loss = classroom is null
                    ? task.Begin(new() { Student = answer, Targets = batch.Target }).TaskLoss().mean()
                    : classroom.Teach(images, answer, batch.Target).Loss;
                loss.backward();
                optimizer.step();
                progress.Advance(work / Steps, title);
            }
        }
    }

    /// <summary>What a model says about the test persons.</summary>
    public IReadOnlyList<PosePrediction> Predict(Func<Tensor, PoseAnswer> answer) =>
        PosePredictor.Predict(data.TestLoader(options.Device), images => answer(MemoryOrder.ChannelsLast(images)), cancellation: cancellation);
}
