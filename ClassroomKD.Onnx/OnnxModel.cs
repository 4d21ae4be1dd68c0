namespace ClassroomKD.Onnx;

/// <summary>An ONNX file as a model that answers, run by onnxruntime: <c>new Mentor("swin", new OnnxModel("swin.onnx"))</c>.</summary>
/// <typeparam name="TAnswer">The type of the answer.</typeparam>
/// <remarks>
/// <para>
/// The batch is read and the outputs are written in the tensors' own memory, if the batch is contiguous, has the file's type and is on the
/// session's device, and if the file gives the outputs' shapes (with free dimensions named as in the input). Otherwise they are copied
/// once.
/// </para>
/// <para>
/// Floating types are converted to the file's. For a file that takes integers, floating values are rounded, and refused if they are out of
/// its range or look normalized. A file whose batch is fixed answers a batch of any size in slices; the last one is filled up with its last
/// sample, whose further answers are dropped.
/// </para>
/// <para>
/// On a CUDA session (<see cref="OnnxModelOptions.Device"/>) the host waits for libtorch's stream before a run and for onnxruntime's after
/// it. For a session on the CPU, a CUDA batch is copied to the CPU and its answer back, which waits for the device too;
/// <see cref="OnnxModelOptions.Logger"/> is told once. With such a mentor on a GPU, <c>Teach</c> therefore waits for the device.
/// </para>
/// <para>
/// The file need not be trusted: onnxruntime runs its own operations only, loads no library of custom operations unless
/// <see cref="OnnxModelOptions.Configure"/> does so, and reads weights only from the file's folder. It may still use much memory and time.
/// </para>
/// The mentor that it is given to owns and disposes it. For use by one thread at a time.
/// </remarks>
public class OnnxModel<TAnswer> : nn.IModule<Tensor, TAnswer>, IDisposable
{
    private readonly OnnxSession session;
    private readonly Func<IReadOnlyList<Tensor>, TAnswer> answer;
    private readonly Microsoft.Extensions.Logging.ILogger? logger;
    private bool told;
    private bool disposed;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="answer">Makes the answer from the outputs, in the order of <see cref="OnnxModelOptions.Outputs"/>.</param>
    /// <param name="options">Default: on the CPU, with the only input and all outputs.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// onnxruntime cannot load the file, or its inputs and outputs are not those asked for; the message names them.
    /// </exception>
    /// <exception cref="ArgumentException">The device is neither the CPU nor CUDA, or the number of threads is below 1.</exception>
    /// <exception cref="DllNotFoundException">The application has no native onnxruntime.</exception>
    /// <exception cref="NotSupportedException">CUDA was asked for, but the native onnxruntime does not support it.</exception>
    public OnnxModel(string path, Func<IReadOnlyList<Tensor>, TAnswer> answer, OnnxModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(answer);
        options ??= new();
        if (options.Threads < 1)
            throw new ArgumentException($"Threads must be at least 1; it is {options.Threads}.", nameof(options));
        if (options.Device is { } device && device.type is not (DeviceType.CPU or DeviceType.CUDA))
            throw new ArgumentException($"Device must be the CPU or a CUDA device; it is {device}.", nameof(options));
        this.answer = answer;
        logger = options.Logger;
        session = new OnnxSession(path, options);
    }

    /// <summary>Runs the model on a batch.</summary>
    /// <param name="input1">
    /// A batch <c>[B, ...]</c> on any device. Turned into <see cref="OnnxModelOptions.Layout"/>, its samples have the shape that the file
    /// declares.
    /// </param>
    /// <returns>The answer on the batch's device, in the current dispose scope, without gradient.</returns>
    /// <exception cref="ArgumentException">
    /// The batch has another shape or type than the file declares; the message says in which layout or size it would fit.
    /// </exception>
    /// <exception cref="InvalidOperationException">onnxruntime failed.</exception>
    public TAnswer call(Tensor input1)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(input1);
        return answer(Outputs(input1));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        disposed = true;
        session.Dispose();
        GC.SuppressFinalize(this);
    }

    // The answer belongs to the caller's scope, so this scope ends before it is made.
    private Tensor[] Outputs(Tensor batch)
    {
        using var scope = NewDisposeScope();
        var here = batch.device_type == session.Device.type
            && (session.Device.type == DeviceType.CPU || batch.device_index == Math.Max(0, session.Device.index));
        if (!here && !told && logger is not null)
            OnnxLog.Copies(logger, session.File, session.Device.ToString(), batch.device.ToString());
        told |= !here;
        var outputs = session.Run(here ? batch : batch.to(session.Device));
        if (!here)
            outputs = Array.ConvertAll(outputs, output => output.to(batch.device));
        scope.MoveToOuter(outputs);
        return outputs;
    }

    /// <exception cref="InvalidDataException">There is more than one.</exception>
    private protected void RequireOneOutput()
    {
        if (session.OutputCount == 1)
            return;
        var names = string.Join(", ", session.AllOutputs.Select(name => $"'{name}'"));
        var (file, count) = (session.File, session.OutputCount);
        Dispose();
        throw new InvalidDataException(
            $"{file}: one output was expected, but {count} were chosen of {names}; name one in OnnxModelOptions.Outputs.");
    }
}

/// <summary>An ONNX file that answers with one tensor: see <see cref="OnnxModel{TAnswer}"/>.</summary>
public sealed class OnnxModel : OnnxModel<Tensor>
{
    /// <summary>Opens a file that has one output, or one named in <see cref="OnnxModelOptions.Outputs"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Default: on the CPU, with the only input and the only output.</param>
    /// <inheritdoc cref="OnnxModel{TAnswer}(string, Func{IReadOnlyList{Tensor}, TAnswer}, OnnxModelOptions?)" path="/exception"/>
    public OnnxModel(string path, OnnxModelOptions? options = null)
        : base(path, static outputs => outputs[0], options) =>
        RequireOneOutput();
}
