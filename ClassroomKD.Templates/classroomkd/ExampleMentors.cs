using ClassroomKD;
using ClassroomKD.Vision;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TorchSharp;

/// <summary>Trains the mentors that appsettings.json states, where their weights are missing.</summary>
/// <remarks>Nobody publishes weights for generated images. Delete this file once you have mentors of your own.</remarks>
internal static class ExampleMentors
{
    private const int Epochs = 6;
    private const int Seed = 7;
    private const double LearningRate = 0.05;

    public static void TrainMissing(IConfiguration mentors, Images images, ILogger logger, CancellationToken stopping)
    {
        foreach (var mentor in mentors.GetChildren())
        {
            var network = VisionNetworks.All.FirstOrDefault(one => one.Name == mentor["Network:Name"]);
            if (network is null || mentor["Network:Weights"] is not { } weights || File.Exists(weights))
                continue;   // found and used, or refused, when the host starts
            logger.LogInformation(
                "Training the mentor {Mentor} on {Images} images, {Epochs} epochs", mentor.Key, images.Training.Count, Epochs);
            torch.random.manual_seed(Seed);
            using var learner = new Student(mentor.Key, network.Create(images.Training.ClassNames.Count));
            using var optimizer = new SgdOptimizer(learner.Module.parameters(), LearningRate, momentum: 0.9, weightDecay: 5e-4);
            var data = images.TrainingBatches(Seed);
            var steps = (long)Epochs * data.BatchesPerEpoch;
            var options = new TrainerOptions
            {
                Epochs = Epochs, CheckpointFolder = weights + ".run",
                LearningRate = step => LearningRates.Cosine(step, steps, LearningRate),
            };
            new Trainer(learner, optimizer, data, options: options)
            {
                Validate = images.Exam().Validate, Observers = [new EpochLogger(mentor.Key, logger)],
            }.Run(stopping);
            learner.Save(weights);
        }
    }
}
