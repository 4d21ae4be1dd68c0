namespace ClassroomKD.Reports;

/// <summary>What one mentor did over a whole training: the means of its epochs, weighted by the samples that each is of.</summary>
internal sealed record MentorSummary(
    string Name, double TaughtShare, double Weight, double Temperature, double Performance, double Gap, double Agreement,
    double StudentAhead, double Loss,
    long NonFiniteAnswers, IReadOnlyList<(int Epoch, MentorReport Report)> Epochs)
{
    public static IReadOnlyList<MentorSummary> Of(TrainingRecord run)
    {
        var epochs = run.Epochs.Where(epoch => epoch.Teaching is not null).ToList();
        return [.. epochs
            .SelectMany(epoch => epoch.Teaching!.Mentors.Select(mentor =>
                (epoch.Epoch, Samples: (double)epoch.Teaching.Samples, Mentor: mentor)))
            .GroupBy(entry => entry.Mentor.Name)
            .Select(entries => Of([.. entries]))];
    }

    private static MentorSummary Of(List<(int Epoch, double Samples, MentorReport Mentor)> epochs)
    {
        double Mean(Func<MentorReport, double> figure, Func<MentorReport, double> share)
        {
            var (sum, count) = (0.0, 0.0);
            foreach (var (_, samples, mentor) in epochs)
            {
                var weight = samples * share(mentor);
                if (weight > 0 && double.IsFinite(figure(mentor)))
                    (sum, count) = (sum + weight * figure(mentor), count + weight);
            }

            return count == 0 ? double.NaN : sum / count;
        }

        double All(MentorReport mentor) => 1;
        double Taught(MentorReport mentor) => mentor.TaughtShare;
        double Eligible(MentorReport mentor) => mentor.EligibleShare;
        return new MentorSummary(
            epochs[0].Mentor.Name, Mean(m => m.TaughtShare, All), Mean(m => m.MeanWeight, Taught), Mean(m => m.MeanTemperature, Taught),
            Mean(m => m.MeanPerformance, All), Mean(m => m.MeanGap, Taught), Mean(m => m.Agreement, Eligible),
            Mean(m => m.StudentAheadShare, Eligible), Mean(m => m.MeanLoss, All), epochs.Sum(entry => entry.Mentor.NonFiniteAnswers),
            [.. epochs.Select(entry => (entry.Epoch, entry.Mentor))]);
    }
}
