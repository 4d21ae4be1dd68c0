using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace ClassroomKD.Onnx;

/// <summary>How an ONNX file is run.</summary>
public sealed class OnnxModelOptions
{
    /// <summary>The name of the input for the batch.</summary>
    /// <value>Default null: the file's only one.</value>
    public string? Input { get; set; }

    /// <summary>The order of the dimensions that the input has in the file; batches are turned into it.</summary>
    /// <value>Default <see cref="ImageLayout.ChannelsFirst"/>: batches are given as they come.</value>
    public ImageLayout Layout { get; set; }

    /// <summary>The names of the outputs of the answer, in order. Outputs that are not named are not computed.</summary>
    /// <value>Default empty: all outputs, in the file's order.</value>
    public IReadOnlyList<string> Outputs { get; set; } = [];

    /// <summary>The device that computes: the CPU, or a CUDA device, which needs the native package Microsoft.ML.OnnxRuntime.Gpu.</summary>
    /// <value>Default null: the CPU, on whichever device the batch is.</value>
    public Device? Device { get; set; }

    /// <summary>The number of threads that compute an operation on the CPU, including the caller's, at least 1.</summary>
    /// <value>Default null: as many as libtorch uses; they are onnxruntime's own and sleep while libtorch's compute.</value>
    public int? Threads { get; set; }

    /// <summary>Whether onnxruntime's threads spin while they wait, which takes processors from libtorch's between answers.</summary>
    /// <value>Default false: they sleep.</value>
    public bool AllowSpinning { get; set; }

    /// <summary>Changes the session's options after all others are set, such as its execution provider or optimization level.</summary>
    /// <value>Default null: no changes.</value>
    public Action<SessionOptions>? Configure { get; set; }

    /// <exception cref="ArgumentOutOfRangeException">The number of threads is below 1, or there is no such layout.</exception>
    internal OnnxModelOptions Checked()
    {
        if (Threads is { } threads)
            ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(Threads));
        if (!Enum.IsDefined(Layout))
            throw new ArgumentOutOfRangeException(nameof(Layout), Layout, "Expected ChannelsFirst or ChannelsLast.");
        return this;
    }

    /// <summary>The logger that is told, once, if batches have to be copied between devices.</summary>
    /// <value>Default null: none.</value>
    public ILogger? Logger { get; set; }
}
