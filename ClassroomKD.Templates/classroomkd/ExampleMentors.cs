using ClassroomKD;
using ClassroomKD.Vision;
using Microsoft.Extensions.Configuration;

namespace ClassroomTrainer;

/// <summary>Trains the mentors that appsettings.json states, where their weights are missing.</summary>
/// <remarks>Nobody publishes weights for generated images. Delete this file once you have mentors of your own.</remarks>
internal static class ExampleMentors
{
    private const int Epochs = 6;
    private const int Seed = 7;
    private const double LearningRate = 0.05;

    public static void TrainMissing(IConfiguration mentors, Images images)
    {
        foreach (var mentor in mentors.GetChildren())
        {
            var network = mentor.GetSection("Network").Get<VisionNetworkSettings>();
            if (network is not { Name: { } name, Weights: { } weights } || File.Exists(weights))
                continue;
            Console.WriteLine($"Training the mentor {mentor.Key} on {images.Training.Count} images, {Epochs} epochs.");
            using var learner = new Student(mentor.Key, VisionNetworks.Create(name, images.Training.ClassNames.Count));
            using var optimizer = new SgdOptimizer(learner.Module.parameters(), LearningRate, momentum: 0.9, weightDecay: 5e-4);
            var data = images.TrainingBatches(Seed);
            var steps = (long)Epochs * data.BatchesPerEpoch;
            new Trainer(learner, optimizer, data, options: new()
            {
                Epochs = Epochs, CheckpointFolder = weights + ".run",
                LearningRate = step => LearningRates.Cosine(step, steps, LearningRate),
            }).Run();
            learner.Save(weights);
        }
    }
}
