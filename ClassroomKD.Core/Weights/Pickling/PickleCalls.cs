using System.Text;

namespace ClassroomKD.Pickling;

/// <summary>
/// The meaning of calls of the known globals. A call that gives plain values is read past if its arguments are none that it is known with;
/// a call that gives a tensor is then refused.
/// </summary>
internal static class PickleCalls
{
    /// <summary>Python 3 makes an empty one and sets items; Python 2 passes a list of pairs, a counter its counts.</summary>
    public static object Dictionary(object?[] arguments)
    {
        var dictionary = new PickledDictionary();
        switch (arguments)
        {
            case []: return dictionary;
            case [PickledDictionary counts]: return counts;
            case [List<object?> pairs]:
                foreach (var pair in pairs)
                    if (pair is List<object?> { Count: 2 } list)
                        dictionary.Items.Add(new(list[0], list[1]));
                    else if (pair is object?[] { Length: 2 } tuple)
                        dictionary.Items.Add(new(tuple[0], tuple[1]));
                    else
                        return new PickledForeign("a dictionary of a form that is not known");
                return dictionary;
            default: return new PickledForeign("a dictionary of a form that is not known");
        }
    }

    /// <summary>(factory), which makes values that are missing; nothing here asks for one.</summary>
    public static object DefaultDictionary(object?[] arguments) =>
        arguments.Length <= 1 ? new PickledDictionary() : Dictionary(arguments[1..]);

    /// <summary>(storage, offset, shape, strides, requires_grad, hooks, metadata), the last three from _v2 on.</summary>
    public static object RebuildTensor(object?[] arguments)
    {
        if (arguments is [PickledStorage { Element.Type: null } unread, ..])
            return new PickledForeign("a tensor of", unread.Element.Name);
        if (arguments is not [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]
            || arguments.Length is not (4 or 6 or 7))
            return ForeignOr("torch._utils._rebuild_tensor_v2", arguments);
        // Says that the bytes are to be read as conjugate or negative.
        if (arguments.Length == 7 && arguments[6] is not (null or PickledDictionary { Items.Count: 0 }))
            return new PickledForeign("a tensor with metadata (conjugate or negative view)");
        return new PickledTensor(storage, offset, Integers(shape), Integers(strides));
    }

    /// <summary>(tensor, requires_grad, hooks[, state]): a parameter is its tensor.</summary>
    public static object RebuildParameter(object?[] arguments) =>
        arguments is [PickledTensor tensor, bool, ..] && arguments.Length is 3 or 4
            ? tensor
            : ForeignOr("torch._utils._rebuild_parameter", arguments);

    public static object Size(object?[] arguments) => arguments is [object?[] extents] ? extents : PickledForeign.ObjectOf("torch.Size");

    public static object Device(object?[] arguments) => arguments switch
    {
        [string type] => type,
        [string type, long index] => $"{type}:{index}",
        _ => PickledForeign.ObjectOf("torch.device"),
    };

    /// <summary>How protocol 2 writes bytes: as text of the characters 0 to 255.</summary>
    public static object Latin1(object?[] arguments) =>
        arguments is [string text, "latin1"] && text.All(character => character <= 255)
            ? Encoding.Latin1.GetBytes(text)
            : PickledForeign.ObjectOf("_codecs.encode");

    /// <summary>Makes an object of the class that is the first argument, which describes it better than the function.</summary>
    public static object ObjectOfFirst(object?[] arguments) =>
        PickledForeign.ObjectOf(arguments is [PickleGlobal type, ..] ? type.Name : "a class that is not named");

    // A tensor made of something that is read past is read past too.
    private static PickledForeign ForeignOr(string name, object?[] arguments) =>
        arguments is [PickledForeign foreign, ..] ? foreign : throw new InvalidDataException(
            $"{name} is called with ({string.Join(", ", arguments.Take(8).Select(Pickled.Describe))}), which it does not take");

    private static long[] Integers(object?[] values) =>
        [.. values.Select(value => value as long? ?? throw new InvalidDataException("shape and strides must be integers, found " +
            $"{Pickled.Describe(value)}"))];
}
