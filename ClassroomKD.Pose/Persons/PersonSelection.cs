using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>What happens to persons that cannot be samples: those that a rule leaves out are counted, wrong ones as asked for.</summary>
internal sealed class PersonSelection(string source, string folder, BrokenSamples broken)
{
    private readonly string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
    private readonly Dictionary<string, string?> files = [];

    public Dictionary<PersonDefect, int> LeftOut { get; } = [];

    public void Leave(PersonDefect defect) => LeftOut[defect] = LeftOut.GetValueOrDefault(defect) + 1;

    /// <summary>Refuses a person that the file is wrong about.</summary>
    /// <exception cref="InvalidDataException">Unless such are skipped.</exception>
    public void Refuse(PersonDefect defect, long id, string why)
    {
        if (broken == BrokenSamples.Throw)
            throw new InvalidDataException($"{source}: annotation {id}: {why}.");
        Leave(defect);
    }

    /// <summary>The image's path, or null where it is missing; each file is looked for once.</summary>
    public string? Find(string name)
    {
        if (files.TryGetValue(name, out var known))
            return known;
        var path = name.Length == 0 ? root : Path.GetFullPath(Path.Combine(root, name));
        // A name from a file of unknown origin must not lead out of the folder.
        return files[name] = path.StartsWith(root, StringComparison.Ordinal) && File.Exists(path) ? path : null;
    }
}
