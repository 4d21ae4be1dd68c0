using System.Buffers.Binary;
using System.IO.Compression;
using ClassroomKD.Pickling;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Core.Weights;

namespace ClassroomKD.Tests.Fuzzing;

internal static partial class Readers
{
    private static readonly byte[][] Opcodes = [.. Enum.GetValues<PickleOpcode>().Select(opcode => new[] { (byte)opcode })];

    private static readonly ModelCard Card = new()
    {
        NetworkName = "hrnet_w32",
        ClassNames = ["nose", "left", "right"],
        InputSize = (64, 48),
        Mean = [0.485f, 0.456f, 0.406f],
        StandardDeviation = [0.229f, 0.224f, 0.225f],
        Details = new Dictionary<string, string> { ["channel_order"] = "RGB" },
    };

    private static IEnumerable<Reader> Weights =>
    [
        new("weights", "weights.pth", _ => [.. PyTorchFiles.Select(Sample.Of), .. Safetensors.Select(Sample.Of)], ReadWeights,
            typeof(WeightsException))
        {
            Types = [typeof(WeightsFile), typeof(SafetensorsFile), typeof(PyTorchFile)], Words = Opcodes,
        },
        new("pickles in sound archives", "archive.pth", _ => PyTorchFiles.Where(file => file[0] == 'P').Select(Pickle), ReadWeights,
            typeof(WeightsException))
        {
            Types = [typeof(PyTorchArchive)], Words = Opcodes,
        },
        new("headers of safetensors of sound lengths", "header.safetensors", _ => Safetensors.Select(Header), ReadWeights,
            typeof(WeightsException))
        {
            Types = [typeof(SafetensorsHeader)],
        },
        new("indexes of shards", "model.safetensors.index.json", Index, ReadWeights, typeof(WeightsException))
        {
            Types = [typeof(WeightsIndex)],
        },
        new("model cards", "card.safetensors", _ => CardFiles.Select(Header), path => ModelCard.Read(path), typeof(WeightsException))
        {
            Types = [typeof(ModelCard)],
        },
        new("the processing of poses in model cards", "pose.safetensors", _ => CardFiles.Select(Header), ReadProcessing,
            typeof(WeightsException))
        {
            Types = [typeof(PoseProcessing)],
        },
    ];

    private static readonly Lazy<nn.Module> Network = new(() => nn.Linear(3, 2));

    private static IEnumerable<byte[]> PyTorchFiles => Directory.GetFiles(Fixture.Folder, "*.pth", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) is var name && !name.StartsWith("refused", StringComparison.Ordinal)
            // These are read with the name of an entry.
            && name is not ("ema.pth" or "nested.pth"))
        .Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    private static IEnumerable<byte[]> Safetensors => new[] { "layouts.pth", "checkpoint.pth", "half.pth" }.Select(file => Written(path =>
    {
        using var weights = WeightsFile.Read(Fixture.Of(file));
        SafetensorsFile.Write(path, weights);
    }));

    private static IEnumerable<byte[]> CardFiles =>
        new[] { new PoseProcessing(new HeatmapCodec(HeatmapEncoding.Dark, 2)), new PoseProcessing(new SimccCodec(48, 64, 2, 4, 5)) }
            .Select(processing => (processing with { FlipPairs = [(1, 2)] }).AddTo(Card)).Select(card => Written(path =>
            {
                using var bias = zeros(3);
                SafetensorsFile.Write(path, [new("bias", bias)], card.ToMetadata());
            }));

    private static void ReadWeights(string path)
    {
        using var weights = WeightsFile.Read(path);
        Network.Value.LoadWeights(weights, new WeightsLoadingOptions { Strict = false });
    }

    private static void ReadProcessing(string path) => PoseProcessing.Read(ModelCard.Read(path) with { NetworkName = path });

    private static IEnumerable<Sample> Index(string folder)
    {
        foreach (var shard in Directory.GetFiles(Fixture.Of("Cases"), "model-*.safetensors"))
            File.Copy(shard, Path.Combine(folder, Path.GetFileName(shard)));
        return [File.ReadAllBytes(Fixture.Of("Cases/model.safetensors.index.json"))];
    }

    private static Sample Pickle(byte[] file)
    {
        var entries = Entries(file);
        var pickle = entries.FindIndex(entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal));
        return new([entries[pickle].Content], parts => Archive(
            entries.Select((entry, i) => i == pickle ? (entry.Name, parts[0]) : entry)));
    }

    private static Sample Header(byte[] file)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return new(
            [file[8..(8 + length)]],
            parts => [.. BitConverter.GetBytes((long)parts[0].Length), .. parts[0], .. file[(8 + length)..]]);
    }

    private static List<(string Name, byte[] Content)> Entries(byte[] file)
    {
        using var archive = new ZipArchive(new MemoryStream(file));
        return [.. archive.Entries.Select(entry =>
        {
            var content = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(content);
            return (entry.FullName, content);
        })];
    }

    private static byte[] Archive(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in entries)
            {
                using var stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(content);
            }
        return bytes.ToArray();
    }

    /// <summary>The file that something writes.</summary>
    private static byte[] Written(Action<string> write)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Root, "file");
        write(path);
        return File.ReadAllBytes(path);
    }
}
