namespace ClassroomKD.Pickling;

/// <summary>
/// A name that a pickle uses. The few in the table have a meaning here; all others are foreign. None reaches code of Python or .NET.
/// </summary>
/// <param name="name">Module and name, as Python has them.</param>
/// <param name="interpret">Interprets a call; <c>null</c> for a name whose calls are read past.</param>
/// <param name="element">The element type, for a class of storages.</param>
internal sealed class PickleGlobal(string name, Func<object?[], object?>? interpret = null, PickledElement? element = null)
{
    /// <summary>Makes a tensor of a subclass: (function, class, arguments, state).</summary>
    private static readonly PickleGlobal[] Subclasses =
        [new("torch._tensor._rebuild_from_type_v2"), new("torch._tensor._rebuild_from_type")];

    private static readonly Dictionary<string, PickleGlobal> Known = new PickleGlobal[]
    {
        new("collections.OrderedDict", PickleCalls.Dictionary),
        new("collections.Counter", PickleCalls.Dictionary),
        new("collections.defaultdict", PickleCalls.DefaultDictionary),
        new("torch._utils._rebuild_tensor", PickleCalls.RebuildTensor),
        new("torch._utils._rebuild_tensor_v2", PickleCalls.RebuildTensor),
        new("torch._utils._rebuild_parameter", PickleCalls.RebuildParameter),
        new("torch._utils._rebuild_parameter_with_state", PickleCalls.RebuildParameter),
        new("torch.Size", PickleCalls.Size),
        new("torch.device", PickleCalls.Device),
        new("numpy.dtype", NumpyType.Create),
        new("numpy.core.multiarray.scalar", NumpyType.Scalar),
        new("numpy._core.multiarray.scalar", NumpyType.Scalar),
        new("numpy.core.multiarray._reconstruct", PickleCalls.ObjectOfFirst),
        new("numpy._core.multiarray._reconstruct", PickleCalls.ObjectOfFirst),
        new("copyreg._reconstructor", PickleCalls.ObjectOfFirst),
        new("copy_reg._reconstructor", PickleCalls.ObjectOfFirst),
        new("_codecs.encode", PickleCalls.Latin1),
        Storage("DoubleStorage", ScalarType.Float64),
        Storage("FloatStorage", ScalarType.Float32),
        Storage("HalfStorage", ScalarType.Float16),
        Storage("BFloat16Storage", ScalarType.BFloat16),
        Storage("LongStorage", ScalarType.Int64),
        Storage("IntStorage", ScalarType.Int32),
        Storage("ShortStorage", ScalarType.Int16),
        Storage("CharStorage", ScalarType.Int8),
        Storage("ByteStorage", ScalarType.Byte),
        Storage("BoolStorage", ScalarType.Bool),
        // Read past, but their length in a file of the legacy layout must be known.
        Storage("ComplexDoubleStorage", width: 16),
        Storage("ComplexFloatStorage", width: 8),
        Storage("QInt32Storage", width: 4),
        Storage("QInt8Storage", width: 1),
        Storage("QUInt8Storage", width: 1),
        Storage("QUInt4x2Storage", width: 1),
        Storage("QUInt2x4Storage", width: 1),
        Storage("UntypedStorage", width: 1),
        Storage("storage.UntypedStorage", width: 1),
    }.Concat(Subclasses).ToDictionary(global => global.Name, StringComparer.Ordinal);

    public string Name => name;

    public Func<object?[], object?>? Interpret => interpret;

    public PickledElement? Element => element;

    /// <summary>Whether it makes a tensor of a subclass, which is read as the tensor within.</summary>
    public bool MakesSubclass => Subclasses.Contains(this);

    /// <summary>Whether it has no meaning here.</summary>
    public bool IsForeign => !Known.TryGetValue(name, out var known) || known != this;

    public override string ToString() => Pickled.Shown(name);

    // "a.b" + "c" must not be the same name as "a" + "b.c".
    public static PickleGlobal Find(string module, string name) =>
        !name.Contains('.') && Known.TryGetValue($"{module}.{name}", out var global) ? global : new PickleGlobal($"{module}.{name}");

    private static PickleGlobal Storage(string name, ScalarType? type = null, int width = 0)
    {
        var full = $"torch.{name}";
        return new(full, element: new(full, type, type is { } known ? TensorBytes.Width(known) : width));
    }
}
