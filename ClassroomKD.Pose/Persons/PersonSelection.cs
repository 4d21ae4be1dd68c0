using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>What happens to persons that cannot be samples: those that a rule leaves out are counted, wrong ones as asked for.</summary>
internal sealed class PersonSelection(string source, string folder, BrokenSamples broken)
{
    private readonly string root = Directory.Exists(folder)
        ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar
        : throw new DirectoryNotFoundException($"There is no folder of images '{folder}'.");

    private readonly Dictionary<string, string?> files = [];
    private readonly Dictionary<PersonDefect, int> leftOut = [];

    public void Leave(PersonDefect defect) => leftOut[defect] = leftOut.GetValueOrDefault(defect) + 1;

    /// <summary>Refuses a person that the file is wrong about.</summary>
    /// <exception cref="InvalidDataException">Unless such are skipped.</exception>
    public void Refuse(PersonDefect defect, long id, string why)
    {
        if (broken == BrokenSamples.Throw)
            throw new InvalidDataException($"{source}: annotation {id}: {why}.");
        Leave(defect);
    }

    /// <exception cref="InvalidDataException">No person is left.</exception>
    public PersonDataset Complete(IReadOnlyList<PersonSample> persons, JointLayout joints, CocoKeypoints? annotations = null) =>
        persons.Count > 0
            ? new PersonDataset(persons, joints, annotations: annotations, leftOut: leftOut)
            : throw new InvalidDataException($"{source}: expected a person to learn from, found none{PersonDataset.Described(leftOut)}.");

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
