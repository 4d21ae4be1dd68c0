using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Onnx;

/// <summary>How an ONNX file is run.</summary>
public sealed class OnnxModelOptions
{
    /// <summary>The name of the input that gets the batch.</summary>
    /// <value>Default null: the file's only one.</value>
    public string? Input { get; set; }

    /// <summary>The names of the outputs that make the answer, in this order. Outputs that are not named are not computed.</summary>
    /// <value>Default empty: all outputs, in the file's order.</value>
    public IReadOnlyList<string> Outputs { get; set; } = [];

    /// <summary>Where onnxruntime computes: the CPU, or a CUDA device, which takes the native package Microsoft.ML.OnnxRuntime.Gpu.</summary>
    /// <value>Default null: the CPU, wherever the batch is.</value>
    public Device? Device { get; set; }

    /// <summary>How many threads compute one operation on the CPU, the caller's included.</summary>
    /// <value>
    /// Default null: as many as libtorch uses (<c>torch.get_num_threads()</c>). They are onnxruntime's own, beside libtorch's; those of one sleep while the
    /// other's compute.
    /// </value>
    public int? Threads { get; set; }

    /// <summary>Whether onnxruntime's threads spin while they wait for work. Spinning threads take processors from libtorch's between two answers.</summary>
    /// <value>Default false: they sleep.</value>
    public bool AllowSpinning { get; set; }

    /// <summary>Changes the session's options after all others were set: another execution provider, another optimization level.</summary>
    /// <value>Default null.</value>
    public Action<SessionOptions>? Configure { get; set; }

    /// <summary>Where the model says, once, that batches have to be copied between devices.</summary>
    /// <value>Default null: nowhere.</value>
    public ILogger? Logger { get; set; }
}
