using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ClassroomKD;
using ClassroomKD.Pose;
using ClassroomKD.Vision;
using static TorchSharp.torch;

namespace Study;

/// <summary>What is trained: the file of a study.</summary>
internal sealed record Grid
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    public required string Title { get; init; }

    /// <summary>How many generated images stand in for a data folder; null: a folder is needed.</summary>
    public int? GeneratedImages { get; init; }

    /// <summary>How many generated figures are learned from, in a study of poses.</summary>
    public int? GeneratedPersons { get; init; }

    /// <summary>What tables show.</summary>
    [JsonIgnore]
    public string Score => GeneratedPersons is null ? "accuracy" : "PCK within a twentieth of the box";

    /// <summary>How many of the training images are held out to choose settings by; of figures, how many are generated for it.</summary>
    public required int HeldOut { get; init; }

    /// <summary>How many augmented views of each image the mentors' answers are recorded for; epoch e shows view e modulo this. Of
    /// poses: as many as epochs, or 0 for mentors that answer while they teach.</summary>
    public int Views { get; init; }

    public required int Epochs { get; init; }

    public int BatchSize { get; init; } = 128;

    public double LearningRate { get; init; } = 0.1;

    /// <summary>Each setting that states no learning rate stands for as many settings, one with each of these. None: it has
    /// <see cref="LearningRate"/>.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    /// <summary>AdamW in place of SGD with momentum .9, Nesterov and weight decay 5e-4.</summary>
    public bool Adam { get; init; }

    /// <summary>The one seed by which settings are chosen.</summary>
    public required int ChoosingSeed { get; init; }

    /// <summary>The fresh seeds of the chosen settings.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    public required IReadOnlyDictionary<string, MentorPlan> Mentors { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> MentorSets { get; init; }

    /// <summary>The students' networks by name.</summary>
    public required IReadOnlyDictionary<string, string> Students { get; init; }

    public required IReadOnlyDictionary<string, MethodPlan> Methods { get; init; }

    /// <summary>What is run, the most telling first.</summary>
    public required IReadOnlyList<Part> Parts { get; init; }

    /// <summary>How accuracies change over some sets of mentors, each a table and a figure.</summary>
    public IReadOnlyList<ChartPlan> Charts { get; init; } = [];

    /// <summary>The method with which all are compared beside the student alone and the best mentor.</summary>
    public required string Reference { get; init; }

    /// <summary>The bound of temperatures that the preset <see cref="ClassroomPreset.Recommended"/> takes from the task.</summary>
    [JsonIgnore]
    public double RecommendedMaxTemperature
    {
        get
        {
            if (GeneratedPersons is null)
                return ((IDistillationTask<Tensor, Tensor>)new LogitsTask()).RecommendedMaxTemperature;
            using var task = new HeatmapTask();
            return task.RecommendedMaxTemperature;
        }
    }

    /// <summary>The student alone, with whom all are compared.</summary>
    public string Alone => Methods.First(method => method.Value.Settings[0].Mentors == MentorChoice.None).Key;

    /// <summary>The single best mentor, with whom all are compared too.</summary>
    public string Best => Methods.First(method => method.Value.Settings[0].Mentors == MentorChoice.Best).Key;

    /// <summary>What decides the outcome of a training, or of a choice: all but the titles, seeds and parts of the grid.</summary>
    public JsonObject ToIdentity()
    {
        var all = JsonSerializer.SerializeToNode(this, Json)!.AsObject();
        foreach (var name in (string[])["title", "charts", "reference", "seeds", "parts", "alone", "best", "learningRates"])
            all.Remove(name);
        // Labels are for tables.
        foreach (var (_, method) in all["methods"]!.AsObject())
            method!.AsObject().Remove("label");
        return all;
    }

    public static Grid Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var grid = JsonSerializer.Deserialize<Grid>(stream, Json)!;
            grid.Check(path);
            return grid.LearningRates.Count == 0 ? grid : grid with
            {
                Methods = grid.Methods.ToDictionary(
                    method => method.Key,
                    method => method.Value with { Settings = [.. method.Value.Settings.SelectMany(grid.AtEachRate)] }),
            };
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is no grid of a study: {exception.Message}", exception);
        }
    }

    private IEnumerable<Setting> AtEachRate(Setting setting) => setting.LearningRate is null
        ? LearningRates.Select(rate => setting with { LearningRate = rate }) : [setting];

    private void Check(string path)
    {
        void Known(IEnumerable<string> names, IEnumerable<string> known, string what)
        {
            if (names.Except(known).FirstOrDefault() is { } unknown)
                throw new InvalidDataException($"{path} names the {what} '{unknown}', of which it says nothing.");
        }
        void Rule(bool holds, string what)
        {
            if (!holds)
                throw new InvalidDataException($"{path}: {what}");
        }
        foreach (var choice in (MentorChoice[])[MentorChoice.None, MentorChoice.Best])
            Rule(
                Methods.Values.Any(method => method.Settings is [var first, ..] && first.Mentors == choice),
                $"a method with \"mentors\": \"{choice}\" was expected, with which all others are compared.");
        Rule(Methods.Values.All(method => method.Settings.Count > 0), "a method was expected to have a setting; one has none.");
        Rule(GeneratedPersons is not null || Views > 0, "'views' was expected to be at least 1: answers are recorded for images.");
        foreach (var (name, mentor) in Mentors)
        {
            Rule(
                new[] { mentor.Weights is not null, mentor.Epochs is not null, mentor.Of is not null }.Count(given => given) == 1,
                $"mentor '{name}' was expected to have one of 'weights', 'epochs' (0: it answers by chance) and 'of'.");
            Rule(
                (mentor.Mean is null) == (mentor.Deviation is null),
                $"mentor '{name}' was expected to have both of 'mean' and 'deviation', or none.");
        }
        Known(MentorSets.Values.SelectMany(set => set), Mentors.Keys, "mentor");
        Known(Mentors.Values.SelectMany(mentor => mentor.Requires), Mentors.Keys, "mentor");
        Known(Mentors.Values.Select(mentor => mentor.Method).OfType<string>(), Methods.Keys, "method");
        var sets = Parts.SelectMany(part => part.MentorSets).Concat(Charts.SelectMany(chart => chart.MentorSets));
        Known(sets, MentorSets.Keys, "set of mentors");
        Known(Parts.SelectMany(part => part.Students), Students.Keys, "student");
        Known(Parts.SelectMany(part => part.Methods).Concat(Charts.SelectMany(chart => chart.Methods)), Methods.Keys, "method");
        Known([Reference], Methods.Keys, "method");
        Rule(
            Charts.All(chart => !chart.IsLoss || chart.Methods.Contains(Reference)),
            $"a chart with 'isLoss' was expected to have '{Reference}', the 'reference', among its methods.");
        if (Mentors.Keys.Concat(MentorSets.Keys).Concat(Students.Keys).Concat(Methods.Keys).FirstOrDefault(name => name.Contains('_'))
            is { } wrong)
            throw new InvalidDataException($"{path}: names have no '_', which separates them in file names; '{wrong}' does.");
    }
}

