namespace ClassroomKD;

/// <summary>What the readers of all formats have in common.</summary>
internal static class WeightsStream
{
    /// <summary>As many bytes as any format needs to be recognized.</summary>
    private const int HeadLength = 265;

    /// <summary>The first bytes of a stream, which then is at its start again.</summary>
    public static byte[] Head(Stream stream)
    {
        Require(stream);
        var head = new byte[HeadLength];
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        return head;
    }

    public static void Require(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek || !stream.CanRead || stream.Position != 0)
            throw new ArgumentException("Expected a readable, seekable stream at position 0.", nameof(stream));
    }

    /// <summary>Runs a reader. If it fails, what it made is released and its exception names the source.</summary>
    public static StateDictionary Collect(string source, Action<StateDictionary> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        var weights = new StateDictionary(source);
        try
        {
            using var scope = torch.NewDisposeScope();
            read(weights);
            return weights;
        }
        catch (Exception e)
        {
            weights.Dispose();
            if (e is InvalidDataException or EndOfStreamException)
                throw new WeightsException($"{source}: {e.Message}{(e.Message.EndsWith('.') ? "" : ".")}", e);
            throw;
        }
    }
}
