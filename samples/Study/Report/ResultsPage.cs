using System.Globalization;
using System.Text;
using ClassroomKD;
using ClassroomKD.Reports;

namespace Study;

/// <summary>The page of results: every sentence and figure is made from the lines.</summary>
internal sealed class ResultsPage(Grid grid, Results results)
{
    private readonly StringBuilder page = new();
    private readonly HashSet<(string Student, string Of, string From)> comparisons = [];
    private readonly HashSet<(string Student, string Training)> shown = [];

    /// <summary>Writes the page and, if the grid has some, its charts beside it.</summary>
    /// <param name="path">The page, Markdown.</param>
    /// <param name="lines">How the page calls the file of lines.</param>
    /// <param name="images">What they tell the accuracies on.</param>
    /// <param name="own">The study's own results, where these are of an examination on other images.</param>
    public void Write(string path, string lines, string images, Results? own)
    {
        if (results.Runs == 0)
            throw new InvalidDataException($"{lines} was expected to hold trainings; none is done yet.");
        Text($"# {grid.Title}{(own is null ? "" : ": other images")}");
        Text($"""
            Written by `Study report` from {lines}: {results.Runs} trainings on {string.Join(" and ", results.Devices)}. No figure is
            typed by hand.{Data(own)} With one seed, every student sees the same batches: {grid.Epochs} epochs, {grid.BatchSize} samples
            a batch, {Range(results.Steps)} steps{(grid.Views == 0
                ? "" : $", the mentors' answers to {grid.Views} augmented views of each image recorded beforehand")}.
            {Chosen} The tables show it on {images}, by which nothing was chosen, with {Range(results.SeedCounts)}
            fresh seeds: {grid.Score}, mean ± standard deviation, and paired differences over the seeds ± half their 95 % interval
            (Student's t). The best mentor of a set is the one that does best on the samples held out.
            """);
        if (own is not null)
            Order(own);
        else
            Mentors();
        foreach (var set in grid.MentorSets.Keys)
            foreach (var student in grid.Students.Keys)
                Table(set, student);
        foreach (var chart in grid.Charts)
            Chart(chart, path);
        SettingsTried();
        Text("## How to read the intervals");
        Text($"""
            Each is of one comparison, over seeds alone: other images and other mentors would add to it. This page calls {comparisons.Count}
            beyond the noise or not; of as many between methods that do not differ, one in twenty would be beyond it.
            """);
        WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page.ToString().TrimEnd() + "\n")));
    }

    private string Data(Results? own) => results.Data is { } data
        ? string.Create(
            CultureInfo.InvariantCulture,
            $" {data.Training:N0} images of {data.Classes} classes to learn from, {data.HeldOut:N0} to choose by, {data.Test:N0} " +
            $"to test{(own is null ? "" : "; the students are the study's own, what changes is the images")}.")
        : "";

    private string Chosen
    {
        get
        {
            var tried = Tried.ToLookup(setting => setting.Method);
            if (tried.Count == 0)
                return "Each method has one setting, which was chosen before, with other seeds, or is what its name says.";
            var counts = tried.SelectMany(method => method.GroupBy(setting => setting.Student)).Select(settings => settings.LongCount());
            var others = grid.Methods.Keys.Any(method => !tried.Contains(method) && results.IsShown(method))
                ? "; a method that is not among the settings tried, below, has one, from before, from other seeds, or as its name says"
                : "";
            return $"{grid.HeldOut} samples are held out; on them, with one seed, the best of a method's {Range(counts)} settings is " +
                $"chosen, for each student, by the mean over the sets of mentors that were tried{others}.";
        }
    }

    private IEnumerable<TriedSetting> Tried =>
        from method in grid.Methods.Keys
        from student in grid.Students.Keys
        from setting in results.Tried(method, student)
        select setting;

    private static string Range(IEnumerable<long> values) => (values.Min(), values.Max()) is var (least, most) && least == most
        ? $"{least}" : $"{least} to {most}";

    private void Order(Results own)
    {
        Text("## Does the order of the methods hold?");
        foreach (var sentence in MethodOrder.Compare(grid, own, results))
            page.Append("- ").Append(sentence).Append('\n');
        Text("");
    }

    private void Mentors()
    {
        Text("## Mentors");
        Row("mentor", "network", "parameters", "held out, %", "test, %");
        Row("---", "---", "--:", "--:", "--:");
        foreach (var name in grid.Mentors.Keys.Where(results.Mentors.ContainsKey))
        {
            var (plan, line) = (grid.Mentors[name], results.Mentors[name]);
            var network = plan.Of is { } of ? $"{of}, changed" : plan.WrongLabels ? $"{line.Network}, wrong labels" : line.Network!;
            Row(
                name, network, line.Parameters is { } count ? count.ToString("N0", CultureInfo.InvariantCulture) : "",
                Percent(line.HeldOut), line.Test is { } test ? Percent(test) : "");
        }
        Text("");
    }

    private void Table(string set, string student)
    {
        List<MethodResult> rows = [.. grid.Methods.Keys.Select(method => results.Of(set, student, method)).OfType<MethodResult>()];
        var (alone, best) = (rows.Find(row => row.Method == grid.Alone), rows.Find(row => row.Method == grid.Best));
        var (reference, label) = (rows.Find(row => row.Method == grid.Reference), grid.Methods[grid.Reference].Label);
        // Alone or with the best mentor are trainings that other sets have too.
        var before = shown.Count;
        shown.UnionWith(rows.Select(row => (student, Training(row))));
        if (shown.Count == before)
            return;
        Text($"## {set}, {student}");
        Text($"Mentors: {string.Join(", ", grid.MentorSets[set])}.");
        Row(
            "method", "setting", "seeds", "test, %", "minus alone", "minus the best mentor", $"minus {label}",
            "mentors' share of the loss, %");
        Row("---", "---", "--:", "--:", "--:", "--:", "--:", "--:");
        var top = rows.Max(row => row.Accuracies.Mean);
        foreach (var row in rows)
        {
            var mean = Accuracy(row.Accuracies);
            Row(
                grid.Methods[row.Method].Label, Describe(row.Setting), $"{row.Accuracies.Count}",
                row.Accuracies.Mean == top ? $"**{mean}**" : mean, Points(row == alone ? null : alone, row),
                Points(row == best ? null : best, row), Points(row == reference ? null : reference, row), Percent(row.MentorShare));
        }
        Text("");
        Compare(student, rows, alone, "the student alone");
        Compare(student, rows, best, "the best mentor");
        Compare(student, rows, reference, label);
    }

    // Which methods are told apart from one of them.
    private void Compare(string student, List<MethodResult> rows, MethodResult? other, string name)
    {
        if (other is null)
            return;
        List<(MethodResult Row, Difference Difference)> told = [];
        foreach (var row in rows.Where(row => row != other))
            if (row.Accuracies.Minus(other.Accuracies) is { } difference)
            {
                told.Add((row, difference));
                if (!comparisons.Contains((student, Training(other), Training(row))))
                    comparisons.Add((student, Training(row), Training(other)));
            }
        if (told.Count == 0)
            return;
        string List(Func<Difference, bool> chosen) => string.Join(
            "; ", told.Where(row => chosen(row.Difference)).Select(row => grid.Methods[row.Row.Method].Label)) is { Length: > 0 } all
            ? all : "none";
        Text($"""
            Against {name}, beyond the noise: above it {List(row => row.IsAbove)}. Below it {List(row => row.IsBelow)}. Not told apart
            from it {List(row => !row.IsAbove && !row.IsBelow)}.
            """);
    }

    private void Chart(ChartPlan chart, string path)
    {
        foreach (var student in grid.Students.Keys)
        {
            List<(string Method, List<MethodResult> Cells)> rows = [.. chart.Methods
                .Select(method => (
                    Method: method,
                    Cells: chart.MentorSets.Select(set => results.Of(set, student, method)).OfType<MethodResult>().ToList()))
                .Where(row => row.Cells.Count == chart.MentorSets.Count)];
            if (rows.Count(row => !IsSame(row.Cells)) < 2)
                continue;
            Text($"## {chart.Title}, {student}");
            var loss = rows.ToDictionary(row => row.Method, row => row.Cells[0].Accuracies.Less(row.Cells[^1].Accuracies));
            var reference = chart.IsLoss ? loss.GetValueOrDefault(grid.Reference) : null;
            Row(["method", .. chart.MentorSets, .. LastColumns(reference)]);
            Row(["---", .. chart.MentorSets.Select(_ => "--:"), .. LastColumns(reference).Select(_ => "--:")]);
            foreach (var (method, cells) in rows)
            {
                IEnumerable<string> last = IsSame(cells)
                    ? ["the same trainings", .. reference is null ? (string[])[] : [""]]
                    : reference is null
                        ? [Points(cells[^1].Accuracies.Minus(cells[0].Accuracies))]
                        : [Points(loss[method].Interval), method == grid.Reference ? "" : Points(loss[method].Minus(reference))];
                Row([grid.Methods[method].Label, .. cells.Select(cell => Accuracy(cell.Accuracies)), .. last]);
            }
            Text("");
            if (reference is not null)
                Protection(chart.Name, student, [.. rows.Where(row => !IsSame(row.Cells)).Select(row => row.Method)], loss);
            var file = $"{Path.GetFileNameWithoutExtension(path)}-{chart.Name}-{student}.svg";
            var folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "figures");
            Directory.CreateDirectory(folder);
            new LineChart
            {
                Title = chart.Title,
                XTitle = chart.XTitle,
                YTitle = $"{grid.Score}, test",
                InPercent = true,
                Series = [.. rows.Select((row, i) => new ChartSeries(
                    grid.Methods[row.Method].Label, [.. row.Cells.Select((cell, x) => new ChartPoint(x, cell.Accuracies.Mean))], i))],
            }.Write(Path.Combine(folder, file));
            Text($"![{chart.Title}](figures/{file})");
        }
    }

    private static string Training(MethodResult result) => $"{result.Method} {result.TaughtBy}";

    // Such as the student alone, whom no set of mentors teaches.
    private static bool IsSame(List<MethodResult> cells) => cells.All(cell => cell.TaughtBy == cells[0].TaughtBy);

    private IEnumerable<string> LastColumns(Sample? reference) => reference is null
        ? ["the last minus the first"]
        : ["lost from the first to the last", $"lost more than {grid.Methods[grid.Reference].Label}"];

    // Which methods lose more than the one that is to protect, and which even three times as much.
    private void Protection(string chart, string student, IReadOnlyList<string> methods, Dictionary<string, Sample> loss)
    {
        List<string> others = [.. methods.Where(method => method != grid.Reference)];
        var (reference, label) = (loss[grid.Reference], grid.Methods[grid.Reference].Label);
        string List(double times) => string.Join(
            "; ", others.Where(method => loss[method].Less(reference, times).Interval is { IsAbove: true })
                .Select(method => grid.Methods[method].Label)) is { Length: > 0 } all ? all : "none";
        Text($"""
            Lost more than {label}, beyond the noise: {List(1)}. More than three times what {label} lost, beyond the noise: {List(3)}.
            """);
        foreach (var method in others)
            comparisons.UnionWith([(student, method, $"{chart}: loss"), (student, method, $"{chart}: a third of the loss")]);
    }

    private void SettingsTried()
    {
        List<TriedSetting> tried = [.. Tried];
        if (tried.Count == 0)
            return;
        Text("## Settings tried");
        Text($"""
            On the samples held out, with seed {grid.ChoosingSeed}: {grid.Score}, the mean over what a method was tried on. Of one seed,
            only large differences mean anything.
            """);
        Row("method", "student", "setting", "held out, %");
        Row("---", "---", "---", "--:");
        foreach (var method in tried.GroupBy(setting => (setting.Method, setting.Student)))
        {
            var best = method.Max(setting => setting.HeldOut);
            foreach (var (_, student, setting, heldOut) in method)
                Row(
                    grid.Methods[method.Key.Method].Label, student, Describe(setting),
                    heldOut == best ? $"**{Percent(heldOut)}**" : Percent(heldOut));
        }
        Text("");
    }

    private void Text(string text) => page.Append(text).Append(text.Length == 0 ? "\n" : "\n\n");

    private void Row(params IEnumerable<string> cells) => page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);

    private static string Accuracy(Sample sample) =>
        Percent(sample.Mean) + (sample.Count > 1 ? $" ± {Percent(sample.Deviation)}" : "");

    // How much the second is above the first.
    private static string Points(MethodResult? from, MethodResult of) =>
        from is null ? "" : Points(of.Accuracies.Minus(from.Accuracies));

    private static string Points(Difference? difference) => difference is null
        ? "" : string.Create(CultureInfo.InvariantCulture, $"{100 * difference.Mean:+0.0;-0.0;0.0} ± {100 * difference.HalfWidth:F1}");

    private string Describe(Setting setting)
    {
        var parts = new List<string>();
        void Add(string name, double? value, double standard = double.NaN)
        {
            if (value is { } number && number != standard)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {number}"));
        }
        if (setting.Mentors != MentorChoice.None)
        {
            var options = setting.Classroom;
            var paced = setting.Dynamic is null && options.ConstantTemperature is null;
            Add("T", options.ConstantTemperature);
            Add("tau", paced ? options.Pace.Tau : null);
            Add(
                "T at most",
                options.Pace.MaxTemperature
                    ?? (paced && options.Preset == ClassroomPreset.Recommended ? grid.RecommendedMaxTemperature : null));
            Add("T around", setting.Dynamic);
            Add("mentors x", setting.Factor);
            Add("labels x", options.ConstantTaskCoefficient);
            Add("fading to", setting.FadeTo);
        }

        Add("learning rate", setting.LearningRate);
        Add("label smoothing", setting.LabelSmoothing, 0);
        return string.Join(", ", parts);
    }
}
