using System.Collections.Concurrent;
using System.Text.Json;

namespace ClassroomKD;

/// <summary>Maps a mentor's classes to the student's: a permutation, a subset, a superset, or classes shared in part.</summary>
/// <remarks>
/// The mentor's answer is restricted to the classes that both know, the <em>shared</em> ones, and renormalized over them. A mentor that
/// lacks some of the student's classes teaches only samples whose true class it knows, and only how the shared classes divide among
/// themselves: see <see cref="LogitsTask"/>. A map is immutable, and any number of mentors may share it. Its index tensors, made once per
/// device, live as long as the map.
/// </remarks>
public sealed class ClassMap
{
    // A few bytes can claim any number, and there is room for each.
    private const int MostClasses = 10_000_000;

    private readonly ConcurrentDictionary<(DeviceType, int), ClassIndices> indices = new();

    private ClassMap(int[] mentorOf, int mentorClasses, string parameter)
    {
        if (mentorOf.FirstOrDefault(index => index < -1 || index >= mentorClasses, -1) is var wrong && wrong != -1)
            throw new ArgumentException(
                $"A class map of {mentorClasses} mentor classes holds -1 or indices up to {mentorClasses - 1}; {wrong} came.", parameter);
        var known = mentorOf.Select((mentor, student) => (Mentor: mentor, Student: student)).Where(pair => pair.Mentor >= 0).ToList();
        if (known.GroupBy(pair => pair.Mentor).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException(
                $"The mentor's class {twice.Key} stands for the student's classes " +
                $"{string.Join(" and ", twice.Select(pair => pair.Student))}; " +
                "a class can stand for one only.", parameter);
        if (known.Count < 2)
            throw new ArgumentException($"Mentor and student must share at least 2 classes; they share {known.Count}.", parameter);
        StudentClasses = mentorOf.Length;
        MentorClasses = mentorClasses;
        StudentIndices = [.. known.Select(pair => pair.Student)];
        MentorIndices = [.. known.Select(pair => pair.Mentor)];
    }

    /// <summary>The number of classes that the student answers with.</summary>
    public int StudentClasses { get; }

    /// <summary>The number of classes that the mentor answers with.</summary>
    public int MentorClasses { get; }

    /// <summary>The shared classes as indices into the student's logits, ascending.</summary>
    public IReadOnlyList<int> StudentIndices { get; }

    /// <summary>The same classes, in the same order, as indices into the mentor's logits.</summary>
    public IReadOnlyList<int> MentorIndices { get; }

    /// <summary>Whether the mentor knows every class of the student.</summary>
    public bool CoversStudent => StudentIndices.Count == StudentClasses;

    /// <summary>A map by indices.</summary>
    /// <param name="mentorClassOf">For each class of the student the index of the mentor's class, or -1 if the mentor lacks it.</param>
    /// <param name="mentorClasses">The number of classes that the mentor answers with.</param>
    /// <exception cref="ArgumentException">An index is out of range or used twice, or fewer than 2 classes are shared.</exception>
    public static ClassMap FromIndices(IReadOnlyList<int> mentorClassOf, int mentorClasses)
    {
        ArgumentNullException.ThrowIfNull(mentorClassOf);
        return new ClassMap([.. mentorClassOf], mentorClasses, nameof(mentorClassOf));
    }

    /// <summary>A map by names: classes with the same name are shared.</summary>
    /// <param name="student">The names of the student's classes, in the order of its logits.</param>
    /// <param name="mentor">The names of the mentor's classes, in the order of its logits.</param>
    /// <param name="comparer">How names are compared. Default <see cref="StringComparer.Ordinal"/>.</param>
    /// <exception cref="ArgumentException">A name occurs twice in one list, or fewer than 2 names are shared.</exception>
    public static ClassMap FromNames(IReadOnlyList<string> student, IReadOnlyList<string> mentor, StringComparer? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(mentor);
        comparer ??= StringComparer.Ordinal;
        var mentorOf = Numbered(mentor, comparer, nameof(mentor));
        Numbered(student, comparer, nameof(student));
        return new ClassMap([.. student.Select(name => mentorOf.GetValueOrDefault(name, -1))], mentor.Count, nameof(mentor));
    }

    /// <summary>What tells it apart from another.</summary>
    internal string Fingerprint =>
        $"{SettingsText.Of(StudentIndices)} of {StudentClasses} as {SettingsText.Of(MentorIndices)} of {MentorClasses}";

    /// <summary>A map that <see cref="ToText"/> wrote.</summary>
    /// <exception cref="JsonException">It is no text of a map.</exception>
    /// <exception cref="ArgumentException">The map is none.</exception>
    /// <exception cref="IndexOutOfRangeException">An index is none of the student's classes.</exception>
    /// <exception cref="OverflowException">Its number of classes is negative.</exception>
    internal static ClassMap FromText(string json)
    {
        if (JsonSerializer.Deserialize<Text>(json) is not { StudentIndices: not null, MentorIndices: not null } map)
            throw new ArgumentException("it has no indices of classes");
        if (map.StudentClasses > MostClasses)
            throw new ArgumentException($"it claims {map.StudentClasses} classes; at most {MostClasses} are read");
        var mentorOf = new int[map.StudentClasses];
        Array.Fill(mentorOf, -1);
        for (var i = 0; i < map.StudentIndices.Count; i++)
            mentorOf[map.StudentIndices[i]] = map.MentorIndices[i];
        return FromIndices(mentorOf, map.MentorClasses);
    }

    /// <summary>The map as JSON.</summary>
    internal string ToText() => JsonSerializer.Serialize(new Text(StudentClasses, MentorClasses, StudentIndices, MentorIndices));

    /// <summary>The index tensors on the device of <paramref name="logits"/>.</summary>
    internal ClassIndices Beside(Tensor logits) => indices.GetOrAdd(
        (logits.device_type, logits.device_index),
        static (_, at) => new ClassIndices(at.Map.StudentIndices, at.Map.MentorIndices, at.Map.StudentClasses, at.Device),
        (Map: this, Device: logits.device));

    private static Dictionary<string, int> Numbered(IReadOnlyList<string> names, StringComparer comparer, string parameter)
    {
        var numbers = new Dictionary<string, int>(comparer);
        for (var i = 0; i < names.Count; i++)
            if (!numbers.TryAdd(names[i], i))
                throw new ArgumentException(
                    $"Class names must differ; '{names[i]}' is class {numbers[names[i]]} and class {i}.", parameter);
        return numbers;
    }

    private sealed record Text(int StudentClasses, int MentorClasses, IReadOnlyList<int> StudentIndices, IReadOnlyList<int> MentorIndices);
}
