using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ClassroomKD;

/// <summary>A model from a <c>.pt2</c> package: a program of <c>torch.export</c>, compiled in Python by
/// <c>torch._inductor.aoti_compile_and_package</c>: <c>new Mentor("vit", TorchExport.Load("vit.pt2", [3, 224, 224]))</c>.</summary>
/// <remarks>
/// <b>A package holds machine code</b>, which runs as soon as it is opened: load only files that you trust, compiled for this processor,
/// operating system and device. A package of sources, for which libtorch would run a compiler by the file's own command, is refused, and so
/// is a program of <c>torch.export.save</c>, which libtorch cannot run.
/// <para>
/// Compiled code does not look at what it is given, and reads beyond a batch of another shape. So the shape is stated here, and every batch
/// is checked before. The code always computes as in evaluation mode, if the model was in it when it was exported, and has no gradient.
/// </para>
/// For use by one thread at a time.
/// </remarks>
public sealed class TorchExport : nn.IModule<Tensor, Tensor>, IDisposable
{
    private const string DeviceKey = "AOTI_DEVICE_KEY";

    private readonly ExportedProgram program;
    private readonly string file;
    private readonly string device;
    private readonly long[] sampleShape;
    private readonly long? batchSize;
    private readonly ScalarType type;
    private bool disposed;

    private TorchExport(
        ExportedProgram program, string file, string device, long[] sampleShape, long? batchSize, ScalarType type) =>
        (this.program, this.file, this.device, this.sampleShape, this.batchSize, this.type) =
        (program, file, device, sampleShape, batchSize, type);

    /// <summary>Loads a program that takes one tensor and answers with one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleShape">The shape of a sample as it was exported, such as <c>[3, 224, 224]</c>.</param>
    /// <param name="batchSize">
    /// The number of samples that the program was exported with, if its batch was not made a <c>torch.export.Dim</c>. Default: any number.
    /// </param>
    /// <param name="type">The type of the input as it was exported.</param>
    /// <returns>The model, on the device that it was compiled for; the caller disposes it, or the mentor that it is given to.</returns>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no compiled program, or libtorch cannot load it; the message says which.</exception>
    public static TorchExport Load(
        string path, IReadOnlyList<long> sampleShape, long? batchSize = null, ScalarType type = ScalarType.Float32)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(sampleShape);
        if (sampleShape.Append(batchSize ?? 1).Any(size => size < 1))
            throw new ArgumentException($"Sizes of at least 1 were expected, found {Text(batchSize, sampleShape)}.", nameof(sampleShape));
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no program {path}.", path);
        var device = CompiledFor(path);
        try
        {
            return new TorchExport(export.load(path), Path.GetFileName(path), device, [.. sampleShape], batchSize, type);
        }
        catch (ExternalException exception)
        {
            throw new InvalidDataException(
                $"{path}: a program compiled for this system was expected; libtorch said: {exception.Message.Split('\n')[0]}", exception);
        }
    }

    /// <summary>Runs the program on a batch.</summary>
    /// <param name="input1">A batch of the stated shape and type, on the device that the program was compiled for.</param>
    /// <returns>The answer, in the current dispose scope.</returns>
    /// <exception cref="ArgumentException">The batch has another shape or type, or is on another device.</exception>
    public Tensor call(Tensor input1)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(input1);
        var shape = input1.shape;
        if (shape.Length == 0 || shape[0] < 1 || (batchSize ?? shape[0]) != shape[0] || !shape.AsSpan(1).SequenceEqual(sampleShape)
            || input1.dtype != type || !device.Equals(input1.device_type.ToString(), StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException(
                $"{file}: {type} {Text(batchSize, sampleShape)} on {device} was expected, but {input1.dtype} " +
                $"[{string.Join(", ", shape)}] on {input1.device} came.", nameof(input1));
        using var scope = NewDisposeScope();
        var answers = program.call(input1.contiguous());
        return answers.Length == 1
            ? answers[0].MoveToOuterDisposeScope()
            : throw new InvalidOperationException($"{file}: one answer was expected, but {answers.Length} came.");
    }

    /// <summary>Closes the program.</summary>
    public void Dispose()
    {
        disposed = true;
        program.Dispose();
    }

    private static string Text(long? batch, IEnumerable<long> sample) =>
        $"[{(batch is { } size ? $"{size}" : "B")}, {string.Join(", ", sample)}]";

    // Nothing is run here. libtorch compiles what it finds uncompiled.
    private static string CompiledFor(string path)
    {
        try
        {
            using var package = ZipFile.OpenRead(path);
            bool Any(Predicate<string> wanted) => package.Entries.Any(entry => wanted(entry.FullName));
            bool Has(string end) => Any(name => name.EndsWith(end, StringComparison.Ordinal));
            if (!Has(".so") && !Has(".pyd") && !Has(".dll"))
                throw new InvalidDataException(
                    Has("exported_program.json") || Any(name => name.Contains("models/", StringComparison.Ordinal))
                        ? "this is a program of torch.export.save, which libtorch cannot run; compile it in Python by " +
                            "torch._inductor.aoti_compile_and_package(torch.export.load(...))"
                        : "no compiled code is in it");
            var metadata = package.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("_metadata.json", StringComparison.Ordinal))
                ?? throw new InvalidDataException("no metadata is in it");
            using var stream = metadata.Open();
            using var json = JsonDocument.Parse(stream);
            return json.RootElement.GetProperty(DeviceKey).GetString() ?? throw new InvalidDataException($"no '{DeviceKey}' is in it");
        }
        // Beside those of JSON, what System.IO.Compression throws for broken archives.
        catch (Exception cause) when (cause is InvalidDataException or JsonException or KeyNotFoundException or InvalidOperationException
            or EndOfStreamException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new InvalidDataException(
                $"{path}: a package of torch._inductor.aoti_compile_and_package was expected: {cause.Message.TrimEnd('.')}.", cause);
        }
    }
}
