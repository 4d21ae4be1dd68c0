namespace ClassroomKD.Tests.Core.Training;

public sealed class WeightAverageTests : TensorFixture
{
    // At 1, neighbors in bfloat16 are 1/128 apart and in float16 1/1024; a step moves the average by 1/1000.
    [Test]
    public void Moves_as_far_whatever_the_type_of_the_weights(
        [Values(ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16)] ScalarType type)
    {
        using var layer = nn.Linear(2, 3, hasBias: false, dtype: type);
        var weight = layer.weight!.detach();
        weight.fill_(Scalars.One);
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        using (var average = new WeightAverage(layer, 0.999))
        {
            weight.fill_(Scalars.Two);
            for (var i = 0; i < 100; i++)
                average.Update();
            var expected = 2 - Math.Pow(0.999, 100);
            var kept = average.Weights.Single().Value.Doubles();
            kept.Should().OnlyContain(value => Math.Abs(value - expected) < 1e-5);

            average.Swap();
            var step = type == ScalarType.BFloat16 ? 1 / 128.0 : 1 / 1024.0;
            weight.Doubles().Should().OnlyContain(value => Math.Abs(value - expected) <= step / 2);
            average.Swap();
            weight.Doubles().Should().OnlyContain(value => value == 2);
            average.Weights.Single().Value.Doubles().Should().Equal(kept, "rounding it for the student leaves the average as it is");
            average.Swap();
        }

        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void A_bfloat16_student_resumes_to_the_same_bits_average_included()
    {
        using var folder = new TemporaryFolder();
        string Train(string? checkpoints, int dieAt)
        {
            manual_seed(3);
            using var student = new Student("half", new InHalves());
            using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.1, momentum: 0.9);
            var left = dieAt;
            var data = new Points(40, 8) { Before = (_, _) => _ = left-- == 0 ? throw new IOException("killed") : 0 };
            var options = new TrainerOptions
            {
                Epochs = 3, AverageDecay = 0.99, CheckpointFolder = checkpoints, CheckpointEvery = 1,
            };
            var trainer = new Trainer(student, optimizer, data, options: options)
            {
                Validate = new ClassificationExam([Points.Draw(64, seed: 99)]).Validate,
            };
            if (dieAt >= 0)
                trainer.Invoking(one => one.Run()).Should().Throw<IOException>();
            else
                trainer.Run();
            return Sha256.OfTensors(student.Module.state_dict());
        }

        var expected = Train(null, -1);
        Train(folder.Root, 7);
        using (var file = SafetensorsFile.Read(Directory.GetFiles(folder.Root, "step-*").Max()!))
        {
            file["student.inner.weight"].dtype.Should().Be(ScalarType.BFloat16);
            file["average.inner.weight"].dtype.Should().Be(ScalarType.Float32);
        }

        Train(folder.Root, -1).Should().Be(expected);
    }

    private sealed class InHalves : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear inner = nn.Linear(6, 4, dtype: ScalarType.BFloat16);

        public InHalves()
            : base(nameof(InHalves)) => RegisterComponents();

        public override Tensor forward(Tensor input) => inner.call(input.to(ScalarType.BFloat16));
    }
}
