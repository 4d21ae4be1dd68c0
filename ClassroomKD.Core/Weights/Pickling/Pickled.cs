using System.Globalization;
using System.Numerics;

namespace ClassroomKD.Pickling;

/// <summary>Descriptions of pickled values.</summary>
internal static class Pickled
{
    /// <summary>What to do about an object that is read past, though its tensors are wanted.</summary>
    public const string Advice =
        "If you trust the file, load it in Python and save its state dict alone: torch.save(model.state_dict(), path)";

    private const int LongestShown = 80;

    /// <summary>A description of a value for messages.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool => "a bool",
        long or BigInteger => $"the integer {value}",
        double number => $"the number {number.ToString(CultureInfo.InvariantCulture)}",
        string text => $"the text '{Shown(text)}'",
        byte[] bytes => $"{bytes.Length} bytes",
        object?[] tuple => $"a tuple of {tuple.Length}",
        List<object?> list => $"a list of {list.Count}",
        PickledDictionary dictionary => $"a dictionary of {dictionary.Items.Count}",
        PickledTensor => "a tensor",
        PickledStorage => "a storage",
        _ => $"{value}",
    };

    /// <summary>A name from a file, shortened and on one line, for messages.</summary>
    public static string Shown(string text)
    {
        var shown = text.Length <= LongestShown ? text : text[..LongestShown] + "...";
        return string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) ? '?' : source[i];
        });
    }

    /// <summary>A plain value as text; <c>null</c> for any other value.</summary>
    public static string? Text(object? value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        long or BigInteger or double => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };
}
