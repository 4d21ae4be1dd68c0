using TorchSharp.Modules;

namespace ClassroomKD;

/// <summary>All that an optimizer remembers (options, step counts, moments), as a tensor of bytes in TorchSharp's own format.</summary>
internal static class OptimizerState
{
    /// <exception cref="NotSupportedException">TorchSharp cannot save this optimizer.</exception>
    public static Tensor Write(optim.Optimizer optimizer)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            Savable(optimizer).save_state_dict(writer);
        return tensor(stream.ToArray());
    }

    /// <exception cref="CheckpointException">The state is of another optimizer.</exception>
    public static void Read(optim.Optimizer optimizer, Tensor state)
    {
        // What it loads would be released with a dispose scope around it.
        using var stream = new MemoryStream(state.data<byte>().ToArray());
        using var reader = new BinaryReader(stream);
        try
        {
            Savable(optimizer).load_state_dict(reader);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException or EndOfStreamException)
        {
            throw new CheckpointException($"The checkpoint's optimizer is another one: {exception.Message}", exception);
        }
    }

    private static OptimizerHelper Savable(optim.Optimizer optimizer) =>
        optimizer as OptimizerHelper
        ?? throw new NotSupportedException(
            $"{optimizer.GetType().Name} cannot be saved in a checkpoint; use {nameof(SgdOptimizer)} or {nameof(AdamWOptimizer)}."
        );
}
