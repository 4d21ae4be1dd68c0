using System.Security.Cryptography;
using System.Text;

namespace ClassroomKD;

/// <summary>The SHA-256 checksums, in hexadecimal, by which files, weights and data are told apart.</summary>
public static class Sha256
{
    /// <summary>The checksum of lines of text.</summary>
    /// <param name="lines">Such as one for each sample of a data set; a line break is added to each.</param>
    /// <returns>64 hexadecimal digits in lower case.</returns>
    public static string OfLines(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return Of(stream =>
        {
            foreach (var line in lines)
                stream.Write(Encoding.UTF8.GetBytes($"{line}\n"));
        });
    }

    /// <summary>The checksum of a text, and of names, types, shapes and elements in the order of the names. Waits for the
    /// device.</summary>
    /// <param name="tensors">Tensors by name, on any device; not disposed.</param>
    /// <param name="text">What else belongs to them. Default: nothing.</param>
    /// <returns>64 hexadecimal digits in lower case.</returns>
    public static string OfTensors(IEnumerable<KeyValuePair<string, Tensor>> tensors, string text = "")
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return OfTensors(
            tensors.Select(entry =>
                (entry.Key, entry.Value.dtype, entry.Value.shape, (Action<Stream>)(stream => TensorBytes.Write(stream, entry.Value)))),
            text);
    }

    /// <summary>The same of tensors that are not in memory; <c>Write</c> writes their elements.</summary>
    internal static string OfTensors(IEnumerable<(string Name, ScalarType Type, long[] Shape, Action<Stream> Write)> tensors,
        string text) =>
        Of(stream =>
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            foreach (var (name, type, shape, write) in tensors.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                stream.Write(Encoding.UTF8.GetBytes($"\n{name}\n{type}\n{string.Join(',', shape)}\n"));
                write(stream);
            }
        });

    private static string Of(Action<Stream> write)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
            write(stream);
        return Convert.ToHexStringLower(hash.Hash!);
    }
}
