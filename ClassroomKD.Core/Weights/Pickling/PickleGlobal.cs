namespace ClassroomKD.Pickling;

/// <summary>One of the few names that a pickle may use, with its meaning here. None of them reaches code of Python or .NET.</summary>
/// <param name="name">Module and name, as Python has them.</param>
/// <param name="interpret">Interprets a call; <c>null</c> for a name that cannot be called.</param>
/// <param name="storageType">The element type, for a class of storages.</param>
internal sealed class PickleGlobal(string name, Func<object?[], object?>? interpret = null, ScalarType? storageType = null)
{
    private static readonly Dictionary<string, PickleGlobal> Known = new PickleGlobal[]
    {
        new("collections.OrderedDict", PickleCalls.OrderedDictionary),
        new("collections.Counter", PickleCalls.Counter),
        new("torch._utils._rebuild_tensor", PickleCalls.RebuildTensor),
        new("torch._utils._rebuild_tensor_v2", PickleCalls.RebuildTensor),
        new("torch._utils._rebuild_parameter", PickleCalls.RebuildParameter),
        new("torch._utils._rebuild_parameter_with_state", PickleCalls.RebuildParameter),
        new("torch.Size", PickleCalls.Size),
        new("torch.device", PickleCalls.Device),
        new("numpy.dtype", NumpyType.Create),
        new("numpy.core.multiarray.scalar", NumpyType.Scalar),
        new("numpy._core.multiarray.scalar", NumpyType.Scalar),
        new("_codecs.encode", PickleCalls.Latin1),
        new("torch.DoubleStorage", storageType: ScalarType.Float64),
        new("torch.FloatStorage", storageType: ScalarType.Float32),
        new("torch.HalfStorage", storageType: ScalarType.Float16),
        new("torch.BFloat16Storage", storageType: ScalarType.BFloat16),
        new("torch.LongStorage", storageType: ScalarType.Int64),
        new("torch.IntStorage", storageType: ScalarType.Int32),
        new("torch.ShortStorage", storageType: ScalarType.Int16),
        new("torch.CharStorage", storageType: ScalarType.Int8),
        new("torch.ByteStorage", storageType: ScalarType.Byte),
        new("torch.BoolStorage", storageType: ScalarType.Bool),
        new("torch.float64"), new("torch.float32"), new("torch.float16"), new("torch.bfloat16"),
        new("torch.int64"), new("torch.int32"), new("torch.int16"), new("torch.int8"), new("torch.uint8"), new("torch.bool"),
    }.ToDictionary(global => global.Name, StringComparer.Ordinal);

    public string Name => name;

    public Func<object?[], object?>? Interpret => interpret;

    public ScalarType? StorageType => storageType;

    public override string ToString() => name;

    /// <exception cref="InvalidDataException">The name is not in the table.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        // "a.b" + "c" must not be the same name as "a" + "b.c".
        if (!name.Contains('.') && Known.TryGetValue($"{module}.{name}", out var global))
            return global;
        throw new InvalidDataException(
            $"the global '{Pickled.Shown(module)}.{Pickled.Shown(name)}' is refused: only tensors and plain values are read. "
            + "If you trust the file, load it in Python and save its state dict alone: torch.save(model.state_dict(), path)");
    }
}
