using System.Diagnostics;
using System.Globalization;

namespace ClassroomKD;

public partial class Trainer<TAnswer, TTarget>
{
    /// <summary>The state of one call of <see cref="Run"/>.</summary>
    private sealed partial class TrainingRun : IDisposable
    {
        private readonly Trainer<TAnswer, TTarget> trainer;
        private readonly TrainerOptions options;
        private readonly WeightAverage? average;
        private readonly Scalar? largestNorm;
        private readonly Tensor losses; // the sum of this epoch's
        private readonly Dictionary<string, string> fingerprint;
        private readonly KeyValuePair<string, object?> meterTag;
        private CheckpointFolder? folder;
        private bool isWhole = true; // whether the state is that after a step, as checkpoints hold it

        public TrainingRun(Trainer<TAnswer, TTarget> trainer)
        {
            (this.trainer, options) = (trainer, trainer.options);
            average = options.AverageDecay is { } decay ? new WeightAverage(trainer.student.Module, decay) : null;
            largestNorm = options.MaxGradientNorm is { } largest ? Scalars.Of(largest) : null;
            meterTag = TrainingMeter.Student(trainer.student.Name);
            losses = zeros([], ScalarType.Float64, trainer.parameters[0].device).DetachFromDisposeScope();
            fingerprint = TrainingFingerprint.Of(
                options,
                trainer.Steps,
                trainer.Rate,
                trainer.student.Module,
                trainer.optimizer,
                trainer.data.Fingerprint,
                trainer.classroom?.Fingerprint
            );
        }

        public TrainingPosition Position { get; private set; } = new();

        public void Begin()
        {
            folder = options.CheckpointFolder is { } path && IsFirst ? new CheckpointFolder(path) : null;
            if (!LibTorch.WaitsPassively)
                trainer.Tell(observer => observer.Noticed(LibTorch.SpinningThreads));
            RequireSameTraining();
            if (folder?.ReadNewest(notice => trainer.Tell(observer => observer.Noticed(notice))) is { } found)
                using (found.Tensors)
                    Restore(TrainingPosition.Of(found.Text, found.File), found.Tensors, found.File);
            BeginTogether();
            trainer.Tell(observer => observer.Started(fingerprint, Position.Epochs));
        }

