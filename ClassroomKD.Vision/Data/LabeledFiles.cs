namespace ClassroomKD.Vision;

/// <summary>Image files and their classes, for an <see cref="ImageLoader"/>.</summary>
public sealed class LabeledFiles
{
    /// <summary>Creates a list of files.</summary>
    /// <param name="paths">The files, at least one; none is opened.</param>
    /// <param name="labels">The class of each file, an index into <paramref name="classNames"/>.</param>
    /// <param name="classNames">The name of each class.</param>
    /// <exception cref="ArgumentException">There is no file, the lists differ in length, or a label is not a class.</exception>
    public LabeledFiles(IReadOnlyList<string> paths, IReadOnlyList<int> labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (paths.Count == 0 || paths.Count != labels.Count)
            throw new ArgumentException(
                $"Expected a label for each file, and at least one file; found {labels.Count} and {paths.Count}.", nameof(labels));
        for (var i = 0; i < labels.Count; i++)
            if (labels[i] < 0 || labels[i] >= classNames.Count)
                throw new ArgumentException($"{paths[i]}: expected a label 0..{classNames.Count - 1}, found {labels[i]}.", nameof(labels));
        (Paths, Labels, ClassNames) = ([.. paths], [.. labels], [.. classNames]);
    }

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>The class of each file, an index into <see cref="ClassNames"/>.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>The name of each class.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of files.</summary>
    public int Count => Paths.Count;

    /// <summary>Divides the files in two lists at random, to keep some for validation.</summary>
    /// <param name="share">The share of files in the first, above 0 and below 1.</param>
    /// <param name="seed">The seed of the choice, which is the same on every system.</param>
    /// <returns>Two lists with the same classes, each in this one's order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A list would have no file.</exception>
    public (LabeledFiles First, LabeledFiles Second) Split(double share, long seed = 0)
    {
        var (first, second) = RandomParts.Of(Count, share, seed);
        LabeledFiles Part(long[] samples) =>
            new([.. samples.Select(sample => Paths[(int)sample])], [.. samples.Select(sample => Labels[(int)sample])], ClassNames);
        return (Part(first), Part(second));
    }
}
