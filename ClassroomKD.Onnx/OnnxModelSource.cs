using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClassroomKD.Onnx;

/// <summary>
/// ONNX files in configuration: <c>"Onnx": { "File": "swin.onnx" }</c>. A classroom takes it by
/// <c>AddModelSource(new OnnxModelSource())</c>.
/// </summary>
public sealed class OnnxModelSource() : ModelSource<Tensor, OnnxModelSettings>("Onnx")
{
    /// <inheritdoc/>
    protected override void Check(OnnxModelSettings settings, ModelSourceContext context)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(context);
        context.RequireFile(nameof(settings.File), settings.File);
        if (settings.Threads < 1)
            context.Refuse(nameof(settings.Threads), $"is {settings.Threads} (expected at least 1)");
        if (context.IsStudent)
            context.Refuse(nameof(settings.File), "is of a file that cannot learn (expected a student of another source)");
    }

    /// <inheritdoc/>
    protected override nn.IModule<Tensor, Tensor> Create(OnnxModelSettings settings, ModelSourceContext context)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(context);
        return new OnnxModel(context.FullPath(settings.File!), new OnnxModelOptions
        {
            Input = settings.Input,
            Outputs = settings.Output is { } output ? [output] : [],
            Layout = settings.Layout,
            Device = context.Device,
            Threads = settings.Threads,
            AllowSpinning = settings.AllowSpinning,
            Logger = context.Services.GetService<ILoggerFactory>()?.CreateLogger("ClassroomKD"),
        });
    }
}

/// <summary>What configuration states of an ONNX file: see <see cref="OnnxModelOptions"/>.</summary>
public sealed class OnnxModelSettings
{
    /// <summary>The file, relative to the content root.</summary>
    public string? File { get; set; }

    /// <summary>The name of the input for the batch.</summary>
    /// <value>Default null: the file's only one.</value>
    public string? Input { get; set; }

    /// <summary>The name of the output of the answer.</summary>
    /// <value>Default null: the file's only one.</value>
    public string? Output { get; set; }

    /// <summary>The order of the dimensions that the input has in the file.</summary>
    /// <value>Default <see cref="ImageLayout.ChannelsFirst"/>.</value>
    public ImageLayout Layout { get; set; }

    /// <summary>The number of threads that compute an operation on the CPU, at least 1.</summary>
    /// <value>Default null: as many as libtorch uses.</value>
    public int? Threads { get; set; }

    /// <summary>Whether onnxruntime's threads spin while they wait.</summary>
    /// <value>Default false: they sleep.</value>
    public bool AllowSpinning { get; set; }
}
