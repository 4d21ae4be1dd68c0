using Microsoft.ML.OnnxRuntime;

namespace ClassroomKD.Onnx;

/// <summary>An ONNX file opened by onnxruntime, with the chosen input and outputs.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession session;
    private readonly OrtMemoryInfo memory;
    private readonly RunOptions runOptions;
    private readonly OnnxPort port;
    private readonly OnnxInput input;
    private readonly OnnxPort[] outputs;

    public OnnxSession(string path, OnnxModelOptions options)
    {
        File = Path.GetFileName(path);
        Device = options.Checked().Device ?? CPU;
        session = Open(path, options, Device);
        try
        {
            runOptions = new RunOptions();
            memory = OnnxMemory.On(Device);
            port = Choose("input", session.InputNames, session.InputMetadata, options.Input is { } name ? [name] : []).Single();
            if (session.InputNames.Count > 1)
                throw new InvalidDataException(
                    $"{path}: one input was expected, but the file has {Names(session.InputNames)}, each of which it needs.");
            if (port.Rank == 0)
                throw new InvalidDataException($"{path}: an input with a batch dimension was expected, but the file declares {port}.");
            input = new OnnxInput(File, port, options.Layout);
            outputs = [.. Choose("output", session.OutputNames, session.OutputMetadata, options.Outputs)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string File { get; }

    public Device Device { get; }

    public int OutputCount => outputs.Length;

    public IReadOnlyList<string> AllOutputs => session.OutputNames;

    /// <summary>The outputs for a batch on the session's device, in the current dispose scope.</summary>
    public Tensor[] Run(Tensor batch)
    {
        using var scope = NewDisposeScope();
        var ready = input.Ready(batch);
        var results = input.BatchSize is { } size && size != ready.size(0) ? InSlices(ready, size) : RunOnce(ready);
        scope.MoveToOuter(results);
        return results;
    }

    public void Dispose()
    {
        session.Dispose();
        runOptions?.Dispose();
        memory?.Dispose();
    }

    private Tensor[] InSlices(Tensor batch, long size)
    {
        var count = batch.size(0);
        if (count == 0)
            throw new ArgumentException($"{File}: a batch of at least one sample was expected, but {port} got none.", nameof(batch));
        var slices = new List<Tensor[]>();
        for (long start = 0; start < count; start += size)
        {
            using var scope = NewDisposeScope();
            var taken = Math.Min(size, count - start);
            var slice = batch.narrow(0, start, taken);
            // Real samples, since a model may fail on others.
            if (taken < size)
                slice = cat([slice, batch.narrow(0, count - 1, 1).expand([size - taken, .. batch.shape[1..]])]);
            var results = RunOnce(slice);
            for (var i = 0; i < results.Length; i++)
                results[i] = results[i].dim() > 0 && results[i].size(0) == size
                    ? results[i].narrow(0, 0, taken)
                    : throw new InvalidOperationException(
                        $"{File}: output {outputs[i]} was expected to hold an answer for each of {size} samples, but " +
                        $"[{string.Join(", ", results[i].shape)}] came; such a file answers batches of {size} alone.");
            scope.MoveToOuter(results);
            slices.Add(results);
        }
        return [.. outputs.Select((_, i) => cat([.. slices.Select(slice => slice[i])]))];
    }

    private Tensor[] RunOnce(Tensor batch)
    {
        using var scope = NewDisposeScope();
        var ready = batch.contiguous();
        // onnxruntime computes on its own stream, which does not wait for libtorch's.
        if (Device.type == DeviceType.CUDA)
            cuda.synchronize(Device);

        using var binding = session.CreateIoBinding();
        using var inputValue = OnnxMemory.Of(ready, port, memory);
        binding.BindInput(port.Name, inputValue);
        var results = new Tensor?[outputs.Length];
        var values = new List<OrtValue>();
        try
        {
            for (var i = 0; i < outputs.Length; i++)
            {
                if (outputs[i].ShapeFor(port, batch) is { } shape)
                {
                    results[i] = empty(shape, outputs[i].Type, Device);
                    values.Add(OnnxMemory.Of(results[i]!, outputs[i], memory));
                    binding.BindOutput(outputs[i].Name, values[^1]);
                }
                else
                {
                    binding.BindOutputToDevice(outputs[i].Name, OrtMemoryInfo.DefaultInstance);
                }
            }
            session.RunWithBinding(runOptions, binding);
            binding.SynchronizeBoundOutputs();
            if (Array.IndexOf(results, null) >= 0)
            {
                using var computed = binding.GetOutputValues();
                for (var i = 0; i < results.Length; i++)
                    results[i] ??= OnnxMemory.Copy(computed[i], outputs[i]).to(Device);
            }
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidOperationException($"{File}: onnxruntime failed: {exception.Message}", exception);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
            GC.KeepAlive(ready);
        }
        scope.MoveToOuter(results!);
        return results!;
    }

    private IEnumerable<OnnxPort> Choose(
        string kind, IReadOnlyList<string> present, IReadOnlyDictionary<string, NodeMetadata> declared, IReadOnlyList<string> wanted)
    {
        foreach (var name in wanted)
            if (!present.Contains(name))
                throw new InvalidDataException($"{File}: {kind} '{name}' was expected, but the file has {Names(present)}.");
        if (kind == "input" && wanted.Count == 0 && present.Count != 1)
            throw new InvalidDataException($"{File}: one input was expected, but the file has {Names(present)}.");
        return (wanted.Count == 0 ? present : wanted).Select(name => new OnnxPort(File, name, declared[name]));
    }

    private static InferenceSession Open(string path, OnnxModelOptions options, Device device)
    {
        if (!System.IO.File.Exists(path))
            throw new FileNotFoundException($"There is no ONNX file {path}.", path);
        try
        {
            RequireProvider(path, device);
            using var settings = new SessionOptions
            {
                IntraOpNumThreads = options.Threads ?? get_num_threads(),
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
            if (device.type == DeviceType.CUDA)
                settings.AppendExecutionProvider_CUDA(Math.Max(0, device.index));
            options.Configure?.Invoke(settings);
            return new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"{path}: onnxruntime cannot load it on {device}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new DllNotFoundException(
                "onnxruntime's native library was not found or does not fit. ClassroomKD.Onnx brings none: add " +
                "Microsoft.ML.OnnxRuntime to the application, or " +
                "Microsoft.ML.OnnxRuntime.Gpu for CUDA, in the version of Microsoft.ML.OnnxRuntime.Managed. " +
                exception.GetBaseException().Message.Split('\n')[0].TrimEnd(), exception);
        }
    }

    private static void RequireProvider(string path, Device device)
    {
        if (device.type == DeviceType.CUDA && !OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
            throw new NotSupportedException(
                $"{path}: {device} was asked for, but this onnxruntime is without CUDA: reference Microsoft.ML.OnnxRuntime.Gpu in " +
                "place of Microsoft.ML.OnnxRuntime.");
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
