using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClassroomKD;

namespace Study;

/// <summary>The folder of a study: what each process finds of the others, and what is left after a kill.</summary>
internal sealed class StudyFolder
{
    private const int WindowsSharingViolation = 32;
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private readonly string root;

    /// <param name="root">The folder; it is made when a study begins in it.</param>
    public StudyFolder(string root) => this.root = root;

    /// <summary>Begins a study here, or goes on with it. Its grid may have grown; what it had must be the same, and the data.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="data">Tells the data apart; null: the grid says what is generated.</param>
    /// <exception cref="ArgumentException">The folder holds the study of another grid, or of other data.</exception>
    public void Begin(Grid grid, string? data)
    {
        foreach (var name in (string[])["answers", "claims", "lines", "logs", "mentors", "students"])
            Directory.CreateDirectory(Path.Combine(root, name));
        var path = Path.Combine(root, "grid.json");
        var now = grid.ToIdentity();
        now["data"] = data;
        var known = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : now.DeepClone().AsObject();
        foreach (var name in known.Concat(now).Select(entry => entry.Key).Distinct().ToList())
        {
            if (known[name] is not JsonObject before || now[name] is not JsonObject parts)
            {
                RequireSame(name, known[name], now[name]);
                continue;
            }
            foreach (var (part, value) in parts)
                if (before.ContainsKey(part))
                    RequireSame($"{name}.{part}", before[part], value);
                else
                    before.Add(part, value?.DeepClone());
        }
        WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(known.ToJsonString() + "\n")));
    }

    public string ResultsFile => Path.Combine(root, "results.jsonl");

    public string AnswersOf(string mentor) => Path.Combine(root, "answers", $"{mentor}.safetensors");

    public string LessonsOf(string mentor) => Path.Combine(root, "answers", mentor);

    public string MentorWeightsOf(string mentor) => Path.Combine(root, "mentors", $"{mentor}.safetensors");

    public string LogOf(Run run) => Path.Combine(root, "logs", $"{run.Id}.jsonl");

    public string WeightsOf(Run run) => Path.Combine(root, "students", $"{run.Id}.safetensors");

    public string OnnxOf(Run run) => Path.Combine(root, "students", $"{run.Id}.onnx");

    public string ReportOf(string mentorSet, string student) => Path.Combine(root, $"{mentorSet}-{student}.html");

    public bool IsDone(string id) => File.Exists(LineFile(id));

    public T Read<T>(string id)
        where T : ResultLine => (T)JsonSerializer.Deserialize<ResultLine>(File.ReadAllText(LineFile(id)), Grid.Json)!;

    public void Write(string id, ResultLine line) =>
        WholeFile.Write(LineFile(id), stream => stream.Write(Encoding.UTF8.GetBytes(line.ToJson() + "\n")));

    /// <summary>The right to do something, until it is disposed or the process ends; null: another process has it.</summary>
    public IDisposable? Claim(string id)
    {
        try
        {
            return new FileStream(Path.Combine(root, "claims", id), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when ((exception.HResult & 0xFFFF) is WindowsSharingViolation or LinuxWouldBlock or MacWouldBlock)
        {
            return null;
        }
    }

    /// <summary>All lines in one file, in the order of their names.</summary>
    /// <exception cref="DirectoryNotFoundException">No study has begun here.</exception>
    public void Collect()
    {
        var folder = Path.Combine(root, "lines");
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{root} was expected to hold a study; none has begun there.");
        WholeFile.Write(ResultsFile, stream =>
        {
            foreach (var path in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
                stream.Write(File.ReadAllBytes(path));
        });
    }

    private void RequireSame(string name, JsonNode? before, JsonNode? now)
    {
        if (!JsonNode.DeepEquals(before, now))
            throw new ArgumentException(
                $"{root} holds another study, whose {name} is {before?.ToJsonString() ?? "none"}; this one's is " +
                $"{now?.ToJsonString() ?? "none"}. Choose another --output.");
    }

    private string LineFile(string id) => Path.Combine(root, "lines", $"{id}.json");
}
