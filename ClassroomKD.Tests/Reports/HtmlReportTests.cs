using System.Text.RegularExpressions;
using System.Xml.Linq;
using ClassroomKD.Reports;

namespace ClassroomKD.Tests.Reports;

public sealed partial class HtmlReportTests
{
    private const string Hostile = "<script>alert('x')</script> & \"é\" ]]> --> \u0001 \uD800";

    [Test]
    public void Page_is_well_formed_and_names_all_runs_and_mentors()
    {
        var page = Page(Trainings.Report());

        foreach (var name in (string[])[
            "alone", "with resnet56", "in the classroom", "resnet56", "wrn-40-2", "vgg8", "What else is known", "accuracy",
            "Who taught what: in the classroom", "Whose gradient it is"])
            page.Value.Should().Contain(name);
        page.Descendants("svg").Should().HaveCount(4 + 2 * 8);
        page.Descendants("img").Should().HaveCount(6);
    }

    [Test]
    public void Page_refers_to_nothing_outside_and_runs_nothing()
    {
        var html = Trainings.Report().ToHtml();

        Outside().Matches(Picture().Replace(html, "")).Should().BeEmpty();
        XDocument.Parse(html).Descendants().Select(element =>
            element.Name.LocalName).Should().NotContain(["script", "link", "iframe", "object", "use"]);
        XDocument.Parse(html).Descendants().Attributes().Select(attribute => attribute.Name.LocalName).Should().NotContain(name =>
            name.StartsWith("on"));
        XDocument.Parse(html).Descendants().Attributes("src").Should().OnlyContain(source =>
            source.Value.StartsWith("data:image/png;base64,"));
    }

    [Test]
    public void Text_from_elsewhere_is_encoded_wherever_it_stands()
    {
        var mentor = new MentorReport(Hostile + "m", 0.5, 0.5, 2, 0.5, 0.1, 3, 1, 0.2, 0.4, 0.3);
        var run = new TrainingRecord
        {
            Name = Hostile,
            Epochs = [new(0, 10, 1, 0.1, 2, new(0.5, new Dictionary<string, double> { [Hostile] = 1 }),
                new(10, 80, 0.4, 0.5, 0.6, 0, [mentor]))],
            Fingerprint = new Dictionary<string, string> { [Hostile] = Hostile }, Versions = new Dictionary<string,
                string> { [Hostile] = Hostile },
            Notices = [new(DateTimeOffset.UnixEpoch, Hostile)], Mentors = [new(Hostile + "m", 5, 0.1, 0.7)],
        };
        var report = new HtmlReport
        {
            Runs = [run, run with { Name = "other" }], Title = Hostile, ScoreName = Hostile, Images = [new(Trainings.Png(4, 0), Hostile)],
            Tables = [new(Hostile, [Hostile], [[Hostile]], Hostile)],
        };

        var html = report.ToHtml();

        html.Should().NotContain("<script");
        Page(report).Value.Should().Contain("<script>alert('x')</script> & \"é\" ]]> --> \uFFFD \uFFFD");
    }

    [Test]
    public void Elements_that_html_never_leaves_empty_are_closed_by_a_tag()
    {
        var html = Trainings.Report().ToHtml();

        SelfClosed().Matches(html).Select(match => match.Groups[1].Value).Distinct().Should()
            .BeSubsetOf(["meta", "img", "rect", "line", "polyline", "path"]);
    }

    [Test]
    public void Sentences_say_who_helped_when_and_at_what_cost()
    {
        var text = Page(Trainings.Report()).Value;

        text.Should().MatchRegex(
            @"in the classroom: best accuracy [\d.]+ % after \d+ of 30 epochs, \+[\d.]+ points against alone, " +
            "for [\\d.]+ times its time per epoch")
            .And.MatchRegex(@"resnet56 taught [\d.]+ % of the samples \([\d.]+ % in the first epoch and [\d.]+ % in the last\)")
            .And.MatchRegex(@"It taught most of circle \([\d.]+ %\) and star \([\d.]+ %\), least of square \([\d.]+ %\)")
            .And.MatchRegex(@"All mentors together gave [\d.]+ % of the loss and [\d.]+ % of the gradient")
            .And.Contain("vgg8 never taught, and took about 9").And.Contain("leave it out");
    }

