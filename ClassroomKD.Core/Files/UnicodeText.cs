namespace ClassroomKD;

/// <summary>
/// .NET's strings may hold half of a surrogate pair, for which UTF-8 and JSON have no form: encoders put another character in its place,
/// so that a name would change silently.
/// </summary>
internal static class UnicodeText
{
    public static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i++))
                return false;
        return true;
    }
}
