namespace ClassroomKD;

/// <summary>Registers recorded mentors.</summary>
public static class RecordedMentorExtensions
{
    /// <summary>
    /// Adds a mentor that gives recorded answers; the classroom is then taught on <see cref="RecordedLessons.Replay{TTarget}"/>.
    /// </summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="name">The mentor's name in the recording.</param>
    /// <param name="lessons">Gives the recording; called once.</param>
    /// <param name="classes">Which of the mentor's classes are which of the student's. Default null: as it was recorded.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddRecordedMentor(
        this IClassroomBuilder builder, string name, Func<IServiceProvider, RecordedLessons> lessons, ClassMap? classes = null) =>
        builder.AddRecordedMentor<Tensor>(name, lessons, null, classes);

    /// <summary>Adds a recorded mentor whose answer is not a single tensor.</summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="name">The mentor's name in the recording.</param>
    /// <param name="lessons">Gives the recording; called once.</param>
    /// <param name="form">See <see cref="RecordedLessons.CreateMentor{TAnswer}"/>. Default null.</param>
    /// <param name="classes">Which of the mentor's classes are which of the student's. Default null: as it was recorded.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddRecordedMentor<TAnswer>(
        this IClassroomBuilder builder, string name, Func<IServiceProvider, RecordedLessons> lessons,
        Func<Tensor, IReadOnlyList<Tensor>, TAnswer>? form = null, ClassMap? classes = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(lessons);
        return builder.AddMentor(provider => lessons(provider).CreateMentor(name, form, classes));
    }
}
