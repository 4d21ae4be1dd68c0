using TorchSharp.Modules;

namespace ClassroomKD.Tests.Core.Training;

public sealed class TrainerTests
{
    [Test]
    public void Student_learns_and_each_epoch_says_what_it_gave([Values] bool adam, [Values] bool taught)
    {
        using var training = new TrainingCase(adam, taught, options => options.Epochs = 12);

        var result = training.Trainer.Run();

        result.Epochs.Should().HaveCount(12).And.OnlyContain(epoch => double.IsFinite(epoch.Loss) && epoch.Validation != null);
        result.Epochs[^1].Steps.Should().Be(60);
        result.Best!.Validation!.Score.Should().BeGreaterThan(0.5);
        result.Epochs.Select(epoch => epoch.Teaching is not null).Should().AllBeEquivalentTo(taught);
        if (taught)
            result.Epochs[0].Teaching!.Samples.Should().Be(40);
    }

    [Test]
    public void Ended_at_any_step_and_run_again_the_training_ends_with_the_same_bits([Values] bool adam, [Values] bool taught)
    {
        string expected;
        TeachingReport? report;
        using (var whole = new TrainingCase(adam, taught))
        {
            report = whole.Trainer.Run().Epochs[^1].Teaching;
            expected = whole.Weights;
        }

        for (var end = 1; end < 15; end++)
        {
            using var folder = new TemporaryFolder();
            void Checkpoint(TrainerOptions options) => (options.CheckpointFolder, options.CheckpointEvery) = (folder.Root, 1);
            // Twice within a few steps, by an exception from the data: nothing is written after it.
            foreach (var steps in (int[])[end, Math.Min(2, 14 - end)])
            {
                var left = steps;
                var dying = new Points(40, 8)
                {
                    Before = (_, _) =>
                    {
                        if (left-- == 0)
                            throw new IOException("killed");
                    },
                };
                using var training = new TrainingCase(adam, taught, Checkpoint, dying);
                FluentActions.Invoking(() => training.Trainer.Run()).Should().Throw<IOException>();
            }

            using var last = new TrainingCase(adam, taught, Checkpoint);
            var result = last.Trainer.Run();

            last.Weights.Should().Be(expected, $"ended after {end} steps");
            result.Epochs.Should().HaveCount(TrainingCase.Epochs);
            result.Epochs[^1].Teaching.Should().BeEquivalentTo(report, options => options.ComparingByMembers<TeachingReport>());
            last.Notices.All.Should().Contain(notice => notice.StartsWith("Resumed from step-"));
        }
    }

    [Test]
    public void Cancelled_the_training_writes_a_checkpoint_and_goes_on_from_it()
    {
        string expected;
        using (var whole = new TrainingCase(adam: false, taught: true))
        {
            whole.Trainer.Run();
            expected = whole.Weights;
        }

        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        var data = new Points(40, 8)
        {
            Before = (epoch, batch) =>
            {
                if ((epoch, batch) == (1, 2))
                    cancel.Cancel();
            },
        };
        using (var first = new TrainingCase(false, true, options => options.CheckpointFolder = folder.Root, data))
            FluentActions.Invoking(() => first.Trainer.Run(cancel.Token)).Should().Throw<OperationCanceledException>();
        using var second = new TrainingCase(false, true, options => options.CheckpointFolder = folder.Root);
        second.Trainer.Run();

        second.Weights.Should().Be(expected);
        second.Notices.All.Should().Contain("Resumed from step-000000000008.safetensors: epoch 1, batch 3, step 8.");
    }

    [Test]
    public void A_finished_training_run_again_gives_its_result_at_once()
    {
        using var folder = new TemporaryFolder();
        void Checkpoint(TrainerOptions options) => options.CheckpointFolder = folder.Root;
        using var first = new TrainingCase(false, true, Checkpoint);
        var result = first.Trainer.Run();
        using var again = new TrainingCase(
            false,
            true,
            Checkpoint,
            new Points(40, 8) { Before = (_, _) => throw new IOException("drawn from") }
        );

        again.Trainer.Run().Epochs.Should().BeEquivalentTo(result.Epochs);
        again.Weights.Should().Be(first.Weights);
        Directory
            .GetFiles(folder.Root)
            .Select(Path.GetFileName)
            .Should()
            .BeEquivalentTo("best.safetensors", "step-000000000010.safetensors", "step-000000000015.safetensors");
    }

    [TestCase(null, "student.")]
    [TestCase(0.5, "average.")]
    public void The_weights_of_the_best_epoch_are_loaded_by_their_beginning(double? decay, string beginning)
    {
        using var folder = new TemporaryFolder();
        TrainingCase? training = null;
        var validated = new List<string>();
        using (training = new TrainingCase(
            false,
            true,
            options => (options.CheckpointFolder, options.AverageDecay, options.Epochs) = (folder.Root, decay, 5),
            validating: () => validated.Add(training!.Weights)))
        {
            var best = training.Trainer.Run().Best!.Epoch;
            var report = training.Student.Module.LoadWeights(
                Path.Combine(folder.Root, "best.safetensors"), new() { Prefixes = { beginning }, Strict = false });

            report.Missing.Should().BeEmpty();
            training.Weights.Should().Be(validated[best]);
        }
        validated.Distinct().Should().HaveCount(5);
    }

