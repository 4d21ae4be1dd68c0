using System.Diagnostics;
using System.Globalization;

namespace Study;

/// <summary>Does what is left of a grid, beside any number of other processes that do the same in the same folder.</summary>
internal sealed class Worker(Grid grid, StudyFolder folder, IWorkshop workshop, CancellationToken cancellation)
{
    private readonly HashSet<string> done = [];
    private Choice choice = new(grid, folder);
    private int atStart;

    private Grid Grid => grid;

    private StudyFolder Folder => folder;

    private IWorkshop Workshop => workshop;

    private CancellationToken Cancellation => cancellation;

    /// <summary>Works until everything is done, or the time is over.</summary>
    public void Work(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        IReadOnlyList<IWork> all = [.. Plan()];
        atStart = all.Count(work => work.IsDone(this));
        while (!all.All(work => work.IsDone(this)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (clock.Elapsed > time)
                break;
            choice = new(grid, folder);
            // What another process does now, or waits for, is left to it.
            if (!all.Any(work => work.IsReady(this) && !work.IsDone(this) && Try(work, all, clock)))
                Thread.Sleep(500);
        }
        folder.Collect();
    }

    private bool Try(IWork work, IReadOnlyList<IWork> all, Stopwatch clock)
    {
        var id = work.Id(this);
        using var claim = folder.Claim(id);
        if (claim is null || folder.IsDone(id))
            return false;
        var line = work.Do(this);
        folder.Write(id, line);
        Tell(id, line, all, clock);
        return true;
    }

    private void Tell(string id, ResultLine line, IReadOnlyList<IWork> all, Stopwatch clock)
    {
        var finished = all.Count(work => work.IsDone(this));
        var left = clock.Elapsed * (all.Count - finished) / Math.Max(1, finished - atStart);
        var accuracy = line switch { RunLine run => run.HeldOut, MentorLine mentor => mentor.HeldOut, _ => 0 };
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[{finished}/{all.Count}] {id}: {100 * accuracy:F1} % of the held out, {line.Seconds:F1} s; " +
            $"{(int)left.TotalHours:00}:{left:mm\\:ss} left"));
    }

    private IEnumerable<IWork> Plan()
    {
        var seen = new HashSet<string>();
        IEnumerable<IWork> Making(string mentor) => seen.Add(mentor)
            ? [.. grid.Mentors[mentor].Requires.SelectMany(Making), new MentorWork(mentor)]
            : [];
        foreach (var part in grid.Parts)
        {
            var seeds = part.Stage == Stage.Final ? grid.Seeds.Take(part.Seeds ?? grid.Seeds.Count) : [grid.ChoosingSeed];
            foreach (var making in part.MentorSets.SelectMany(set => grid.MentorSets[set]).SelectMany(Making))
                yield return making;
            foreach (var seed in seeds)
                foreach (var set in part.MentorSets)
                    foreach (var student in part.Students)
                        foreach (var method in part.Methods)
                            foreach (var setting in part.Stage == Stage.Choose ? grid.Methods[method].Settings.Index() : [(-1, null!)])
                                if (seen.Add($"{part.Stage} {(IsAlone(method) ? "" : set)} {student} {method} {setting.Index} {seed}"))
                                    yield return new RunWork(part.Stage, set, student, method, setting.Index, seed);
        }
    }

    private bool IsAlone(string method) => grid.Methods[method].Settings[0].Mentors == MentorChoice.None;

    private bool IsDone(string id) => done.Contains(id) || folder.IsDone(id) && done.Add(id);

    private interface IWork
    {
        bool IsReady(Worker worker);

        bool IsDone(Worker worker);

        string Id(Worker worker);

        ResultLine Do(Worker worker);
    }

    private sealed record MentorWork(string Name) : IWork
    {
        public bool IsReady(Worker worker) => worker.Grid.Mentors[Name].Requires.All(mentor => worker.IsDone($"mentor_{mentor}"));

        public bool IsDone(Worker worker) => worker.IsDone(Id(worker));

        public string Id(Worker worker) => $"mentor_{Name}";

        public ResultLine Do(Worker worker) => worker.Workshop.Make(Name, worker.Cancellation);
    }

    // A setting of -1 is the chosen one.
    private sealed record RunWork(Stage Stage, string MentorSet, string Student, string Method, int Setting, int Seed) : IWork
    {
        private Run? run;

        public bool IsReady(Worker worker)
        {
            if (run is not null)
                return true;
            var mentors = worker.Grid.MentorSets[MentorSet];
            if (!worker.IsAlone(Method) && !mentors.All(mentor => worker.IsDone($"mentor_{mentor}")))
                return false;
            var setting = Setting >= 0 ? Setting : worker.choice.Of(Method, Student);
            if (setting is null)
                return false;
            run = Choice.Resolve(worker.Grid, worker.Folder, Stage, MentorSet, Student, Method, setting.Value, Seed);
            return true;
        }

        public bool IsDone(Worker worker) => IsReady(worker) && worker.IsDone(run!.Id);

        public string Id(Worker worker) => run!.Id;

        public ResultLine Do(Worker worker) => worker.Workshop.Train(run!, worker.Cancellation);
    }
}
