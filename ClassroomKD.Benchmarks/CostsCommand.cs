using System.Diagnostics;
using System.Globalization;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// <c>costs [rounds]</c>: what do the trainer, recorded lessons and their recording cost? Each is timed beside what it is compared with, in
/// turns, so that what else the machine does falls on both.
/// </summary>
internal static class CostsCommand
{
    public static int Run(string[] arguments)
    {
        if (arguments is not ([] or [_]) || !int.TryParse(arguments.FirstOrDefault() ?? "9", CultureInfo.InvariantCulture, out var rounds)
            || rounds < 1)
        {
            Console.Error.WriteLine("costs [rounds]");
            return 1;
        }

        foreach (var student in (string[])["resnet8", "resnet20"])
        {
            var epochs = new RecordedLessonsBenchmark { Student = student, Form = "float16" };
            epochs.Make();
            try
            {
                Console.WriteLine($"Epochs of 16 batches, {student}; median (lowest to highest) of {rounds} rounds");
                Compare("the trainer, against a loop by hand", epochs.StudentAlone, epochs.StudentAloneInALoopByHand);
                Compare("six recorded mentors, against the student alone", epochs.SixRecordedMentors, epochs.StudentAlone);
                Compare("six live mentors, against six recorded ones", epochs.SixLiveMentors, epochs.SixRecordedMentors);
                Compare("recording, against the mentors' answers alone", epochs.Recording, epochs.MentorsAnswersAlone);
            }
            finally
            {
                epochs.Remove();
            }
        }

        return 0;

        void Compare(string what, Action action, Action baseline)
        {
            Seconds(action);
            Seconds(baseline);
            var ratios = new double[rounds];
            var fastest = double.PositiveInfinity;
            for (var round = 0; round < rounds; round++)
            {
                // Whoever comes second finds the caches warm.
                var (first, second) = round % 2 == 0 ? (action, baseline) : (baseline, action);
                var (before, after) = (Seconds(first), Seconds(second));
                ratios[round] = round % 2 == 0 ? before / after : after / before;
                fastest = Math.Min(fastest, Math.Min(before, after));
            }

            Array.Sort(ratios);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {what,-48} {ratios[rounds / 2]:F3} ({ratios[0]:F3} to {ratios[^1]:F3}), fastest epoch {fastest:F2} s"));
        }
    }

    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
