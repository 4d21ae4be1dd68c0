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

    /// <param name="optimizer">What remembers it from now on.</param>
    /// <param name="state">What <see cref="Write"/> gave.</param>
    /// <param name="file">What exceptions name.</param>
    /// <param name="keepSettings">Whether the optimizer's rates, decays and other options stay as they are.</param>
    /// <exception cref="CheckpointException">The state is damaged, or of another optimizer.</exception>
    public static void Read(optim.Optimizer optimizer, Tensor state, string file, bool keepSettings = false)
    {
        // What it loads would be released with a dispose scope around it.
        using var stream = new MemoryStream(state.bytes.ToArray());
        using var reader = new BinaryReader(stream);
        using var settings = new MemoryStream();
        using var writer = new BinaryWriter(settings);
        var groups = keepSettings ? Savable(optimizer).state_dict().Options : [];
        groups.ForEach(group => group.SaveStateDict(writer));
        try
        {
            Savable(optimizer).load_state_dict(reader);
            settings.Position = 0;
            using var kept = new BinaryReader(settings);
            groups.ForEach(group => group.LoadStateDict(kept));
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
