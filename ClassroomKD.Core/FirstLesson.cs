using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Says what is wrong with the first answers of each of a classroom's models, where a report would come too late.</summary>
internal static class FirstLesson
{
    /// <summary>Warns of mentors that answer NaN, and of models that answer with probabilities, if they are not among those inspected
    /// before. Waits for the device.</summary>
    public static void Warn(
        Assessment assessment, string classroom, IReadOnlyList<string> mentors, HashSet<string> inspected, ILogger logger)
    {
        var studentIsNew = inspected.Count == 0;
        var isNew = mentors.Select(inspected.Add).ToArray();
        if (!isNew.Contains(true))
            return;
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var samples = assessment.Performances.size(1);
        if (samples == 0)
            return;
        var counted = assessment.Counted ?? ones(samples, ScalarType.Bool, assessment.Performances.device);
        var infinite = (assessment.Finite?.logical_not() ?? zeros(mentors.Count, samples, ScalarType.Bool, counted.device))
            .logical_and(counted).sum(1);
        var soft = (assessment.LookLikeProbabilities() ?? zeros(1 + mentors.Count, samples, ScalarType.Bool, counted.device))
            .logical_and(counted).sum(1);
        using var onHost = cat([counted.sum().reshape(1), infinite, soft]).cpu();
        var counts = onHost.data<long>().ToArray();
        var all = counts[0];
        if (all == 0)
            return;
        for (var m = 0; m < mentors.Count; m++)
            if (isNew[m] && counts[1 + m] > 0)
                Log.NonFiniteAnswers(logger, mentors[m], classroom, counts[1 + m], all);
        for (var k = 0; k <= mentors.Count; k++)
            if ((k == 0 ? studentIsNew : isNew[k - 1]) && counts[1 + mentors.Count + k] == all)
                Log.Probabilities(logger, k == 0 ? "The student" : $"Mentor '{mentors[k - 1]}'", classroom, k == 0
                    ? "remove the softmax at its end"
                    : $"set {nameof(MentorOptions)}.{nameof(MentorOptions.Answers)} to {nameof(AnswerForm)}.{AnswerForm.Probabilities}");
    }
}