    [Test]
    public void Recorded_mentors_took_none_of_the_trainings_time()
    {
        var taught = Trainings.Run("taught", [0, 1], 4, 0.5, 9);
        var replayed = taught with
        {
            Name = "replayed",
            Fingerprint = new Dictionary<string, string>(taught.Fingerprint) { ["mentor.resnet56"] = "0a1b, recorded in float16 top 10" },
        };

        var page = Page(new HtmlReport { Runs = [taught, replayed] });

        page.Descendants("li").Select(item => item.Value).Where(text => text.Contains("resnet56 taught")).Should().SatisfyRespectively(
            first => first.Should().MatchRegex(@"took about [\d.]+ % of the training's time\."),
            second => second.Should().Contain("took none of the training's time, since its answers were recorded before.")
                .And.NotContain("about"));
        page.Descendants("li").Select(item => item.Value).Should()
            .Contain(text => text.StartsWith("wrn-40-2") && text.Contains("about"), "it answered by itself in both");
        page.Descendants("td").Select(cell => cell.Value).Should().Contain("12.0 ms (recorded before)").And.Contain("12.0 ms");
    }

    [Test]
    public void A_run_that_is_worse_than_the_reference_says_so()
    {
        var report = new HtmlReport { Runs = [Trainings.Run("alone", [], 4, 0.8, 5), Trainings.Run("taught", [0], 4, 0.5, 9)] };

        Page(report).Value.Should().Contain("by this score it was not worth its cost");
    }

    [Test]
    public void Runs_without_validation_teaching_or_epochs_are_shown([Values(0, 1, 400)] int epochs)
    {
        var bare = Trainings.Run("bare", [], epochs, 0.5, 5);
        bare = bare with { Epochs = [.. bare.Epochs.Select(epoch => epoch with { Validation = null, Loss = double.NaN })], Ended = false };

        Page(new HtmlReport { Runs = [bare] }).Value.Should().Contain("bare");
        Page(new HtmlReport { Runs = [bare, .. Trainings.Three(epochs)] }).Value.Should().Contain("bare")
            .And.Contain(epochs > 0 ? "vgg8" : "no epoch is done yet");
    }

    [Test]
    public void Means_over_epochs_are_weighted_by_what_they_are_of()
    {
        var mentor = new MentorReport("m", 0.5, 0.2, 2, 0.5, 0.1, 0, 1, 0.2, 0.4, 0.3);
        EpochResult Epoch(int number, long samples, MentorReport report) =>
            new(number, 1, 1, 1, 1, null, new(1, samples, 0.5, 1, 1, 0, [report]));
        var run = new TrainingRecord
        {
            Name = "run",
            Epochs = [Epoch(0, 100, mentor),
                Epoch(1, 300, mentor with { TaughtShare = 0, MeanWeight = 0, MeanTemperature = double.NaN, MeanLoss = 0.5,
                MeanGap = double.NaN })],
        };

        var summary = MentorSummary.Of(run).Should().ContainSingle().Subject;

        (summary.TaughtShare, summary.Weight, summary.Temperature, summary.Loss, summary.Gap).Should().Be((0.125, 0.2, 2.0, 0.4, 0.2));
    }

