namespace ClassroomKD.Tests.Core;

/// <summary>Classrooms and answers made by a seed, for tests that look at one step.</summary>
internal static class Classes
{
    public static Mentor[] Mentors(int count) =>
        [
            .. Enumerable.Range(0, count)
                .Select(m => new Mentor($"mentor {m}", _ => throw new InvalidOperationException("Answers are given."))),
        ];

    public static Tensor Logits(int seed, long batch, long categories, ScalarType type = ScalarType.Float64)
    {
        var generator = new Random(seed);
        return tensor(Enumerable.Range(0, (int)(batch * categories)).Select(_ => 6 * generator.NextDouble() - 3).ToArray(), dtype: type)
            .reshape(batch, categories);
    }

    public static Tensor Labels(int seed, long batch, long categories)
    {
        var generator = new Random(seed);
        return tensor(Enumerable.Range(0, (int)batch).Select(_ => generator.NextInt64(categories)).ToArray());
    }

    public static Lesson Lesson(
        Tensor student, IReadOnlyList<Tensor> answers, Tensor targets, ClassroomOptions? options = null, LogitsTaskOptions? task = null,
        IMentorRanker? ranker = null, ILearningPaceScheduler? pace = null)
    {
        using var classroom = new Classroom(Mentors(answers.Count), options, new LogitsTask(task), ranker, pace);
        return classroom.Teach(Learning(student), answers, targets);
    }

    /// <summary>The same values as part of a graph, as a student answers.</summary>
    public static Tensor Learning(Tensor logits) => logits.requires_grad ? logits : logits.detach().requires_grad_();
}
