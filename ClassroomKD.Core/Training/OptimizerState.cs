using System.Runtime.InteropServices;
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

    /// <exception cref="CheckpointException">The state is damaged, or of another optimizer.</exception>
    public static void Read(optim.Optimizer optimizer, Tensor state, string file)
    {
        // What it loads would be released with a dispose scope around it.
        using var stream = new MemoryStream(state.bytes.ToArray());
        using var reader = new BinaryReader(stream);
        try
        {
            Savable(optimizer).load_state_dict(reader);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or InvalidDataException or FormatException
            or OverflowException or NotImplementedException or ExternalException)
        {
            throw new CheckpointException(
                $"The checkpoint {file} cannot be used: its optimizer is another one, or damaged: {exception.Message}", exception);
        }
    }

    private static OptimizerHelper Savable(optim.Optimizer optimizer) =>
        optimizer as OptimizerHelper
        ?? throw new NotSupportedException(
            $"{optimizer.GetType().Name} cannot be saved in a checkpoint; use {nameof(SgdOptimizer)} or {nameof(AdamWOptimizer)}."
        );
}
