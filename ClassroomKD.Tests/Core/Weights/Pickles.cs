using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ClassroomKD.Tests.Core.Weights;

/// <summary>Writes pickles opcode by opcode, and the archives around them.</summary>
internal static class Pickles
{
    public const string Ordered = "ccollections\nOrderedDict\n";

    /// <summary>A pickle of protocol 2 that ends by itself; characters are bytes.</summary>
    public static byte[] Pickle(string opcodes) => Encoding.Latin1.GetBytes($"\u0080\u0002{opcodes}.");

    public static string Text(string text) =>
        $"X{Word(Encoding.UTF8.GetByteCount(text))}{Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text))}";

    public static string Integer(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return "\u008a\u0008" + Encoding.Latin1.GetString(bytes);
    }

    public static string Word(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return Encoding.Latin1.GetString(bytes);
    }

    public static string Tuple(params long[] numbers) => $"({string.Concat(numbers.Select(Integer))}t";

    public static string Storage(long count, string type = "FloatStorage", string key = "0") =>
        $"({Text("storage")}ctorch\n{type}\n{Text(key)}{Text("cpu")}{Integer(count)}tQ";

    public static string Tensor(
        long count, long offset, long[] shape, long[] strides, string type = "FloatStorage", string key = "0", string metadata = "") =>
        $"ctorch._utils\n_rebuild_tensor_v2\n({Storage(count, type, key)}{Integer(offset)}{Tuple(shape)}{Tuple(strides)}\u0089" +
        $"{Ordered})R{metadata}tR";

    public static string Dictionary(string name, string value) => $"}}{Text(name)}{value}s";

    /// <summary>The zip layout around a pickle.</summary>
    public static byte[] Archive(
        byte[] pickle, byte[] storage, CompressionLevel level = CompressionLevel.NoCompression, string? order = null)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("archive/data.pkl", pickle);
            Add("archive/data/0", storage);
            if (order is not null)
                Add("archive/byteorder", Encoding.ASCII.GetBytes(order));

            void Add(string name, byte[] content)
            {
                using var stream = archive.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>The legacy layout around a pickle that uses one storage.</summary>
    public static byte[] Legacy(byte[] pickle, byte[] storage, long count, string key = "0") =>
    [
        .. Pickle("\u008a\u000a\u006c\u00fc\u009c\u0046\u00f9\u0020\u006a\u00a8\u0050\u0019"), .. Pickle("M\u00e9\u0003"), .. Pickle("}"),
        .. pickle, .. Pickle($"]{Text(key)}a"), .. BitConverter.GetBytes(count), .. storage,
    ];

    public static StateDictionary Read(byte[] file) => WeightsFile.Read(new MemoryStream(file), "crafted");

    /// <summary>Reads a pickle in an archive with one storage of three floats.</summary>
    public static StateDictionary Read(string opcodes) => Read(Archive(Pickle(opcodes), new byte[12]));

    public static FluentAssertions.Specialized.ExceptionAssertions<WeightsException> Refusing(string opcodes) =>
        FluentActions.Invoking(() => Read(opcodes).Dispose()).Should().Throw<WeightsException>();

    public static FluentAssertions.Specialized.ExceptionAssertions<WeightsException> Refusing(byte[] file) =>
        FluentActions.Invoking(() => Read(file).Dispose()).Should().Throw<WeightsException>();
}