    [Test]
    public void A_training_in_which_nothing_would_be_learned_is_refused()
    {
        using var training = new TrainingCase(adam: true, taught: false);
        using var other = nn.Linear(6, 4);
        using var strange = new SgdOptimizer(other.parameters(), 0.1);
        Refused(new Trainer(training.Student, strange, training.Data), "The optimizer has none of the parameters of student 'student':*");

        Refused(new Trainer(training.Student, training.Optimizer, new Points(0, 8)), "The training data has no batch in an epoch,*");
        Refused(
            new Trainer(training.Student, training.Optimizer, training.Data, options: new() { Patience = 3 }),
            "Patience is 3 validations*set Validate, or leave Patience out.");

        foreach (var parameter in training.Student.Module.parameters())
            parameter.requires_grad = false;
        Refused(new Trainer(training.Student, training.Optimizer, training.Data), "Student 'student' has no parameter to learn:*");

        static void Refused(Trainer trainer, string message) =>
            trainer.Invoking(one => one.Run()).Should().Throw<InvalidOperationException>().WithMessage(message);
    }

    [Test]
    public void An_optimizer_of_some_parameters_or_of_views_of_them_is_one_of_the_student()
    {
        using var head = new TrainingCase(adam: true, taught: false);
        using var some = new SgdOptimizer(head.Student.Module.parameters().TakeLast(1), 0.1);
        new Trainer(head.Student, some, head.Data).Run().Epochs.Should().HaveCount(1);

        using var flat = new Parameter(zeros(4));
        using var student = new Student("flat", new Half(flat));
        using var optimizer = new SgdOptimizer([flat], 0.1);
        TensorMemory.AnyWithin(student.Module.parameters(), optimizer.parameters()).Should().BeTrue();
        TensorMemory.AnyWithin(optimizer.parameters(), student.Module.parameters()).Should().BeFalse();
    }

    [Test]
    public void Two_trainings_do_not_share_a_folder()
    {
        using var folder = new TemporaryFolder();
        void Checkpoint(TrainerOptions options) => options.CheckpointFolder = folder.Root;
        using var second = new TrainingCase(false, true, Checkpoint);
        Action? meanwhile = () =>
        {
            var before = LiveTensors.Settled();
            second.Trainer.Invoking(trainer => trainer.Run()).Should().Throw<CheckpointException>()
                .WithMessage($"Another training is under way in {folder.Root}, *TrainerOptions.CheckpointFolder.");
            LiveTensors.Settled().Should().Be(before);
            meanwhile = null;
        };
        using var first = new TrainingCase(false, true, Checkpoint, new Points(40, 8) { Before = (_, _) => meanwhile?.Invoke() });
        first.Trainer.Run();

        second.Trainer.Run();
        second.Weights.Should().Be(first.Weights);
    }

    [Test]
    public void Patience_ends_the_training()
    {
        using var training = new TrainingCase(
            false,
            false,
            options => (options.Epochs, options.Patience, options.LearningRate) = (50, 2, _ => 0)
        );

        var result = training.Trainer.Run();

        result.StoppedEarly.Should().BeTrue();
        result.Epochs.Count.Should().BeLessThan(10);
        (result.Epochs.Count - 1 - result.Best!.Epoch).Should().Be(2);
    }

    [Test]
    public void A_thousand_steps_leave_no_tensor_behind([Values] bool taught)
    {
        using var training = new TrainingCase(false, taught, options => options.Epochs = 200);
        using var warm = new TrainingCase(false, taught);
        warm.Trainer.Run();
        var before = LiveTensors.Settled();

        training.Trainer.Run();

        // The momenta, which the first step makes.
        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before + training.Student.Module.parameters().Count());
    }

    [Test]
    public void Gradients_are_shortened_to_the_norm_and_shorter_ones_left()
    {
        using var scope = NewDisposeScope();
        TorchSharp.Modules.Parameter a = new(zeros(3)),
            b = new(zeros(2));
        a.grad = tensor(new[] { 3f, 0, 0 });
        b.grad = tensor(new[] { 0f, 4 });

        GradientNorm.Limit([a, b], 10.0);
        a.grad.Doubles().Should().Equal(3, 0, 0);
        GradientNorm.Limit([a, b], 2.5);

        a.grad.Doubles()[0].Should().BeApproximately(1.5, 1e-6);
        b.grad!.Doubles()[1].Should().BeApproximately(2, 1e-6);
    }

    [Test]
    public void Options_out_of_range_are_refused_by_name([Values(1.0, 1.5, -0.1)] double decay)
    {
        FluentActions
            .Invoking(() => new TrainingCase(false, false, options => options.Epochs = 0))
            .Should()
            .Throw<Microsoft.Extensions.Options.OptionsValidationException>()
            .WithMessage("*Epochs*");
        FluentActions
            .Invoking(() => new TrainingCase(false, false, options => options.AverageDecay = decay))
            .Should()
            .Throw<Microsoft.Extensions.Options.OptionsValidationException>()
            .WithMessage($"*AverageDecay*it is {decay}.*");
    }

    private sealed class Half : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter weight;

        public Half(Parameter whole)
            : base(nameof(Half))
        {
            weight = new Parameter(whole.detach().narrow(0, 2, 2));
            register_parameter(nameof(weight), weight);
        }

        public override Tensor forward(Tensor input) => input.mul(weight);
    }
}
