using System.Text.RegularExpressions;

namespace ClassroomKD.Pose;

/// <summary>What joints' names say: which joint it is, on which side, on which half of the body.</summary>
internal static partial class JointNames
{
    private static readonly string[] Upper =
        ["nose", "eye", "ear", "head", "neck", "face", "throat", "thorax", "chest", "shoulder", "elbow", "wrist", "hand"];

    /// <summary>A name without separators and capitals: <c>left_eye</c>, <c>left eye</c> and <c>LeftEye</c> are one.</summary>
    public static string Plain(string name) => string.Concat(Words(name));

    public static bool IsUpper(string name) =>
        Words(name).Any(word => Upper.Contains(word.Replace("left", "").Replace("right", "")));

    /// <summary>Left joints with the right ones of the same name.</summary>
    public static (int Left, int Right)[] Pairs(IReadOnlyList<string> names)
    {
        var places = new Dictionary<string, int>();
        for (var k = 0; k < names.Count; k++)
            places.TryAdd(Plain(names[k]), k);
        var pairs = new List<(int, int)>();
        for (var k = 0; k < names.Count; k++)
        {
            foreach (var mirrored in Mirrored(Words(names[k])))
            {
                if (!places.Remove(mirrored, out var other))
                    continue;
                pairs.Add((k, other));
                break;
            }
        }
        return [.. pairs];
    }

    // The names that the joint on the other side may have, if this one is a left one.
    private static IEnumerable<string> Mirrored(string[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var other = words[i] switch
            {
                "l" => "r",
                ['l', 'e', 'f', 't', .. var rest] => "right" + rest,
                [.. var rest, 'l', 'e', 'f', 't'] => rest + "right",
                _ => null,
            };
            if (other is not null)
                yield return string.Concat(words[..i]) + other + string.Concat(words[(i + 1)..]);
        }
    }

    private static string[] Words(string name) => [.. Word().Matches(name).Select(match => match.Value.ToLowerInvariant())];

    // An unknown script has no capitals; what is between letters and digits separates words.
    [GeneratedRegex(@"\p{Lu}(?=\p{Lu}\p{Ll})|\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}]+|\p{Nd}+")]
    private static partial Regex Word();
}
