using ClassroomKD;
using ClassroomKD.Reports;

namespace Study;

/// <summary>The HTML reports of a study: for each set of mentors and student the curves of the first fresh seed.</summary>
internal static class CurvePages
{
    public static void Write(Grid grid, StudyFolder folder)
    {
        foreach (var set in grid.MentorSets.Keys.Where(set => grid.MentorSets[set].All(mentor => folder.IsDone($"mentor_{mentor}"))))
            foreach (var student in grid.Students.Keys)
            {
                List<string> logs = [.. grid.Methods.SelectMany(method => Enumerable.Range(0, method.Value.Settings.Count)
                    .Select(setting => Choice.Resolve(grid, folder, Stage.Final, set, student, method.Key, setting, grid.Seeds[0])))
                    .Where(run => folder.IsDone(run.Id)).Select(folder.LogOf)];
                if (logs.Count > 2)
                    new HtmlReport
                    {
                        Title = $"{grid.Title} {set}, {student}",
                        ScoreName = $"{grid.Score}, held out",
                        Runs = [.. logs.Select(TrainingRecord.Read)],
                    }.Write(folder.ReportOf(set, student));
            }
    }
}
