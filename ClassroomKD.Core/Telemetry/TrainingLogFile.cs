using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClassroomKD;

/// <summary>One event of a training's log: one line of JSON.</summary>
internal sealed record TrainingLogLine(string Event, DateTimeOffset Time)
{
    /// <summary>Of <see cref="Started"/>.</summary>
    public int? Version { get; init; }

    public string? Name { get; init; }

    public IReadOnlyDictionary<string, string>? Fingerprint { get; init; }

    public IReadOnlyDictionary<string, string>? Versions { get; init; }

    public IReadOnlyList<MentorFacts>? Mentors { get; init; }

    public IReadOnlyList<string>? GroupNames { get; init; }

    /// <summary>Of <see cref="EpochEnded"/>.</summary>
    public EpochResult? Result { get; init; }

    /// <summary>Of <see cref="Noticed"/>.</summary>
    public string? Message { get; init; }

    /// <summary>Of <see cref="Ended"/>.</summary>
    public bool? StoppedEarly { get; init; }

    public const string Started = "started", EpochEnded = "epoch", Noticed = "notice", Ended = "ended";
}

/// <summary>Reads and writes the lines of a training's log.</summary>
internal static class TrainingLogFile
{
    public const int Version = 1;

    // A mentor that never taught has a mean temperature of NaN.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Adds lines; a process that is killed under way leaves an unfinished line, which reading leaves out.</summary>
    public static void Append(string path, IEnumerable<TrainingLogLine> lines)
    {
        using var stream = FileAccessErrors.AsIO(path, () => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read));
        stream.Write(Bytes(lines));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Replaces the file, whole or not at all.</summary>
    public static void Replace(string path, IEnumerable<TrainingLogLine> lines) =>
        WholeFile.Write(path, stream => stream.Write(Bytes(lines)));

    /// <exception cref="InvalidDataException">A finished line is none of a log, or of a later version.</exception>
    public static List<TrainingLogLine> Read(string path)
    {
        string text;
        using (var reader = new StreamReader(InputFile.Open(path, FileShare.ReadWrite)))
            text = reader.ReadToEnd();
        var finished = text.Split('\n')[..^1];
        return [.. finished.Select((line, number) => Line(line, path, number + 1))];
    }

    private static byte[] Bytes(IEnumerable<TrainingLogLine> lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => JsonSerializer.Serialize(line, Json) + "\n")));

    private static TrainingLogLine Line(string text, string path, int number)
    {
        TrainingLogLine? line;
        try
        {
            line = JsonSerializer.Deserialize<TrainingLogLine>(text, Json);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}, line {number}, is no event of a training: {exception.Message}", exception);
        }

        if (Fault(line) is { } fault)
            throw new InvalidDataException($"{path}, line {number}, is no event of a training: {fault}.");
        return line!.Version is null or Version ? line : throw new InvalidDataException(
            $"{path} is a log of version {line.Version}; this version of ClassroomKD reads version {Version}.");
    }

    private static string? Fault(TrainingLogLine? line) => line switch
    {
        not { Event: not null } => "it names no event",
        { Mentors: { } mentors } when mentors.Any(mentor => mentor?.Name is null) => "a mentor has no name",
        { GroupNames: { } names } when names.Contains(null!) => "a group has no name",
        { Fingerprint: { } texts } when texts.Values.Contains(null!) => "its fingerprint lacks a text",
        { Versions: { } texts } when texts.Values.Contains(null!) => "a version is missing",
        _ => line.Result?.Teaching?.Fault,
    };
}
