using System.Runtime.ExceptionServices;

namespace ClassroomKD.Networks;

/// <summary>A network for inference alone. On the CPU each thread answers a part of the batch.</summary>
/// <remarks>
/// Outside training no layer mixes samples, so the parts' answers are those of the whole. A thread with a part of its own need not wait for
/// others after each layer, and the part's activations stay in its cache.
/// </remarks>
internal sealed class PreparedNetwork(INetworkDescription network, ScalarType? type) : IDisposable
{
    /// <summary>As measured: fewer do not fill the convolutions of wide networks; more leave the cache.</summary>
    private static int MostSamplesPerPart => LibTorch.FreedMemoryIsKept ? 32 : 16;

    private InferenceOperations? operations;
    private ScalarType computed;

    /// <summary>The network's results for a batch, in the caller's dispose scope.</summary>
    public IReadOnlyList<Tensor> Run(Tensor input)
    {
        // What converts a type of its own would hide that the network itself refuses such a batch.
        if (!input.is_floating_point())
            throw new ArgumentException($"a batch of a floating type was expected, got {input.dtype}.");
        using var scope = NewDisposeScope();
        var parameter = network.Owner.parameters().First();
        if (operations is null || computed != (type ?? parameter.dtype))
        {
            operations?.Dispose();
            computed = type ?? parameter.dtype;
            operations = new InferenceOperations(computed, channelsLast: true);
        }
        else
        {
            operations.DropChanged();
        }

        var threads = input.device_type == DeviceType.CPU && IntraOpThreads.CanBeLimited ? get_num_threads() : 0;
        var results = threads > 0 && input.size(0) > 1 ? InParts(operations, input, threads) : operations.Run(network, input);
        Tensor InType(Tensor result) => result.dtype == parameter.dtype ? result : result.to_type(parameter.dtype);
        return [.. results.Select(result => InType(result).MoveToOuterDisposeScope())];
    }

    public void Dispose() => operations?.Dispose();

    private Tensor[] InParts(InferenceOperations on, Tensor input, int threads)
    {
        var batch = input.size(0);
        var size = Math.Min(MostSamplesPerPart, (batch + threads - 1) / threads);
        var parts = new Tensor[]?[(batch + size - 1) / size];
        try
        {
            Parallel.For(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            {
                using var gradient = no_grad();
                using var thread = IntraOpThreads.One();
                using var scope = NewDisposeScope();
                var results = on.Run(network, input.narrow(0, i * size, Math.Min(size, batch - (i * size))));
                parts[i] = Array.ConvertAll(results, result => result.DetachFromDisposeScope());
            });
            return [.. parts[0]!.Select((_, result) => cat([.. parts.Select(part => part![result])], 0))];
        }
        catch (AggregateException failures)
        {
            on.Run(network, input); // fails too, and says what came in place of a part of it
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
            throw;
        }
        finally
        {
            foreach (var result in parts.SelectMany(part => part ?? []))
                result.Dispose();
        }
    }
}