        public void Epoch(CancellationToken cancellation)
        {
            using var activity = ClassroomActivities.Epoch(Position.Epoch);
            var start = Stopwatch.GetTimestamp();
            var mine = trainer.Parallel is null ? cancellation : CancellationToken.None; // else all end together: see Batches
            try
            {
                foreach (var (number, batch) in Batches(cancellation))
                {
                    Step(number, batch);
                    mine.ThrowIfCancellationRequested();
                    if (Position.Step % options.CheckpointEvery == 0)
                        Save();
                }

                EndEpoch(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
            catch (OperationCanceledException) when (mine.IsCancellationRequested && isWhole)
            {
                Save();
                throw;
            }
        }

        public TrainingResult End()
        {
            average?.Swap();
            var best = Position.BestEpoch is { } epoch ? Position.Epochs.Find(result => result.Epoch == epoch) : null;
            var result = new TrainingResult(Position.Epochs, best, Position.StoppedEarly);
            trainer.Tell(observer => observer.Ended(result));
            return result;
        }

        public void Dispose()
        {
            losses.Dispose();
            average?.Dispose();
            folder?.Dispose();
        }

        // Without a batch it takes part in a step of the other processes.
        private void Step(int number, in TrainingBatch<TTarget>? batch)
        {
            using var scope = NewDisposeScope();
            isWhole = false;
            var seed = TrainingFingerprint.SeedOf(options.Seed, Position.Step) + Rank;
            manual_seed(seed);
            // TorchSharp's manual_seed reaches the CPU's generator alone.
            if (losses.device_type == DeviceType.CUDA)
                cuda.manual_seed_all(seed);
            trainer.optimizer.zero_grad();
            if (trainer.Rate(Position.Step) is { } rate)
                trainer.optimizer.SetLearningRate(rate);
            var lesson = Learn(batch, out var loss);
            if (largestNorm is not null)
                GradientNorm.Limit(trainer.parameters, largestNorm);
            trainer.optimizer.step();
            average?.Update();
            using (no_grad())
                losses.add_(loss, Scalars.One);

            (Position.Step, Position.Batch, Position.SummedSteps) = (Position.Step + 1, number + 1, Position.SummedSteps + 1);
            isWhole = true;
            TrainingMeter.CountStep(meterTag);
            var progress = new TrainingProgress(Position.Epoch, Position.Batch, Position.Step, trainer.Steps);
            if (IsFirst)
                trainer.Progress?.Report(progress);
            trainer.Tell(observer => observer.Stepped(progress, lesson));
        }

        private Lesson? Learn(in TrainingBatch<TTarget>? batch, out Tensor loss)
        {
            if (batch is not { } here)
            {
                trainer.classroom?.TeachNobody(losses.device);
                loss = trainer.Parallel!.AverageGradients(trainer.parameters, zeros_like(losses), zeros_like(losses));
                return null;
            }

            var answer = trainer.student.Answer(here.Input);
            var lesson = trainer.classroom?.Teach(here, answer);
            var (own, samples) = lesson is null ? trainer.TaskLoss(answer, here.Targets) : (lesson.Loss, lesson.SampleCount);
            own.backward();
            loss = trainer.Parallel?.AverageGradients(trainer.parameters, own, samples) ?? own.detach();
            return lesson;
        }

        private void EndEpoch(double seconds)
        {
            AverageBuffers();
            var epoch = Position.Epoch;
            var validation = (epoch + 1) % options.ValidateEvery == 0 ? Validate() : null;
            isWhole = false;
            var rate = trainer.optimizer.ParamGroups.First().LearningRate;
            var loss = losses.item<double>() / Math.Max(1, Position.SummedSteps);
            var result = new EpochResult(epoch, Position.Step, loss, rate, seconds, validation, trainer.classroom?.ReadReport());
            Position.Add(result);
            TrainingMeter.RecordEpoch(meterTag, seconds, loss, rate, validation?.Score);
            var better = validation is not null && Judge(validation);
            (Position.Epoch, Position.Batch, Position.SummedSteps) = (epoch + 1, 0, 0);
            using (NewDisposeScope())
                losses.zero_();
            isWhole = true;
            Save(better);
            trainer.Tell(observer => observer.EpochEnded(result));
        }

        private ValidationResult? Validate()
        {
            if (trainer.Validate is null)
                return null;
            using var activity = ClassroomActivities.Validation(Position.Epoch);
            average?.Swap();
            try
            {
                return OfFirst(trainer.Validate(trainer.student));
            }
            finally
            {
                average?.Swap();
            }
        }

        // Whether the last epoch is the best so far.
        private bool Judge(ValidationResult validation)
        {
            var best = Position.BestEpoch is { } epoch
                ? Position.Epochs.Find(result => result.Epoch == epoch)!.Validation!.Score
                : double.NegativeInfinity;
            if (validation.Score > best)
            {
                (Position.BestEpoch, Position.ValidationsWithoutProgress) = (Position.Epoch, 0);
                return true;
            }

            Position.ValidationsWithoutProgress++;
            Position.StoppedEarly = Position.ValidationsWithoutProgress >= options.Patience;
            return false;
        }

        private void Save(bool best = false)
        {
            if (options.CheckpointFolder is null)
                return;
            AverageBuffers();
            if (trainer.Parallel is { } parallel)
                trainer.classroom?.Tally.Unite(parallel, everywhere: false);
            if (folder is null)
                return;
            using var scope = NewDisposeScope();
            var (tensors, text) = State();
            folder.Write(Position.Step, tensors, text, best);
        }

        private (Dictionary<string, Tensor> Tensors, string Text) State()
        {
            var tensors = new Dictionary<string, Tensor>();
            foreach (var (name, tensor) in trainer.student.Module.state_dict())
                tensors.Add($"student.{name}", tensor);
            foreach (var (name, tensor) in average?.Weights ?? [])
                tensors.Add($"average.{name}", tensor);
            tensors.Add("optimizer", OptimizerState.Write(trainer.optimizer));
            tensors.Add("losses", losses);
            tensors.Add("epochs", Position.WriteEpochs());
            var (sums, lessons) = trainer.classroom?.Tally.State ?? ([], 0);
            foreach (var (name, sum) in sums)
                tensors.Add(name, sum);
            foreach (var (part, stateful) in trainer.classroom?.StatefulParts ?? [])
                foreach (var (name, tensor) in stateful.SaveState())
                    tensors.Add($"{part}.{name}", tensor);
            Position.TalliedLessons = lessons;
            Position.ClassroomStep = trainer.classroom?.Step ?? 0;
            return (tensors, (Position with { Fingerprint = fingerprint }).ToText());
        }

        private void Restore(TrainingPosition position, IReadOnlyDictionary<string, Tensor> tensors, string file)
        {
            TrainingFingerprint.RequireEqual(position.Fingerprint, fingerprint, options.AcceptedDifferences, file);
            Copy(tensors, "student.", trainer.student.Module.state_dict(), file);
            if (average is not null)
                Copy(tensors, "average.", average.Weights, file);
            // They differ only where that was accepted, and then the new ones are meant.
            var keepSettings = position.Fingerprint.GetValueOrDefault("optimizer") != fingerprint["optimizer"];
            OptimizerState.Read(trainer.optimizer, Bytes(tensors, "optimizer", file), file, keepSettings);
            position.ReadEpochs(Bytes(tensors, "epochs", file), file);
            Copy(tensors, "", [new("losses", losses)], file);
            if (trainer.classroom is { } room)
                Restore(room, position, tensors, file);
            Position = position;
            trainer.Tell(observer =>
                observer.Noticed(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Resumed from {Path.GetFileName(file)}: epoch {position.Epoch}, batch {position.Batch}, step {position.Step}."
                    )
                )
            );
        }

        private void Restore(
            Classroom<TAnswer, TTarget> room, TrainingPosition position, IReadOnlyDictionary<string, Tensor> tensors, string file)
        {
            try
            {
                room.Tally.Restore(tensors, losses.device, position.TalliedLessons);
                room.Step = position.ClassroomStep;
                foreach (var (part, stateful) in room.StatefulParts)
                    stateful.RestoreState(tensors.Where(entry => entry.Key.StartsWith($"{part}.", StringComparison.Ordinal))
                        .ToDictionary(entry => entry.Key[(part.Length + 1)..], entry => entry.Value));
            }
            catch (ArgumentException exception)
            {
                throw new CheckpointException($"The checkpoint {file} cannot be used: {exception.Message}", exception);
            }
        }

        private static Tensor Bytes(IReadOnlyDictionary<string, Tensor> from, string name, string file) =>
            from.TryGetValue(name, out var found) && found.dtype == ScalarType.Byte
                ? found
                : throw new CheckpointException($"The checkpoint {file} cannot be used: it holds no bytes '{name}'.");

        // Only where a difference was accepted can something be missing here.
        private static void Copy(
            IReadOnlyDictionary<string, Tensor> from, string prefix, IEnumerable<KeyValuePair<string, Tensor>> to, string file)
        {
            using var noGradient = no_grad();
            foreach (var (name, tensor) in to)
            {
                if (!from.TryGetValue(prefix + name, out var found) || !found.shape.SequenceEqual(tensor.shape))
                    throw new CheckpointException(
                        $"The checkpoint {file} cannot be used: it holds no {prefix}{name} of shape [{string.Join(", ", tensor.shape)}]."
                    );
                tensor.copy_(found);
            }
        }
    }
}
