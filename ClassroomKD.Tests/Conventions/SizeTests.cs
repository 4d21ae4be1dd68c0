namespace ClassroomKD.Tests.Conventions;

/// <summary>Lines, files and folders stay of a size that a reader takes in.</summary>
public sealed class SizeTests
{
    private static readonly string[] Sources = [.. Checkout.Files(".", ".cs", ".cu", ".cpp", ".h")];

    [Test]
    public void No_line_has_more_than_140_columns()
    {
        var longer =
            from path in Sources
            from line in Checkout.Read(path).Split('\n').Select((text, i) => (text, number: i + 1))
            where line.text.Length > 140
            select $"{path}:{line.number}";
        longer.ShouldBeNone();
    }

    [Test]
    public void No_file_has_more_than_300_lines() =>
        Sources.Where(path => Checkout.Read(path).TrimEnd('\n').Split('\n').Length > 300).ShouldBeNone();

    [Test]
    public void No_folder_has_more_than_20_files() =>
        Sources.GroupBy(path => Path.GetDirectoryName(path)).Where(folder => folder.Count() > 20)
            .Select(folder => $"{folder.Key}: {folder.Count()}").ShouldBeNone();
}
