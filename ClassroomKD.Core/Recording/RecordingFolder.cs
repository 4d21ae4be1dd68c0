namespace ClassroomKD;

/// <summary>The files of one mentor.</summary>
internal static class RecordingFolder
{
    /// <summary>Reads what all files state, and sees that none is missing, cut off or of another recording.</summary>
    /// <exception cref="RecordingException">One is.</exception>
    public static RecordingHeader Read(string folder)
    {
        var files = Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
            throw new RecordingException($"{folder} holds no file of a recording; it was ended before the first, record again.");
        var header = RecordingHeader.Read(MappedShard.ReadTexts(files[0]), files[0]);
        if (Path.GetFileName(ShardFile.Folder("", header.Mentor)) != Path.GetFileName(folder))
            throw new RecordingException($"{files[0]} holds answers of mentor '{header.Mentor}', whose files lie in another folder.");
        var names = files.Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        // A header may claim any number of files: the search ends at the first that is not there.
        if (header.Plan.All.Select(shard => shard.FileName).FirstOrDefault(name => !names.Contains(name)) is { } missing)
            throw new RecordingException(
                $"The recording of mentor '{header.Mentor}' in {folder} lacks {Math.Max(1, header.Plan.Count - names.Count)} of " +
                $"{header.Plan.Count} files (first {missing}): record again into the same folder, which goes on where it ended.");
        foreach (var path in header.Plan.All.Select(shard => Path.Combine(folder, shard.FileName)))
            if (RecordingHeader.Differences(RecordingHeader.Read(MappedShard.ReadTexts(path), path).Texts,
                header.Texts) is { Length: > 0 } differences)
                throw new RecordingException($"{path} is of another recording than the files beside it: {differences}.");
        return header;
    }
}
