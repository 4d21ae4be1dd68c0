using System.Text;

namespace ClassroomKD.Pickling;

/// <summary>The meaning of calls of the allowed globals.</summary>
internal static class PickleCalls
{
    /// <summary>Python 3 makes an empty one and sets items; Python 2 passes a list of pairs.</summary>
    public static object OrderedDictionary(object?[] arguments)
    {
        var dictionary = new PickledDictionary();
        switch (arguments)
        {
            case []: return dictionary;
            case [List<object?> pairs]:
                foreach (var pair in pairs)
                    dictionary.Items.Add(pair switch
                    {
                        List<object?> { Count: 2 } list => new(list[0], list[1]),
                        object?[] { Length: 2 } tuple => new(tuple[0], tuple[1]),
                        _ => throw Refused("collections.OrderedDict", arguments),
                    });
                return dictionary;
            default: throw Refused("collections.OrderedDict", arguments);
        }
    }

    /// <summary>Learning-rate schedulers keep their milestones in it.</summary>
    public static object Counter(object?[] arguments) => arguments switch
    {
        [] => new PickledDictionary(),
        [PickledDictionary counts] => counts,
        _ => throw Refused("collections.Counter", arguments),
    };

    /// <summary>(storage, offset, shape, strides, requires_grad, hooks, metadata), the last three from _v2 on.</summary>
    public static object RebuildTensor(object?[] arguments)
    {
        if (arguments is not [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]
            || arguments.Length is not (4 or 6 or 7))
            throw Refused("torch._utils._rebuild_tensor_v2", arguments);
        // Says that the bytes are to be read as conjugate or negative.
        if (arguments.Length == 7 && arguments[6] is not (null or PickledDictionary { Items.Count: 0 }))
            throw new InvalidDataException("a tensor with metadata (conjugate or negative view) is refused");
        return new PickledTensor(storage, offset, Integers(shape), Integers(strides));
    }

    /// <summary>(tensor, requires_grad, hooks[, state]): a parameter is its tensor.</summary>
    public static object RebuildParameter(object?[] arguments) =>
        arguments is [PickledTensor tensor, bool, ..] && arguments.Length is 3 or 4
            ? tensor
            : throw Refused("torch._utils._rebuild_parameter", arguments);

    public static object Size(object?[] arguments) => arguments is [object?[] extents] ? extents : throw Refused("torch.Size", arguments);

    public static object Device(object?[] arguments) => arguments switch
    {
        [string type] => type,
        [string type, long index] => $"{type}:{index}",
        _ => throw Refused("torch.device", arguments),
    };

    /// <summary>How protocol 2 writes bytes: as text of the characters 0 to 255.</summary>
    public static object Latin1(object?[] arguments) =>
        arguments is [string text, "latin1"] && text.All(character => character <= 255)
            ? Encoding.Latin1.GetBytes(text)
            : throw Refused("_codecs.encode", arguments);

    public static InvalidDataException Refused(string name, object?[] arguments) =>
        new($"{name} is called with ({string.Join(", ", arguments.Take(8).Select(Pickled.Describe))}), which it does not take");

    private static long[] Integers(object?[] values) =>
        [.. values.Select(value => value as long? ?? throw new InvalidDataException("shape and strides must be integers, found " +
            $"{Pickled.Describe(value)}"))];
}
