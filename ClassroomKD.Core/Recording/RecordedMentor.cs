using System.Runtime.CompilerServices;

namespace ClassroomKD;

/// <summary>
/// A mentor that looks its answers up: see <see cref="RecordedLessons"/>, which makes it. It owns the file that is mapped.
/// </summary>
/// <typeparam name="TAnswer">What the model answered with.</typeparam>
/// <remarks>It takes the place of the mentor in any classroom, and answers only batches of
/// <see cref="RecordedLessons.Replay{TTarget}"/>.</remarks>
public sealed class RecordedMentor<TAnswer> : Mentor<TAnswer>
{
    private readonly RecordedAnswers answers;
    private readonly Func<Tensor, IReadOnlyList<Tensor>, TAnswer> form;

    internal RecordedMentor(RecordedAnswers answers, Func<Tensor, IReadOnlyList<Tensor>, TAnswer>? form, ClassMap? classes)
        : base(
            answers.Header.Mentor, _ => throw new MentorException(
                $"Mentor '{answers.Header.Mentor}' is recorded and cannot answer an input of which nothing is known: train on " +
                    $"RecordedLessons.Replay(data), by a " +
                "Trainer or by Classroom.Teach(batch, answer)."),
            answers, new MentorOptions { Classes = classes ?? answers.Header.Classes })
    {
        this.answers = answers;
        this.form = form ?? Tuple(answers.Header);
        Reading = form is null ? null : SettingsText.Of(form);
    }

    internal override string Fingerprint => $"{answers.Header.Fingerprint}{RecordedAnswers.Mark}{answers.Header.Form}";

    private protected override string? Reading { get; }

    internal override TAnswer Answer(in MentorQuestion question)
    {
        lock (Answering)
        {
            RequireAlive();
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            return AnswerTensors.MoveToOuter(scope, form(question.Input, answers.Of(question)));
        }
    }

    private static Func<Tensor, IReadOnlyList<Tensor>, TAnswer> Tuple(RecordingHeader header)
    {
        var count = header.Parts.Count;
        if (typeof(TAnswer) == typeof(Tensor) && count == 1)
            return (_, parts) => (TAnswer)(object)parts[0];
        if (typeof(TAnswer).IsValueType && typeof(TAnswer).IsAssignableTo(typeof(ITuple))
            && typeof(TAnswer).GetGenericArguments() is var types && types.Length == count
                && Array.TrueForAll(types, type => type == typeof(Tensor)))
            return (_, parts) => (TAnswer)Activator.CreateInstance(typeof(TAnswer), [.. parts])!;
        throw new ArgumentException(
            $"Mentor '{header.Mentor}' was recorded with answers of {count} tensors, of which {typeof(TAnswer)} cannot be made without " +
                $"a function that does.");
    }
}
