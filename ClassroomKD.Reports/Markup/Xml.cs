using System.Xml;

namespace ClassroomKD.Reports;

/// <summary>Text from elsewhere on its way into a page.</summary>
internal static class Xml
{
    /// <summary>The text, with a replacement mark for what no page may hold, such as control characters. XML's own signs are encoded on
    /// writing.</summary>
    public static string Clean(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
            return text;
        var clean = text.ToCharArray();
        for (var i = 0; i < clean.Length; i++)
        {
            if (i + 1 < clean.Length && XmlConvert.IsXmlSurrogatePair(clean[i + 1], clean[i]))
                i++;
            else if (!XmlConvert.IsXmlChar(clean[i]))
                clean[i] = '\uFFFD';
        }

        return new string(clean);
    }
}
