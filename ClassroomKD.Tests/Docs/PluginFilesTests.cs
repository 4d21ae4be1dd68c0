using System.Text.RegularExpressions;
using ClassroomKD.Tests.Conventions;

namespace ClassroomKD.Tests.Docs;

/// <summary>The files that docs/plugins.md shows are those of the sample, which is built and tested from packages.</summary>
public sealed partial class PluginFilesTests
{
    private const string Sample = "samples/CustomRanker";

    [Test]
    public void Every_file_is_shown_word_for_word()
    {
        var shown = Shown().Matches(Checkout.Read("docs/plugins.md")).ToDictionary(
            match => match.Groups["path"].Value, match => match.Groups["text"].Value);
        var files = Checkout.Files(Sample, ".cs", ".csproj").Select(path => path[(Sample.Length + 1)..]).ToList();
        shown.Keys.Should().BeEquivalentTo(files);
        foreach (var file in files)
            shown[file].Should().Be(Checkout.Read($"{Sample}/{file}"), file);
    }

    [GeneratedRegex(@"^\*\*`(?<path>[^`]+)`\*\*\n\n```\w+\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Shown();
}
