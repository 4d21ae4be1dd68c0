using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>A network that only answers: <see cref="InferenceOperations"/> on its description, on the CPU a part of the batch per thread.</summary>
/// <remarks>
/// No layer mixes samples when it is not training, so the parts' answers are those of the whole. A thread that does a whole part waits for no
/// other after each layer, and a part's activations stay in its cache.
/// </remarks>
internal sealed class PreparedNetwork(NetworkModule network, ScalarType? type) : IDisposable
{
    /// <summary>As measured: fewer do not fill the convolutions of wide networks, more leave the cache.</summary>
    private const int MostSamplesPerPart = 32;

    private InferenceOperations? operations;
    private nint weights;

    public Tensor Answer(Tensor input)
    {
        using var scope = NewDisposeScope();
        var parameter = network.parameters().First();
        if (operations is null || weights != parameter.Handle)
        {
            // Moving a network to another device or type replaces its parameters.
            operations?.Dispose();
            operations = new InferenceOperations(type ?? parameter.dtype, channelsLast: true);
            weights = parameter.Handle;
        }

        var threads = input.device_type == DeviceType.CPU && IntraOpThreads.CanBeLimited ? get_num_threads() : 0;
        var answer = threads > 0 && input.size(0) > 1 ? InParts(operations, input, threads) : operations.Run(network, input);
        return (answer.dtype == parameter.dtype ? answer : answer.to_type(parameter.dtype)).MoveToOuterDisposeScope();
    }

    public void Dispose() => operations?.Dispose();

    private Tensor InParts(InferenceOperations on, Tensor input, int threads)
    {
        var batch = input.size(0);
        var size = Math.Min(MostSamplesPerPart, (batch + threads - 1) / threads);
        var parts = new Tensor?[(batch + size - 1) / size];
        try
        {
            Parallel.For(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            {
                using var gradient = no_grad();
                using var thread = IntraOpThreads.One();
                using var scope = NewDisposeScope();
                parts[i] = on.Run(network, input.narrow(0, i * size, Math.Min(size, batch - (i * size)))).DetachFromDisposeScope();
            });
            return cat(parts!, 0);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
            throw;
        }
        finally
        {
            foreach (var part in parts)
                part?.Dispose();
        }
    }
}
