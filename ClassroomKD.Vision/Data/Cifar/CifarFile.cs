namespace ClassroomKD.Vision;

/// <summary>A file of the CIFAR binary format: records of one or two label bytes and 3,072 pixel bytes (3 planes of 32x32).</summary>
internal static class CifarFile
{
    public const int Side = 32;
    public const int Planes = 3;
    public const int PixelBytes = Planes * Side * Side;

    /// <summary>Reads a file whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classes">The number of classes of each label byte of a record.</param>
    /// <returns>The records, uint8 <c>[N, label bytes + 3072]</c>, in the caller's dispose scope.</returns>
    public static Tensor Read(string path, ReadOnlySpan<int> classes)
    {
        using var stream = InputFile.Open(path, bufferSize: 0, options: FileOptions.SequentialScan);
        var size = classes.Length + PixelBytes;
        var layout = $"records of {size} bytes ({classes.Length} for labels, {PixelBytes} for pixels)";
        if (stream.Length == 0)
            throw new InvalidDataException($"{path}: the file is empty (byte 0); expected {layout}.");
        if (stream.Length > Array.MaxLength)
            throw new InvalidDataException($"{path}: expected at most {Array.MaxLength} bytes, found {stream.Length}.");
        var count = stream.Length / size;
        var rest = stream.Length % size;
        if (rest != 0)
            throw new InvalidDataException(
                $"{path}: expected {layout}, found {stream.Length} bytes: the record at byte {count * size} has only {rest}.");

        var records = empty([count, size], ScalarType.Byte, CPU);
        try
        {
            var bytes = records.bytes;
            stream.ReadExactly(bytes);
            CheckLabels(path, bytes, classes);
            return records;
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    private static void CheckLabels(string path, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> classes)
    {
        for (var start = 0; start < bytes.Length; start += classes.Length + PixelBytes)
            for (var label = 0; label < classes.Length; label++)
                if (bytes[start + label] >= classes[label])
                    throw new InvalidDataException(
                        $"{path}: expected a label 0..{classes[label] - 1} at byte {start + label}, found {bytes[start + label]}.");
    }
}
