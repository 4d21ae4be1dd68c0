using System.Text;
using System.Text.RegularExpressions;

namespace ClassroomKD.Tests.Fuzzing;

/// <summary>
/// Damage that leaves the rest of a text what it was, so that it reaches what reads its meaning: JSON, lines of words, source code.
/// </summary>
internal static partial class TextMutations
{
    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "0.5", "1e400", "-1e400", "1e-400", "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "1e18", "1e30", "007", "-0", "NaN", "Infinity", "99999", "3.0",
    ];

    private static readonly string[] Values =
        ["null", "true", "false", "\"\"", "\"x\"", "[]", "{}", "[null]", "[[]]", "[0]", "0", "\"7\"", "{\"a\":null}", "[{}]"];

    // As UTF-8 would be, but for the first ones, which never is.
    private static readonly string[] Insertions =
    [
        "\u00FF", "\u00C3\u0028", "\u00ED\u00A0\u0080", "\u00C0\u00AE", "\u00F5\u0090\u0080\u0080", "\u00EF\u00BB\u00BF", "\0", "\\ud800",
        "\\udc00\\ud800", "\\u0000", "\\", "\"", "'", "../", "/", "\r", "\n", "\u0085", "/*", "//", ",", ":", "{", "}", "[", "]", "=", " ",
        "\t", "%", "{0}", "<", "&",
    ];

    public static byte[] Of(byte[] bytes, Random chance)
    {
        // One character for each byte, so that nothing is lost on the way.
        var text = Encoding.Latin1.GetString(bytes);
        return Encoding.Latin1.GetBytes(chance.Next(12) switch
        {
            0 => Swapped(text, chance),
            1 => Replaced(Word(), text, _ => "", chance),
            2 or 3 => Replaced(Number(), text, _ => Any(Numbers, chance), chance),
            4 or 5 => Replaced(Value(), text, _ => Any(Values, chance), chance),
            6 => Replaced(Value(), text, value => Nested(value, chance), chance),
            7 => Replaced(Property(), text, property => $"{property},{property}", chance),
            8 => Replaced(Property(), text, _ => "\"x\":0", chance),
            9 => Inserted(text, new string(Any(["a", "\u00E9", "[", "\\", "\n", "0"], chance)[0], chance.Next(1, 3000)), chance),
            10 => Any(["\u00EF\u00BB\u00BF", "\u00FF\u00FE", "\u00FE\u00FF", " ", "\n"], chance) + text,
            _ => Inserted(text, Any(Insertions, chance), chance),
        });
    }

    private static string Swapped(string text, Random chance)
    {
        var words = Word().Matches(text);
        if (words.Count < 2)
            return text + text;
        var (one, other) = (words[chance.Next(words.Count)], words[chance.Next(words.Count)]);
        (one, other) = one.Index <= other.Index ? (one, other) : (other, one);
        return one == other ? text : string.Concat(
            text[..one.Index], other.Value, text[(one.Index + one.Length)..other.Index], one.Value, text[(other.Index + other.Length)..]);
    }

    private static string Replaced(Regex pattern, string text, Func<string, string> change, Random chance)
    {
        var found = pattern.Matches(text);
        if (found.Count == 0)
            return Inserted(text, change(""), chance);
        var one = found[chance.Next(found.Count)];
        return string.Concat(text[..one.Index], change(one.Value), text[(one.Index + one.Length)..]);
    }

    private static string Inserted(string text, string what, Random chance) => text.Insert(chance.Next(text.Length + 1), what);

    private static string Nested(string value, Random chance)
    {
        var (open, close) = chance.Next(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        var depth = chance.GetItems<int>([1, 10, 70, 20_000], 1)[0];
        var closed = chance.Next(3) > 0 ? depth : 0;
        return string.Concat(Enumerable.Repeat(open, depth)) + value + string.Concat(Enumerable.Repeat(close, closed));
    }

    private static string Any(string[] choices, Random chance) => choices[chance.Next(choices.Length)];

    [GeneratedRegex("""\"(?:[^\"\\]|\\.)*\"|[\w.+-]+|[^\s\w]""")]
    private static partial Regex Word();

    // In strings too, where formats keep numbers as texts.
    [GeneratedRegex("""-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?""")]
    private static partial Regex Number();

    [GeneratedRegex("""\"(?:[^\"\\]|\\.)*\"|-?\d[\d.eE+-]*|\b(?:null|true|false)\b|\[[^\[\]]*\]|\{[^{}]*\}""")]
    private static partial Regex Value();

    [GeneratedRegex("""\"\w+\"\s*:\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s,{}\[\]]+|\[[^\[\]]*\]|\{[^{}]*\})""")]
    private static partial Regex Property();
}
