namespace ClassroomKD.Reports;

/// <summary>How wide text of 12 pixels is at most, estimated: a file that is drawn elsewhere cannot measure.</summary>
internal static class TextWidth
{
    private const double Narrow = 7.6, Wide = 13;

    // From U+1100 on there are scripts with letters as wide as they are high.
    public static double Of(string text) => text.Sum(letter => letter < '\u1100' ? Narrow : Wide);

    /// <summary>The text, or as much of its beginning as is at most so wide, with an ellipsis.</summary>
    public static string Fit(string text, double width)
    {
        if (Of(text) <= width)
            return text;
        var length = text.Length;
        while (length > 0 && Of(text[..length]) + Wide > width)
            length--;
        return text[..length] + "…";
    }
}
