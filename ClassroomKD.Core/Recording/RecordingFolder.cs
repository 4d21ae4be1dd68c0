namespace ClassroomKD;

/// <summary>The files of one mentor.</summary>
internal static class RecordingFolder
{
    /// <summary>Reads what all files state, and sees that none is missing, cut off or of another recording.</summary>
    /// <exception cref="RecordingException">One is.</exception>
    public static RecordingHeader Read(string folder)
    {
        var any = Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new RecordingException($"{folder} holds no file of a recording; it was ended before the first, record again.");
        var header = RecordingHeader.Read(MappedShard.ReadTexts(any), any);
        Shard[] missing = [.. header.Plan.All.Where(shard => !File.Exists(Path.Combine(folder, shard.FileName)))];
        if (missing.Length > 0)
            throw new RecordingException(
                $"The recording of mentor '{header.Mentor}' lacks {missing.Length} of {header.Plan.All.Count()} files (first " +
                    $"{missing[0].FileName}): record again " +
                $"into the same folder, which goes on where it ended.");
        foreach (var path in header.Plan.All.Select(shard => Path.Combine(folder, shard.FileName)))
            if (RecordingHeader.Differences(RecordingHeader.Read(MappedShard.ReadTexts(path), path).Texts,
                header.Texts) is { Length: > 0 } differences)
                throw new RecordingException($"{path} is of another recording than the files beside it: {differences}.");
        return header;
    }
}
