using System.Text.Json;

namespace Study;

/// <summary>All lines of a study.</summary>
internal sealed class Results
{
    private readonly Grid grid;
    private readonly IReadOnlyList<RunLine> runs;

    public Results(Grid grid, IReadOnlyList<ResultLine> lines)
    {
        this.grid = grid;
        Mentors = lines.OfType<MentorLine>().ToDictionary(mentor => mentor.Name);
        runs = [.. lines.OfType<RunLine>()];
        Data = lines.OfType<DataLine>().FirstOrDefault();
    }

    public IReadOnlyDictionary<string, MentorLine> Mentors { get; }

    public int Runs => runs.Count;

    /// <summary>The images; null: lines from before they were told, or figures.</summary>
    public DataLine? Data { get; }

    public IEnumerable<long> Steps => runs.Select(run => run.Steps);

    /// <summary>Of each method with each set of mentors.</summary>
    public IEnumerable<long> SeedCounts =>
        from run in runs
        where run.Run.Stage == Stage.Final
        group run by (run.Run.MentorSet, run.Run.Student, run.Run.Method) into method
        select method.LongCount();

    public IEnumerable<string> Devices => runs.Select(run => run.Device).Distinct().Order(StringComparer.Ordinal);

    public static Results Read(Grid grid, string path) => new(grid, ReadLines(path));

    public static IReadOnlyList<ResultLine> ReadLines(string path)
    {
        var lines = new List<ResultLine>();
        foreach (var (number, text) in File.ReadLines(path).Index())
            try
            {
                lines.Add(JsonSerializer.Deserialize<ResultLine>(text, Grid.Json)!);
            }
            catch (Exception exception) when (exception is JsonException or NotSupportedException)
            {
                throw new InvalidDataException($"{path}, line {number + 1}, is none of a study: {exception.Message}", exception);
            }
        return lines;
    }

    /// <summary>The mentor of a set that does best on the images to choose by; null: some are not made.</summary>
    public string? Best(string mentorSet) => grid.MentorSets[mentorSet].All(Mentors.ContainsKey)
        ? grid.MentorSets[mentorSet].MaxBy(mentor => Mentors[mentor].HeldOut)
        : null;

    /// <summary>What choosing a method's setting for a student went by, in the grid's order; none where nothing was chosen.</summary>
    public IEnumerable<TriedSetting> Tried(string method, string student) =>
        from line in runs
        where line.Run.Stage == Stage.Choose && line.Run.Method == method && line.Run.Student == student
        group line by line.Run.Setting into setting
        orderby setting.Key
        select new TriedSetting(method, student, setting.First().SettingTried, setting.Average(line => line.HeldOut));

    /// <summary>Whether there are last runs of a method.</summary>
    public bool IsShown(string method) => runs.Any(line => line.Run.Stage == Stage.Final && line.Run.Method == method);

    /// <summary>The last runs of a method with a set of mentors; null: there are none.</summary>
    public MethodResult? Of(string mentorSet, string student, string method)
    {
        var name = grid.Methods[method].Settings[0].Mentors switch
        {
            MentorChoice.None => "none",
            MentorChoice.Best => $"only-{Best(mentorSet)}",
            _ => mentorSet,
        };
        List<RunLine> found = [.. runs.Where(line => line.Test is not null && line.Run.Stage == Stage.Final
            && line.Run.MentorSet == name && line.Run.Student == student && line.Run.Method == method)];
        if (found.Select(line => line.Run.Setting).Distinct().Count() > 1)
            throw new InvalidDataException(
                $"{method} with {name} was expected to have last runs of one setting, the chosen one; there are some of settings " +
                $"{string.Join(" and ", found.Select(line => line.Run.Setting).Distinct().Order())} of {student}: the choice changed " +
                "after they were made. Remove the lines of the settings that are not chosen.");
        return found.Count == 0 ? null : new(
            method, name, found[0].SettingTried, new(found.ToDictionary(line => line.Run.Seed, line => line.Test!.Value)),
            found.Average(line => line.MentorShare));
    }
}

/// <summary>A setting of a method, and the mean on what is held out.</summary>
internal sealed record TriedSetting(string Method, string Student, Setting Setting, double HeldOut);

/// <summary>What a method gave with one set of mentors.</summary>
/// <param name="Method">Its name in the grid.</param>
/// <param name="TaughtBy">The set that taught; <c>none</c> and <c>only-</c> with a mentor's name may be those of several sets.</param>
/// <param name="Setting">The setting that was chosen.</param>
/// <param name="Accuracies">On the images of the last table.</param>
/// <param name="MentorShare">The mentors' share of the loss in the last epoch.</param>
internal sealed record MethodResult(string Method, string TaughtBy, Setting Setting, Sample Accuracies, double MentorShare);
