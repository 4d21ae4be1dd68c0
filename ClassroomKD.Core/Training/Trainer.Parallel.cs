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
            };
            parallel.RequireSame("training", texts);
        }

        // Everybody begins where rank 0 does: with new weights, or at its checkpoint.
        private void BeginTogether()
        {
            if (trainer.Parallel is not { } parallel)
                return;
            if (parallel.Broadcast($"{Position.Step}") == "0")
            {
                foreach (var (_, tensor) in trainer.student.Module.state_dict().Concat(average?.Weights ?? []))
                    parallel.Broadcast(tensor);
                return;
            }

            var received = new Dictionary<string, Tensor>();
            var text = "";
            using (NewDisposeScope())
            {
                (var tensors, text) = IsFirst ? State() : ([], text);
                text = parallel.Broadcast(text);
                BroadcastAll(parallel, tensors, received);
            }

            // Outside of any scope, which would release what the optimizer loads.
            if (!IsFirst)
                Restore(TrainingPosition.Of(text, "of rank 0"), received, "of rank 0");
            foreach (var tensor in received.Values)
                tensor.Dispose();
        }

        // The sums of who taught whom stay with rank 0, or they would count more than once.
        private void BroadcastAll(IDataParallel parallel, Dictionary<string, Tensor> tensors, Dictionary<string, Tensor> received)
        {
            var forms = tensors.Where(entry => !entry.Key.StartsWith("tally.", StringComparison.Ordinal))
                .Select(entry => new Form(entry.Key, entry.Value.dtype, entry.Value.shape));
            foreach (var form in JsonSerializer.Deserialize<Form[]>(parallel.Broadcast(JsonSerializer.Serialize(forms)))!)
            {
                // On the CPU, wherever rank 0 has it: it is copied to its place.
                var tensor = IsFirst ? tensors[form.Name].to(CPU) : zeros(form.Shape, form.Type);
                parallel.Broadcast(tensor);
                if (!IsFirst)
                    received.Add(form.Name, tensor.DetachFromDisposeScope());
            }
        }

        private sealed record Form(string Name, ScalarType Type, long[] Shape);

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
