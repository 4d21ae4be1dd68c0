using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ClassroomKD;

/// <summary>What an object is made of, as a text by which two of them are told apart: augmentations, rankers, paces, losses.</summary>
/// <remarks>
/// All fields are read, private ones too, so that a class need not state its settings. What is no setting, such as a cache, is marked
/// <see cref="NonSerializedAttribute"/>; tensors that an <see cref="IStateful"/> replaces are what it remembers, and no settings either.
/// Other tensors and networks are told apart by checksum, functions by what they capture; of other objects of .NET, Microsoft and
/// TorchSharp only the type is told.
/// </remarks>
public static class SettingsText
{
    // Longer lists are told apart by their checksum.
    private const int Longest = 1000;

    private static readonly ConcurrentDictionary<Type, (string Name, FieldInfo Field)[]> Known = new();

    /// <summary>The type of an object and its fields, such as <c>RandomCropFlip(Flip=True, Padding=4)</c>.</summary>
    /// <param name="value">An object, a list of objects, a number, or null.</param>
    /// <returns>The text, the same on every system.</returns>
    public static string Of(object? value) => Of(value, []);

    private static string Of(object? value, HashSet<object> around) => value switch
    {
        null => "none",
        string text => text,
        Enum or bool or char or Device => value.ToString()!,
        nint or nuint or Pointer => "handle",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        Scalar scalar => scalar.Type is ScalarType.Float64 or ScalarType.Float32
            ? Of(scalar.ToDouble(), around) : Of(scalar.ToInt64(), around),
        Tensor tensor => $"Tensor({Sha256.OfTensors([new("", tensor)])})",
        nn.Module module => $"{Name(module.GetType())}({Sha256.OfTensors(module.state_dict())})",
        Type type => type.FullName ?? type.Name,
        IDictionary entries => List(entries.Keys.Cast<object>().Select(key => $"{Of(key, around)}: {Of(entries[key], around)}").Order(
            StringComparer.Ordinal)),
        IEnumerable list => List(list.Cast<object?>().Select(item => Of(item, around))),
        ITuple tuple when IsForeign(value.GetType()) =>
            $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Of(tuple[i], around)))})",
        Delegate function => Function(function, around),
        _ => IsForeign(value.GetType()) ? Name(value.GetType()) : Fields(Name(value.GetType()), value, around),
    };

    private static string List(IEnumerable<string> items)
    {
        string[] all = [.. items];
        var text = $"[{string.Join(", ", all)}]";
        return text.Length <= Longest ? text : $"[{all.Length}: {Sha256.OfLines(all)}]";
    }

    // The compiler's names for methods change with the code around them.
    private static string Function(Delegate function, HashSet<object> around)
    {
        var name = function.Method.Name is ['<', ..] ? "function" : function.Method.Name;
        return function.Target is { } target ? Fields(name, target, around) : name;
    }

    private static string Fields(string name, object value, HashSet<object> around)
    {
        // What is met within itself has been told.
        if (!value.GetType().IsValueType && !around.Add(value))
            return name;
        var fields = Known.GetOrAdd(value.GetType(), FieldsOf);
        var text = $"{name}({string.Join(", ", fields.Select(field => $"{field.Name}={Of(field.Field.GetValue(value), around)}"))})";
        around.Remove(value);
        return text;
    }

    private static (string Name, FieldInfo Field)[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var declaring = type; declaring is not null && !IsForeign(declaring); declaring = declaring.BaseType)
            fields.AddRange(declaring.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        var remembers = typeof(IStateful).IsAssignableFrom(type);
        return [.. fields.Where(field => !field.IsDefined(typeof(NonSerializedAttribute)))
            .Where(field => !(remembers && field.FieldType == typeof(Tensor) && !field.IsInitOnly))
            .Select(field => (Name: PlainName(field.Name), Field: field)).OrderBy(field => field.Name, StringComparer.Ordinal)];
    }

    // <Padding>k__BackingField of a property, <padding>P of a primary constructor's parameter.
    private static string PlainName(string field) => field is ['<', not '>', ..] ? field[1..field.IndexOf('>')] : field;

    private static string Name(Type type) => type.Name.Split('`')[0];

    private static bool IsForeign(Type type) => type.Namespace is { } space
        && ((string[])["System", "Microsoft", "TorchSharp"]).Contains(space.Split('.')[0]);
}
