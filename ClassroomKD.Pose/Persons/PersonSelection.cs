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
    public void Refuse(PersonDefect defect, long id, string why, string what = "annotation")
    {
        if (broken == BrokenSamples.Throw)
            throw new InvalidDataException($"{source}: {what} {id}: {why}.");
        Leave(defect);
    }

    /// <exception cref="InvalidDataException">No person is left.</exception>
    public PersonDataset Complete(
        IReadOnlyList<PersonSample> persons, JointLayout joints, CocoKeypoints? annotations = null,
        Func<PersonSample, RgbImage>? read = null, string found = "none") =>
        persons.Count > 0
            ? new PersonDataset(persons, joints, read, annotations, leftOut)
            : throw new InvalidDataException(
                $"{source}: expected a person to learn from, found {found}{PersonDataset.Described(leftOut)}.");

    /// <summary>The image's path, or null where it is missing; each file is looked for once.</summary>
    public string? Find(string name)
    {
        if (files.TryGetValue(name, out var known))
            return known;
        // Elsewhere than on Windows a backslash is a letter, but files that were made there mean a folder by it.
        return files[name] = Existing(name) ?? Existing(name.Replace('\\', '/'));
    }

    private string? Existing(string name)
    {
        // A NUL is in no name, and a path that contains one is an exception.
        if (name.Length == 0 || name.Contains('\0'))
            return null;
        var path = Path.GetFullPath(Path.Combine(root, name));
        // A name from a file of unknown origin must not lead out of the folder.
        return path.StartsWith(root, StringComparison.Ordinal) && File.Exists(path) ? path : null;
    }
}
