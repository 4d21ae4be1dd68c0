using ClassroomKD.Imaging;
using ClassroomKD.Tests.Vision.Losses;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision;

/// <summary>The parts of this package in a classroom, as its README puts them together.</summary>
public sealed class ClassroomOfNetworksTests
{
    [Test]
    public void Every_loss_teaches_and_leaves_nothing_behind(
        [ValueSource(typeof(LossCase), nameof(LossCase.All))] ILogitsDistillationLoss loss)
    {
        manual_seed(1);
        using var data = ShapesAndTextures.Generate(32, seed: 1);
        var batches = new BatchSampler(data, new() { BatchSize = 8, Seed = 1 })
        {
            Augmentations = [new RandomCropFlip()], Normalization = data.MeasureNormalization(),
        };
        using var mentor = new Mentor("resnet14", new CifarResNet(14, 10, width: 4));
        using var student = new CifarResNet(8, 10, width: 4);
        using var optimizer = new SgdOptimizer(student.parameters(), learningRate: 0.01, momentum: 0.9);
        var options = new ClassroomOptions { Ranking = { Filter = false } };
        var classroom = new Classroom([mentor], options, new LogitsTask(new() { Loss = loss }));
        var before = student.state_dict()["conv1.weight"].Doubles();

        student.train();
        LiveTensors.Settled();
        var live = new List<long>();
        foreach (var (x, y) in batches.Epoch(0))
        {
            using (NewDisposeScope())
            {
                optimizer.zero_grad();
                var lesson = classroom.Teach(x, student.call(x), y);
                lesson.Loss.isfinite().item<bool>().Should().BeTrue();
                lesson.Loss.backward();
                optimizer.step();
            }
            live.Add(Tensor.TotalCount);
        }
        live[1..].Should().AllBeEquivalentTo(live[1], "after the first step the optimizer has its state");
        student.state_dict()["conv1.weight"].Doubles().Should().NotEqual(before).And.OnlyContain(value => double.IsFinite(value));
    }
}
