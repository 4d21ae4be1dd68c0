using System.Globalization;
using System.Text;
using ClassroomKD;
using ClassroomKD.Reports;

namespace Study;

/// <summary>The page of results: every sentence and figure is made from the lines.</summary>
internal sealed class ResultsPage(Grid grid, Results results)
{
    private readonly StringBuilder page = new();

    /// <summary>Writes the page and, if the grid has one, its chart beside it.</summary>
    /// <param name="path">The page, Markdown.</param>
    /// <param name="lines">How the page calls the file of lines.</param>
    /// <param name="images">What they tell the accuracies on.</param>
    /// <param name="own">The study's own results, where these are of an examination on other images.</param>
    public void Write(string path, string lines, string images, Results? own)
    {
        if (results.Runs == 0)
            throw new InvalidDataException($"{lines} was expected to hold trainings; none is done yet.");
        page.Clear();
        Text($"# {grid.Title}{(own is null ? "" : ": other images")}");
        Text($"""
            Written by `Study report` from {lines}: {results.Runs} trainings on {string.Join(" and ", results.Devices)}. No figure is
            typed by hand. Every student sees the same batches: {grid.Epochs} epochs, {grid.BatchSize} samples a batch, {results.Steps}
            steps{(grid.Views == 0 ? "" : $", the mentors' answers to {grid.Views} augmented views of each image recorded beforehand")}.
            {Chosen} The tables show it on {images}, by which nothing was chosen, with
            {grid.Seeds.Count} fresh seeds: {grid.Score}, mean ± standard deviation, and paired differences over the seeds with their 95 %
            intervals (Student's t). The best mentor of a set is the one that does best on the samples held out.
            """);
        if (own is not null)
            Order(own);
        else
            Mentors();
        foreach (var set in grid.MentorSets.Keys)
            foreach (var student in grid.Students.Keys)
                Table(set, student);
        if (grid.Chart is { } chart)
            Protection(chart, path);
        SettingsTried();
        WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page.ToString().TrimEnd() + "\n")));
    }

    private string Chosen => grid.Parts.Any(part => part.Stage == Stage.Choose)
        ? $"{grid.HeldOut} samples are held out; on them, with one seed, the best of a method's settings is chosen, which are as many " +
            "for each method that is compared."
        : "Each method has one setting, which was chosen before, with other seeds.";

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
        if (rows.All(row => row == alone || row == best))
            return;
        Text($"## {set}, {student}");
        Text($"Mentors: {string.Join(", ", grid.MentorSets[set])}.");
        Row("method", "setting", "seeds", "test, %", "minus alone", "minus the best mentor", "mentors' share of the loss, %");
        Row("---", "---", "--:", "--:", "--:", "--:", "--:");
        var top = rows.Max(row => row.Accuracies.Mean);
        foreach (var row in rows)
        {
            var mean = Accuracy(row.Accuracies);
            Row(
                grid.Methods[row.Method].Label, Describe(row.Setting), $"{row.Accuracies.Count}",
                row.Accuracies.Mean == top ? $"**{mean}**" : mean, Points(row == alone ? null : alone, row),
                Points(row == best ? null : best, row), Percent(row.MentorShare));
        }
        Text("");
        Compare(rows, alone, "the student alone");
        Compare(rows, best, "the best mentor");
    }

    // Which methods are told apart from one of them.
    private void Compare(List<MethodResult> rows, MethodResult? other, string name)
    {
        if (other is null)
            return;
        var told = rows.Where(row => row != other).Select(row => (grid.Methods[row.Method].Label, row.Accuracies.Minus(other.Accuracies)))
            .Where(row => row.Item2 is not null).ToList();
        if (told.Count == 0)
            return;
        string List(Func<Difference, bool> chosen) =>
            string.Join("; ", told.Where(row => chosen(row.Item2!)).Select(row => row.Label)) is { Length: > 0 } all ? all : "none";
        Text($"""
            Against {name}, beyond the noise: above it {List(row => row.IsAbove)}. Below it {List(row => row.IsBelow)}. Not told apart
            from it {List(row => !row.IsAbove && !row.IsBelow)}.
            """);
    }

    private void Protection(ChartPlan chart, string path)
    {
        foreach (var student in grid.Students.Keys)
        {
            List<(string Method, List<MethodResult> Cells)> rows = [.. chart.Methods
                .Select(method => (
                    Method: method,
                    Cells: chart.MentorSets.Select(set => results.Of(set, student, method)).OfType<MethodResult>().ToList()))
                .Where(row => row.Cells.Count == chart.MentorSets.Count)];
            if (rows.Count == 0)
                continue;
            Text($"## {chart.Title}, {student}");
            Row(["method", .. chart.MentorSets, "lost from the first to the last"]);
            Row(["---", .. chart.MentorSets.Select(_ => "--:"), "--:"]);
            foreach (var (method, cells) in rows)
                Row([
                    grid.Methods[method].Label, .. cells.Select(cell => Accuracy(cell.Accuracies)), Points(cells[^1], cells[0]),
                ]);
            Text("");
            var name = $"{Path.GetFileNameWithoutExtension(path)}-{student}.svg";
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
            }.Write(Path.Combine(folder, name));
            Text($"![{chart.Title}](figures/{name})");
        }
    }

    private void SettingsTried()
    {
        List<TriedSetting> tried = [.. grid.Methods.Keys.SelectMany(results.Tried)];
        if (tried.Count == 0)
            return;
        Text("## Settings tried");
        Text($"""
            On the samples held out, with seed {grid.ChoosingSeed}: {grid.Score}, the mean over what a method was tried on. Of one seed,
            only large differences mean anything.
            """);
        Row("method", "setting", "held out, %");
        Row("---", "---", "--:");
        foreach (var method in tried.GroupBy(setting => setting.Method))
        {
            var best = method.Max(setting => setting.HeldOut);
            foreach (var (_, setting, heldOut) in method)
                Row(
                    grid.Methods[method.Key].Label, Describe(setting), heldOut == best ? $"**{Percent(heldOut)}**" : Percent(heldOut));
        }
        Text("");
    }

    private void Text(string text) => page.Append(text).Append(text.Length == 0 ? "\n" : "\n\n");

    private void Row(params IEnumerable<string> cells) => page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);

    private static string Accuracy(Sample sample) =>
        Percent(sample.Mean) + (sample.Count > 1 ? $" ± {Percent(sample.Deviation)}" : "");

    // How much the second is above the first, in points.
    private static string Points(MethodResult? from, MethodResult of) =>
        from is not null && of.Accuracies.Minus(from.Accuracies) is { } difference
            ? string.Create(CultureInfo.InvariantCulture, $"{100 * difference.Mean:+0.0;-0.0;0.0} ± {100 * difference.HalfWidth:F1}")
            : "";

    private static string Describe(Setting setting)
    {
        var parts = new List<string>();
        void Add(string name, double? value, double standard = double.NaN)
        {
            if (value is { } number && number != standard)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {number}"));
        }
        var paced = setting is { Mentors: not MentorChoice.None, Dynamic: null } && setting.Classroom.ConstantTemperature is null;
        Add("T", setting.Classroom.ConstantTemperature);
        Add("tau", paced ? setting.Classroom.Pace.Tau : null);
        Add("T at most", setting.Classroom.Pace.MaxTemperature);
        Add("T around", setting.Dynamic);
        Add("mentors x", setting.Factor);
        Add("labels x", setting.Classroom.ConstantTaskCoefficient);
        Add("fading to", setting.FadeTo);
        Add("learning rate", setting.LearningRate);
        Add("label smoothing", setting.LabelSmoothing, 0);
        return string.Join(", ", parts);
    }
}
