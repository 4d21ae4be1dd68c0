using System.Security.Cryptography;
using System.Text;

namespace ClassroomKD;

/// <summary>A checksum of named tensors.</summary>
internal static class TensorDigest
{
    /// <summary>The SHA-256 of a text, and of names, types, shapes and elements in the order of the names; in hexadecimal.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, Tensor>> tensors, string text = "") =>
        Of(
            tensors.Select(entry =>
                (entry.Key, entry.Value.dtype, entry.Value.shape, (Action<Stream>)(stream => TensorBytes.Write(stream, entry.Value)))
            ),
            text
        );

    /// <summary>The same of tensors that are not in memory; <c>Write</c> writes their elements.</summary>
    public static string Of(IEnumerable<(string Name, ScalarType Type, long[] Shape, Action<Stream> Write)> tensors, string text)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            foreach (var (name, type, shape, write) in tensors.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                stream.Write(Encoding.UTF8.GetBytes($"\n{name}\n{type}\n{string.Join(',', shape)}\n"));
                write(stream);
            }
        }

        return Convert.ToHexStringLower(hash.Hash!);
    }
}
