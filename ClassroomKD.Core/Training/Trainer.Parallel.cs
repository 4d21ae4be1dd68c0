using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClassroomKD;

public partial class Trainer<TAnswer, TTarget>
{
    private static readonly JsonSerializerOptions AnyNumber = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>What a run does together with the runs of other processes; nothing where there are none.</summary>
    private sealed partial class TrainingRun
    {
        private ITrainingData<TTarget>? part;

        private int Rank => trainer.Parallel?.Rank ?? 0;

        private bool IsFirst => Rank == 0;

        private void RequireSameTraining()
        {
            if (trainer.Parallel is not { } parallel)
                return;
            if (trainer.classroom is { } room)
                room.Parallel = parallel;
            var texts = new Dictionary<string, string>(fingerprint)
            {
                ["checkpointFolder"] = options.CheckpointFolder is null ? "none" : "given",
                ["checkpointEvery"] = $"{options.CheckpointEvery}",
                ["validation"] = trainer.Validate is null ? "none" : "given",
                ["optimizer"] = trainer.optimizer.GetType().Name,
            };
            foreach (var (name, tensor) in trainer.student.Module.state_dict())
                texts[$"student.{name}"] = $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
            if (trainer.optimizer is TorchSharp.Modules.OptimizerHelper)
                using (var state = OptimizerState.Write(trainer.optimizer))
                    texts["optimizer.settings"] = Convert.ToHexStringLower(SHA256.HashData(state.bytes));
            parallel.RequireSame("training", texts);
        }

        // Everybody begins where rank 0 does: with new weights, or at its checkpoint.
        private void BeginTogether()
        {
            if (trainer.Parallel is not { } parallel)
                return;
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            var position = TrainingPosition.Of(parallel.Broadcast(Position.ToText()), "of rank 0");
            foreach (var tensor in trainer.student.Module.state_dict().Values)
                parallel.Broadcast(tensor);
            foreach (var (_, tensor) in average?.Weights ?? [])
                parallel.Broadcast(tensor);
            parallel.Broadcast(losses);
            if (position.Step > 0)
            {
                var state = OptimizerState.Write(trainer.optimizer);
                var length = int.Parse(parallel.Broadcast($"{state.numel()}"), System.Globalization.CultureInfo.InvariantCulture);
                var received = IsFirst ? state : zeros(length, ScalarType.Byte);
                parallel.Broadcast(received);
                if (!IsFirst)
                    OptimizerState.Read(trainer.optimizer, received);
            }

            if (trainer.classroom is { } room && !IsFirst)
            {
                room.Tally.Restore(null, null, position.TalliedLessons);
                room.Step = position.ClassroomStep;
            }

            Position = position;
        }

        /// <summary>The rest of the epoch's batches, or this process's parts of them; null: it has no sample, but another has.</summary>
        private IEnumerable<(int Number, TrainingBatch<TTarget>? Batch)> Batches(CancellationToken cancellation)
        {
            if (trainer.Parallel is not { } parallel)
            {
                foreach (var batch in trainer.data.Epoch(Position.Epoch, Position.Batch, cancellation))
                    yield return (batch.Number, batch);
                yield break;
            }

            part ??= trainer.data.Part(new BatchPart(parallel.Rank, parallel.Size));
            using var parts = part.Epoch(Position.Epoch, Position.Batch, CancellationToken.None).GetEnumerator();
            var any = parts.MoveNext();
            for (var number = Position.Batch; number < trainer.data.BatchesPerEpoch; number++)
            {
                var here = any && parts.Current.Number == number;
                var (holders, cancelled) = Counted(parallel, here, cancellation.IsCancellationRequested);
                if (cancelled > 0)
                {
                    Save();
                    throw new OperationCanceledException(cancellation);
                }

                if (holders > 0)
                    yield return (number, here ? parts.Current : null);
                if (here)
                    any = parts.MoveNext();
            }
        }

        // On the host: no device is waited for.
        private static unsafe (long Holders, long Cancelled) Counted(IDataParallel parallel, bool here, bool cancelled)
        {
            using var flags = tensor([here ? 1L : 0L, cancelled ? 1L : 0L]);
            parallel.Sum(flags);
            var numbers = TensorMemory.Address<long>(flags);
            return (numbers[0], numbers[1]);
        }

        // Each process normalizes by its part of a batch; what is examined and saved is the mean of their running statistics.
        private void AverageBuffers()
        {
            if (trainer.Parallel is not { Size: > 1 } parallel)
                return;
            var buffers = trainer.student.Module.named_buffers().ToDictionary(entry => entry.name, entry => entry.buffer);
            var averaged = (average?.Weights ?? []).Where(entry => buffers.ContainsKey(entry.Key)).Select(entry => entry.Value);
            BufferAverage.Take([.. buffers.Values, .. averaged], parallel);
        }

        private ValidationResult OfFirst(ValidationResult result) =>
            trainer.Parallel is { } parallel
                ? JsonSerializer.Deserialize<ValidationResult>(parallel.Broadcast(JsonSerializer.Serialize(result, AnyNumber)), AnyNumber)!
                : result;
    }
}
