namespace ClassroomKD;

/// <summary>Refuses what a classroom cannot teach with or from.</summary>
internal static class LessonValidation
{
    /// <exception cref="ArgumentException">There is no mentor, one is null, or two share a name.</exception>
    public static void RequireNames(string classroom, IReadOnlyList<string?> mentors)
    {
        if (mentors.Count == 0)
            throw new ArgumentException($"Classroom '{classroom}' has no mentor; it needs at least one.", nameof(mentors));
        if (mentors.Any(name => name is null))
            throw new ArgumentException($"A mentor of classroom '{classroom}' is null.", nameof(mentors));
        if (mentors.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException(
                $"Classroom '{classroom}' has {twice.Count()} mentors named '{twice.Key}'; names must differ.", nameof(mentors));
    }

    /// <exception cref="ArgumentException">Two mentors have one model, of which each would be the owner.</exception>
    public static void RequireModules<TAnswer>(string classroom, IReadOnlyList<Mentor<TAnswer>> mentors)
    {
        if (mentors.Where(mentor => mentor.Module is not null).GroupBy(mentor => mentor.Module)
            .FirstOrDefault(group => group.Count() > 1) is { } shared)
            throw new ArgumentException(
                $"The mentors {string.Join(" and ", shared.Select(mentor => $"'{mentor.Name}'"))} of classroom '{classroom}' have one " +
                "model, so that it would teach several times and each would dispose it. Load the model once for each.", nameof(mentors));
    }

    /// <exception cref="ArgumentException">The student's answer is not there.</exception>
    /// <exception cref="MentorException">A mentor's answer is not there.</exception>
    public static void RequireAnswers<TAnswer>(TAnswer student, IReadOnlyList<TAnswer> mentors, IReadOnlyList<string> names)
    {
        if (AnswerTensors.Fault(student) is { } ofStudent)
            throw new ArgumentException($"The student answered with {ofStudent}.", nameof(student));
        for (var m = 0; m < names.Count; m++)
            if (AnswerTensors.Fault(mentors[m]) is { } fault)
                throw new MentorException($"Mentor '{names[m]}' answered with {fault}.");
    }

    /// <exception cref="ArgumentException">The answer has no graph, though somebody is to learn.</exception>
    /// <exception cref="InvalidOperationException">The answer has a graph, but gradients are not tracked.</exception>
    public static void RequireGraph<TAnswer>(TAnswer answer)
    {
        var tensors = AnswerTensors.Of(answer).ToList();
        var hasGraph = tensors.Exists(tensor => tensor.requires_grad);
        if (hasGraph && !is_grad_enabled())
            throw new InvalidOperationException(
                "Teach was called without gradient tracking (no_grad or inference mode), though the student's answer has a graph: the " +
                "lesson would have none, and the student could not learn from it.");
        if (tensors.Count > 0 && !hasGraph && is_grad_enabled())
            throw new ArgumentException(
                "The student's answer has no graph, so the student cannot learn from the lesson. Either its model is also a mentor's, " +
                "which freezes it, or it answered without gradient tracking.", nameof(answer));
    }
}
