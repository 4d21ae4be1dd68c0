namespace Study;

/// <summary>Which setting of a method is the best on the images to choose by, and which mentor of a set.</summary>
internal sealed class Choice(Grid grid, StudyFolder folder)
{
    private readonly Dictionary<(string Method, string Student), int?> known = [];

    /// <summary>
    /// The setting with the highest mean accuracy over the runs that are made to choose for a student, or, if none are, for all students;
    /// null: some are not done yet.
    /// </summary>
    public int? Of(string method, string student)
    {
        if (!known.TryGetValue((method, student), out var setting))
            known.Add((method, student), setting = Find(method, student));
        return setting;
    }

    private int? Find(string method, string student)
    {
        var settings = grid.Methods[method].Settings;
        if (settings.Count == 1)
            return 0;
        var sums = new double[settings.Count];
        var counted = new HashSet<string>();
        IReadOnlyList<Part> parts = [.. grid.Parts.Where(part => part.Stage == Stage.Choose && part.Methods.Contains(method))];
        var isOwn = parts.Any(part => part.Students.Contains(student));
        foreach (var part in parts)
            foreach (var set in part.MentorSets)
                foreach (var chooser in part.Students.Where(name => !isOwn || name == student))
                    for (var setting = 0; setting < sums.Length; setting++)
                    {
                        var ready = grid.MentorSets[set].All(mentor => folder.IsDone($"mentor_{mentor}"));
                        if (!ready || Resolve(grid, folder, Stage.Choose, set, chooser, method, setting, grid.ChoosingSeed) is not { } run
                            || !folder.IsDone(run.Id))
                            return null;
                        // The best mentor of several sets may be one, and alone is alone with all of them.
                        if (counted.Add(run.Id))
                            sums[setting] += folder.Read<RunLine>(run.Id).HeldOut;
                    }
        return Array.IndexOf(sums, sums.Max());
    }

    /// <summary>A run with its mentors: all of a set, the best of it, or none.</summary>
    public static Run Resolve(
        Grid grid, StudyFolder folder, Stage stage, string set, string student, string method, int setting, int seed)
    {
        var (name, mentors) = grid.Methods[method].Settings[setting].Mentors switch
        {
            MentorChoice.None => ("none", (IReadOnlyList<string>)[]),
            MentorChoice.Best when Best(grid, folder, set) is var best => ($"only-{best}", [best]),
            _ => (set, grid.MentorSets[set]),
        };
        return new(stage, name, mentors, student, method, setting, seed);
    }

    private static string Best(Grid grid, StudyFolder folder, string set) =>
        grid.MentorSets[set].MaxBy(mentor => folder.Read<MentorLine>($"mentor_{mentor}").HeldOut)!;
}