/// <summary>A chart over sets of mentors.</summary>
internal sealed record ChartPlan
{
    /// <summary>Part of the figure's file name.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required string XTitle { get; init; }

    public required IReadOnlyList<string> MentorSets { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Whether the last set is worse than the first, so that what it costs is told, and compared with what it costs the
    /// <see cref="Grid.Reference"/>.</summary>
    public bool IsLoss { get; init; }
}

/// <summary>Runs of some methods: of all their settings with the one seed, or of the chosen settings with the fresh seeds.</summary>
internal sealed record Part
{
    public required Stage Stage { get; init; }

    public required IReadOnlyList<string> MentorSets { get; init; }

    public required IReadOnlyList<string> Students { get; init; }

    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>How many of the grid's fresh seeds, the first ones; null: all.</summary>
    public int? Seeds { get; init; }
}

internal enum Stage
{
    Choose,
    Final,
}

/// <summary>Where a mentor comes from: a file of weights, a training of the study's own, or another mentor that is spoiled.</summary>
internal sealed record MentorPlan
{
    public string? Network { get; init; }

    /// <summary>A file in the folder of mentors.</summary>
    public string? Weights { get; init; }

    /// <summary>The mean that its images were normalized with; null: the study's normalization.</summary>
    public float[]? Mean { get; init; }

    public float[]? Deviation { get; init; }

    /// <summary>Trained by the study itself for so many epochs; 0: not at all, so that it answers by chance.</summary>
    public int? Epochs { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Trained on labels that are drawn at random.</summary>
    public bool WrongLabels { get; init; }

    /// <summary>Trained in a classroom of these mentors, by this method.</summary>
    public string? Method { get; init; }

    /// <summary>By which of the method's settings; null: the first.</summary>
    public int? Setting { get; init; }

    public IReadOnlyList<string> TaughtBy { get; init; } = [];

    /// <summary>The answers of this mentor, changed as below.</summary>
    public string? Of { get; init; }

    /// <summary>Its classes come in another order, drawn from this seed.</summary>
    public int? ClassOrder { get; init; }

    /// <summary>Its logits are multiplied by this.</summary>
    public double Scale { get; init; } = 1;

    [JsonIgnore]
    public IEnumerable<string> Requires => Of is null ? TaughtBy : [Of];
}

/// <summary>A way to teach, and the settings of it that are tried.</summary>
internal sealed record MethodPlan
{
    /// <summary>What tables call it.</summary>
    public required string Label { get; init; }

    public required IReadOnlyList<Setting> Settings { get; init; }
}
