namespace ClassroomKD;

/// <summary>What configuration states of a model beside its source.</summary>
internal abstract class ModelSettings
{
    public string? Device { get; set; }
}

/// <summary>What configuration states of a student.</summary>
internal sealed class StudentSettings : ModelSettings
{
    public string Name { get; set; } = "student";
}

/// <summary>What configuration states of a mentor: <see cref="MentorOptions"/> in values that a text can state.</summary>
internal sealed class MentorSettings : ModelSettings
{
    public MentorInputSettings? Input { get; set; }

    public ClassMapSettings? Classes { get; set; }

    public AnswerForm Answers { get; set; }

    public MentorInference Inference { get; set; } = new();
}

/// <summary>See <see cref="MentorInput"/>.</summary>
internal sealed class MentorInputSettings
{
    public IReadOnlyList<int>? Size { get; set; }

    public InterpolationMode Interpolation { get; set; } = InterpolationMode.Bilinear;

    public bool Antialias { get; set; }

    public IReadOnlyList<int>? Channels { get; set; }

    public IReadOnlyList<float>? StudentMean { get; set; }

    public IReadOnlyList<float>? StudentStandardDeviation { get; set; }

    public IReadOnlyList<float>? MentorMean { get; set; }

    public IReadOnlyList<float>? MentorStandardDeviation { get; set; }

    public ScalarType? Type { get; set; }

    /// <exception cref="ArgumentException">What is stated is out of range or contradicts itself.</exception>
    public MentorInput ToInput()
    {
        if (Size is not (null or { Count: 2 }))
            throw new ArgumentException($"Size is a height and a width, such as [224, 224]; it is [{string.Join(", ", Size)}].");
        var input = new MentorInput
        {
            Size = Size is null ? null : (Size[0], Size[1]),
            Interpolation = Interpolation,
            Antialias = Antialias,
            Channels = Channels,
            StudentMean = StudentMean,
            StudentStandardDeviation = StudentStandardDeviation,
            MentorMean = MentorMean,
            MentorStandardDeviation = MentorStandardDeviation,
            Type = Type,
        };
        using var adapter = new InputAdapter(input);
        return input;
    }
}

/// <summary>See <see cref="ClassMap"/>: by indices or by names.</summary>
internal sealed class ClassMapSettings
{
    public IReadOnlyList<int>? MentorClassOf { get; set; }

    public int? MentorClasses { get; set; }

    public IReadOnlyList<string>? StudentNames { get; set; }

    public IReadOnlyList<string>? MentorNames { get; set; }

    /// <exception cref="ArgumentException">What is stated is no map.</exception>
    public ClassMap ToMap() => this switch
    {
        { MentorClassOf: { } indices, MentorClasses: { } count, StudentNames: null, MentorNames: null } =>
            ClassMap.FromIndices(indices, count),
        { StudentNames: { } student, MentorNames: { } mentor, MentorClassOf: null, MentorClasses: null } =>
            ClassMap.FromNames(student, mentor),
        _ => throw new ArgumentException("expected MentorClassOf and MentorClasses, or StudentNames and MentorNames."),
    };
}
