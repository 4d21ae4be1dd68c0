namespace Study;

/// <summary>Which setting of a method is the best on the images to choose by, and which mentor of a set.</summary>
internal sealed class Choice(Grid grid, StudyFolder folder)
{
    private readonly Dictionary<string, int?> known = [];

    /// <summary>The setting with the highest mean accuracy over all runs that are made to choose; null: some are not done yet.</summary>
    public int? Of(string method)
    {
        if (!known.TryGetValue(method, out var setting))
            known.Add(method, setting = Find(method));
        return setting;
    }

    private int? Find(string method)
    {
        var settings = grid.Methods[method].Settings;
        if (settings.Count == 1)
            return 0;
        var means = new double[settings.Count];
        foreach (var part in grid.Parts.Where(part => part.Stage == Stage.Choose && part.Methods.Contains(method)))
            foreach (var set in part.MentorSets)
                foreach (var student in part.Students)
                    for (var setting = 0; setting < means.Length; setting++)
                    {
                        var ready = grid.MentorSets[set].All(mentor => folder.IsDone($"mentor_{mentor}"));
                        if (!ready || Resolve(grid, folder, Stage.Choose, set, student, method, setting, grid.ChoosingSeed) is not { } run
                            || !folder.IsDone(run.Id))
                            return null;
                        means[setting] += folder.Read<RunLine>(run.Id).HeldOut;
                    }
        return Array.IndexOf(means, means.Max());
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