    [Test]
    public void Groups_are_summed_up_over_epochs_by_their_samples()
    {
        static EpochResult Epoch(int number, long[] samples, double[] taught, double[] gaps) => new(
            number, 1, 1, 1, 1, null, new(1, samples.Sum(), 0.5, 1, 1, 0, [new("m", 0.5, 1, 1, 0.5, 1, 0, 1, 0.2, 0.5, 0.5)])
            {
                Groups = new("class", samples, [taught], [gaps]),
            });
        var run = new TrainingRecord
        {
            Name = "run", GroupNames = ["a", "b"],
            Epochs =
            [
                Epoch(0, [100, 0, 10], [0.5, double.NaN, 0], [0.4, double.NaN, double.NaN]),
                Epoch(1, [300, 0, 10], [0.1, double.NaN, 0.5], [0.2, double.NaN, 0.1]),
            ],
        };

        var summary = GroupSummary.Of(run)!;

        summary.Names.Should().Equal("a", "b", "2");
        summary.Samples.Should().Equal(400, 0, 20);
        summary.Mentors[0].Taught.Should().Equal(0.2, double.NaN, 0.25);
        summary.Mentors[0].Gaps[0].Should().BeApproximately((50 * 0.4 + 30 * 0.2) / 80, 1e-12);
        summary.Mentors[0].Gaps[2].Should().Be(0.1);
        summary.Ranked("m").Select(group => group.Name).Should().Equal("2", "a");
        var rows = Page(new HtmlReport { Runs = [run] }).Descendants("table").Single(table => (string?)table.Attribute("class") == "shares")
            .Descendants("tbody").Elements();
        rows.Select(row => row.Value).Should().Equal("a40020.0 % (+0.33)", "22025.0 % (+0.10)");
        GroupSummary.Of(run with { Epochs = [] }).Should().BeNull();
    }

    [Test]
    public void Of_very_many_groups_those_taught_most_and_least_are_shown()
    {
        var shares = Enumerable.Range(0, 100).Select(g => g / 100.0).ToArray();
        var run = Trainings.Run("run", [0], 1, 0.5, 1);
        run = run with
        {
            Epochs = [run.Epochs[0] with
            {
                Teaching = run.Epochs[0].Teaching! with { Groups = new("class", Enumerable.Repeat(10L, 100).ToList(), [shares], [shares]) },
            }],
            GroupNames = [],
        };

        var rows = Page(new HtmlReport { Runs = [run] }).Descendants("table").Single(table => (string?)table.Attribute("class") == "shares")
            .Descendants("tbody").Elements().Select(row => row.Elements().First().Value);

        rows.Should().Equal(Enumerable.Range(80, 20).Reverse().Concat(Enumerable.Range(0, 20).Reverse()).Select(g => $"{g}"));
    }

    [Test]
    public void Runs_of_one_name_no_run_and_pictures_that_are_none_are_refused()
    {
        var run = Trainings.Run("alone", [], 1, 0.5, 1);
        FluentActions.Invoking(() => new HtmlReport { Runs = [] }.ToHtml()).Should().Throw<ArgumentException>().WithMessage("*empty*");
        FluentActions.Invoking(() =>
            new HtmlReport { Runs = [run, run] }.ToHtml()).Should().Throw<ArgumentException>().WithMessage("*2 trainings named 'alone'*");
        FluentActions.Invoking(() =>
            new ReportImage([1, 2, 3], "cat")).Should().Throw<ArgumentException>().WithMessage("*'cat' is no PNG*");
    }

    [Test]
    public void Written_whole_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Root, "report.html");
        Trainings.Report().Write(path);
        var before = File.ReadAllText(path);
        before.Should().StartWith("<!DOCTYPE html>").And.EndWith("</html>\n");

        FluentActions.Invoking(() => new HtmlReport { Runs = [] }.Write(path)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() =>
            Trainings.Report().Write(Path.Combine(folder.Root, "none", "report.html"))).Should().Throw<IOException>();

        File.ReadAllText(path).Should().Be(before);
        Directory.GetFileSystemEntries(folder.Root).Should().ContainSingle();
    }

    private static XElement Page(HtmlReport report) => XDocument.Parse(report.ToHtml()).Root!;

    [GeneratedRegex("data:image/png;base64,[A-Za-z0-9+/=]+")]
    private static partial Regex Picture();

    [GeneratedRegex("(?i)https?:|file:|//[a-z]|@import|url\\(")]
    private static partial Regex Outside();

    [GeneratedRegex(@"<(\w+)[^<>]*/>")]
    private static partial Regex SelfClosed();
}
