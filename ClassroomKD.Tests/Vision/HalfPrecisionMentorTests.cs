using ClassroomKD.Imaging;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision;

/// <summary>What bfloat16 mentors do to ranks: the figures of docs/performance.md.</summary>
public sealed class HalfPrecisionMentorTests
{
    [Test]
    public void Mentors_in_bfloat16_seldom_change_who_teaches()
    {
        using var scope = NewDisposeScope();
        using var training = ShapesAndTextures.Generate(960, seed: 1);
        using var test = ShapesAndTextures.Generate(1000, seed: 2);
        var normalization = training.MeasureNormalization();
        using var teacher = Trained(14, 8, epochs: 6, training, normalization);
        using var peer = Trained(8, 8, epochs: 4, training, normalization);
        using var student = Trained(8, 4, epochs: 2, training, normalization);
        var images = normalization.Apply(test.Images);
        Tensor logits;
        using (no_grad())
            logits = student.call(images);

        Lesson Teach(MentorInference inference)
        {
            // The mentors would dispose the networks, which both classrooms share.
            var options = new MentorOptions { Inference = inference };
            using var classroom = new Classroom([new Mentor("teacher", teacher, options), new Mentor("peer", peer, options)]);
            return classroom.Teach(images, logits.detach().requires_grad_(), test.Labels);
        }

        var (full, half) = (Teach(new()), Teach(new() { Type = ScalarType.BFloat16 }));
        var decisions = full.Weights.ne(0).ne(half.Weights.ne(0)).to_type(ScalarType.Float32).mean().Number();
        var ranks = full.Ranks.sub(half.Ranks).abs();
        TestContext.Out.WriteLine(
            $"{decisions:P2} of decisions differ; ranks by {ranks.mean().Number():F4} in the mean, {ranks.max().Number():F3} at most; " +
            $"mentors taught {full.Weights.ne(0).to_type(ScalarType.Float32).mean().Number():P0}.");
        decisions.Should().BeLessThan(0.02);
        ranks.mean().Number().Should().BeInRange(1e-6, 0.01);
    }

    private static CifarResNet Trained(int depth, int width, int epochs, ImageDataset data, Normalization normalization)
    {
        manual_seed(depth + width);
        var network = new CifarResNet(depth, 10, width);
        using var optimizer = new SgdOptimizer(network.parameters(), 0.1, momentum: 0.9, weightDecay: 5e-4);
        var batches = new BatchSampler(data, new() { BatchSize = 64, Seed = 1 }) { Normalization = normalization };
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            foreach (var (x, y) in batches.Epoch(epoch))
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                nn.functional.cross_entropy(network.call(x), y).backward();
                optimizer.step();
            }
        }

        network.eval();
        return network;
    }
}
