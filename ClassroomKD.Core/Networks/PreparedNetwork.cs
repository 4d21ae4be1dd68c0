using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>A network that only answers: <see cref="InferenceOperations"/> on its description, a part of the batch at a time.</summary>
/// <remarks>
/// On the CPU the batch is split so that a part's activations stay in the processor's cache and are not asked of the system anew at each
/// layer; no layer mixes samples when it is not training, so the answers are the same.
/// </remarks>
internal sealed class PreparedNetwork(NetworkModule network, ScalarType? type) : IDisposable
{
    /// <summary>As measured: fewer leave threads without work, more leave the cache.</summary>
    private const int SamplesPerThread = 16;

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

        var answer = input.device_type == DeviceType.CPU ? InParts(operations, input) : operations.Run(network, input);
        return (answer.dtype == parameter.dtype ? answer : answer.to_type(parameter.dtype)).MoveToOuterDisposeScope();
    }

    public void Dispose() => operations?.Dispose();

    private Tensor InParts(InferenceOperations on, Tensor input)
    {
        var (batch, size) = (input.size(0), (long)SamplesPerThread * get_num_threads());
        if (batch <= size)
            return on.Run(network, input);
        var parts = new Tensor[(batch + size - 1) / size];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = on.Run(network, input.narrow(0, i * size, Math.Min(size, batch - (i * size))));
        return cat(parts, 0);
    }
}
