using System.Text.Json;

namespace ClassroomKD.Tests.Golden;

/// <summary>The example of <c>baselines.json</c>: a student, mentors by name, the labels, and what each method makes of them.</summary>
internal sealed class Baselines(ScalarType type = ScalarType.Float64)
{
    private readonly JsonElement all = GoldenFile.Read("baselines.json");

    /// <summary>As the file orders them.</summary>
    public string[] Names => [.. Inputs.GetProperty("mentors").EnumerateObject().Select(mentor => mentor.Name)];

    /// <summary>Every entry beside the inputs.</summary>
    public IEnumerable<string> Entries => all.EnumerateObject().Select(entry => entry.Name).Where(name => name != "inputs");

    public JsonElement this[string entry] => all.GetProperty(entry);

    private JsonElement Inputs => all.GetProperty("inputs");

    /// <summary>Logits [B, C].</summary>
    public Tensor Student() => Inputs.GetProperty("student").Tensor(type);

    /// <summary>Logits [B, C].</summary>
    public Tensor Mentor(string name) => Inputs.GetProperty("mentors").GetProperty(name).Tensor(type);

    /// <summary>The logits of all mentors in the order of <see cref="Names"/>.</summary>
    public Tensor[] Mentors() => [.. Names.Select(Mentor)];

    /// <summary>Class indices [B].</summary>
    public Tensor Labels() => Inputs.GetProperty("labels").Tensor(ScalarType.Int64);
}
