using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>A checksum of named tensors.</summary>
internal static class TensorDigest
{
    /// <summary>The SHA-256 of a text, and of names, types, shapes and elements in the order of the names; in hexadecimal.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, Tensor>> tensors, string text = "")
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            foreach (var (name, tensor) in tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                stream.Write(Encoding.UTF8.GetBytes($"\n{name}\n{tensor.dtype}\n{string.Join(',', tensor.shape)}\n"));
                TensorBytes.Write(stream, tensor);
            }
        }

        return Convert.ToHexStringLower(hash.Hash!);
    }
}
