using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace ClassroomKD.Tests.Core.Weights;

public sealed class SafetensorsFileTests
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Bool, ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64,
        ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64,
    ];

    private string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("weights").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Reads_a_file_written_by_hand()
    {
        using var weights = Read(
            """{"b":{"dtype":"F32","shape":[2],"data_offsets":[2,10]},"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}""" +
            ""","__metadata__":{"format":"pt"}}  """,
            [0x80, 0x3f, 0, 0, 0x20, 0xc0, 0, 0, 0, 0x40]);
        weights.Keys.Should().Equal("b", "a");
        weights["a"].dtype.Should().Be(ScalarType.BFloat16);
        weights["a"].shape.Should().BeEmpty();
        weights["a"].Doubles().Should().Equal(1);
        weights["b"].Doubles().Should().Equal(-2.5, 2);
        weights.Metadata.Should().Equal(new Dictionary<string, string> { ["format"] = "pt" });
    }

    [Test]
    public void What_is_written_is_read_bit_for_bit_in_the_same_order()
    {
        var path = Path.Combine(folder, "w.safetensors");
        var tensorOf = Gen.Select(Gen.Int[0, Types.Length - 1].Select(i => Types[i]), Gen.Long[0, 4].Array[0, 4], Gen.Int);
        Gen.Select(Gen.Dictionary(Text(1, 12), tensorOf)[0, 12], Gen.Dictionary(Text(0, 6), Text(0, 9))[0, 3]).Sample((tensors, metadata) =>
        {
            using var scope = NewDisposeScope();
            var written = tensors.Select(
                tensor => KeyValuePair.Create(tensor.Key, Random(tensor.Value.Item1, tensor.Value.Item2, tensor.Value.Item3))).ToArray();
            SafetensorsFile.Write(path, written, metadata);
            using var weights = SafetensorsFile.Read(path);
            weights.Keys.Should().Equal(written.Select(tensor => tensor.Key));
            weights.Metadata.Should().BeEquivalentTo(metadata);
            foreach (var (name, tensor) in written)
            {
                weights[name].dtype.Should().Be(tensor.dtype);
                weights[name].shape.Should().Equal(tensor.shape);
                weights[name].bytes.ToArray().Should().Equal(tensor.bytes.ToArray());
            }
        }, iter: 300, threads: 1, writeLine: null, print: pair => JsonSerializer.Serialize(pair.Item1.Keys));
    }

    [Test]
    public void Strided_tensors_are_written_in_order_and_aligned()
    {
        var path = Path.Combine(folder, "w.safetensors");
        using (var layouts = WeightsFile.Read(Fixture.Of("layouts.pth")))
        {
            SafetensorsFile.Write(path, layouts);
            var header = SafetensorsHeader.Read(new MemoryStream(File.ReadAllBytes(path)));
            (header.DataStart % 8).Should().Be(0);
            header.Entries.Should().AllSatisfy(entry => (entry.Begin % TensorBytes.Width(entry.Type)).Should().Be(0));
        }
        using var weights = WeightsFile.Read(path);
        weights.ShouldHold(Fixture.Expected(Fixture.Folder, "layouts.pth"));
    }

    [Test]
    public void Python_reads_what_is_written()
    {
        var path = Path.Combine(folder, "w.safetensors");
        using var layouts = WeightsFile.Read(Fixture.Of("layouts.pth"));
        SafetensorsFile.Write(path, layouts);
        // The package where there is one, else the format's definition in six lines.
        var output = Fixture.Python("-c", """
            import json, struct, sys, torch
            sys.path.insert(0, sys.argv[1])
            import make_fixtures
            try:
                from safetensors.torch import load_file
                tensors = load_file(sys.argv[2])
            except ImportError:
                data = open(sys.argv[2], "rb").read()
                start = 8 + struct.unpack("<Q", data[:8])[0]
                types = {
                    "BOOL": "bool", "U8": "uint8", "I8": "int8", "I16": "int16", "I32": "int32", "I64": "int64", "F16": "float16",
                    "BF16": "bfloat16", "F32": "float32", "F64": "float64"}
                tensors = {}
                for name, t in json.loads(data[8:start]).items():
                    begin, end = t["data_offsets"]
                    dtype = getattr(torch, types[t["dtype"]])
                    tensors[name] = torch.frombuffer(bytearray(data[start + begin:start + end]), dtype=dtype)
                        .reshape(t["shape"]) if end > begin else torch.empty(t["shape"], dtype=dtype)
            print(json.dumps(make_fixtures.described(tensors)))
            """, Fixture.Folder, path);
        using var read = JsonDocument.Parse(output);
        read.RootElement.EnumerateObject().Select(tensor => tensor.Name).Should().BeEquivalentTo(layouts.Keys);
        foreach (var tensor in read.RootElement.EnumerateObject())
            layouts[tensor.Name].ShouldHold(tensor.Value, tensor.Name);
    }

    [Test]
    public void A_failed_write_leaves_the_file_as_it_was_and_nothing_beside_it()
    {
        var path = Path.Combine(folder, "w.safetensors");
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(path, [new("a", ones(2))]);
        var before = File.ReadAllBytes(path);
        var dead = ones(2);
        var writing = FluentActions.Invoking(() => SafetensorsFile.Write(path, Failing()));
        writing.Should().Throw<TimeoutException>();
        FluentActions.Invoking(() => SafetensorsFile.Write(path, [new("a", zeros(1, ScalarType.ComplexFloat32))]))
            .Should().Throw<ArgumentException>().WithMessage("'a' is ComplexFloat32; safetensors holds BOOL*");
        foreach (var name in new[] { "", "__metadata__", "\ud800" })
            FluentActions.Invoking(() => SafetensorsFile.Write(path, [new(name, dead)])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => SafetensorsFile.Write(path, [new("a", dead), new("a", dead)]))
            .Should().Throw<ArgumentException>().WithMessage("*'a'*twice*");
        // Fails only after the header is written.
        FluentActions.Invoking(() => SafetensorsFile.Write(path, [new("a", dead), new("s", ones(2, 2).to_sparse())]))
            .Should().Throw<Exception>();
        FluentActions.Invoking(() => SafetensorsFile.Write(Path.Combine(folder, "none", "w.safetensors"), [new("a", dead)]))
            .Should().Throw<IOException>();
        File.ReadAllBytes(path).Should().Equal(before);
        Directory.GetFileSystemEntries(folder).Should().Equal(path);

        IEnumerable<KeyValuePair<string, Tensor>> Failing()
        {
            yield return new("a", dead);
            throw new TimeoutException();
        }
    }

    private const string F32 = "\"dtype\":\"F32\",";

    [TestCase("[]", 0, "*expected the header to be an object, found Array*")]
    [TestCase("{", 0, "*the header is no valid JSON*")]
    [TestCase("{}", 4, "*the tensors take 0 bytes, the file holds 4 after its header*")]
    [TestCase("{\"\":{" + F32 + "\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "*an empty name*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{" + F32 + "\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
        "*no valid JSON*'a'*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{" + F32 + "\"shape\":[1],\"data_offsets\":[2,6]}}", 6,
        "*'b' begins at byte 2*the tensor before it ends at 4*overlap*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{" + F32 + "\"shape\":[1],\"data_offsets\":[6,10]}}", 10,
        "*'b' begins at byte 6*holes*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "*'a' begins at byte 4*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[2],\"data_offsets\":[0,8]}}", 4,
        "*the file ends early: 'a' claims the bytes 0 to 8 of the data, of which there are 4*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1],\"data_offsets\":[8,4]}}", 8, "*data_offsets of 'a'*found [8, 4]*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1],\"data_offsets\":[0]}}", 4, "*data_offsets of 'a'*found [0]*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "*'a', F32 [2], claims 4 bytes*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0, "*'a', F32 [4611686018427387904, " +
        "4], claims 0 bytes*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[4611686018427387904,4,0],\"data_offsets\":[0,0]}}", 0, "*claims 0 bytes*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "*shape of 'a' to hold whole numbers from 0 on*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "*shape of 'a' to hold whole numbers from 0 on*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":1,\"data_offsets\":[0,4]}}", 4, "*shape of 'a' to be an array, found Number*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1]}}", 4, "*expected 'a' to have dtype, shape and data_offsets and nothing else*")]
    [TestCase("{\"a\":{" + F32 + "\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4, "*and nothing else*")]
    [TestCase("{\"a\":7}", 0, "*expected 'a' to have*")]
    [TestCase("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2, "*'a' begins at byte 1*")]
    [TestCase("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,2]}}", 1, "*'a' claims the bytes 0 to 2 of the data*are 1*")]
    [TestCase("{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "*expected the dtype of 'a' to be text, found Number*")]
    [TestCase("{\"__metadata__\":7}", 0, "*expected __metadata__ to be an object of texts, found Number*")]
    [TestCase("{\"__metadata__\":{\"a\":7}}", 0, "*expected __metadata__ 'a' to be text, found Number*")]
    [TestCase("{\"__metadata__\":{\"a\":\"\\ud800\"}}", 0, "*no valid JSON*")]
    [TestCase("{\"\\ud800\":{" + F32 + "\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "*no valid JSON*")]
    [TestCase("{\"a\":{" + F32 + "\"\\ud800\":[1],\"data_offsets\":[0,4]}}", 4, "*")]
    public void Headers_are_validated(string header, int dataLength, string message) =>
        FluentActions.Invoking(() => Read(header, new byte[dataLength]).Dispose())
            .Should().Throw<WeightsException>().WithMessage("hand: " + message);

    [Test]
    public void Lengths_of_headers_and_booleans_are_validated()
    {
        Reading(new byte[7]).WithMessage("hand: expected 8 bytes that give the header's length, found 7.");
        Reading([3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']).WithMessage("hand: the header claims 3 bytes; at most 2 are possible.");
        Reading([255, 255, 255, 255, 255, 255, 255, 255, (byte)'{', (byte)'}']).WithMessage(
            "hand: the header claims 18446744073709551615 bytes*");
        FluentActions.Invoking(() => Read("""{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""", [2]))
            .Should().Throw<WeightsException>().WithMessage("*bytes other than 0 and 1.");
    }

    private static FluentAssertions.Specialized.ExceptionAssertions<WeightsException> Reading(byte[] file) =>
        FluentActions.Invoking(() => SafetensorsFile.Read(new MemoryStream(file), "hand").Dispose()).Should().Throw<WeightsException>();

    private static StateDictionary Read(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        return SafetensorsFile.Read(new MemoryStream([.. prefix, .. json, .. data]), "hand");
    }

    // No surrogates: half of a pair is no text.
    private static Gen<string> Text(int shortest, int longest) =>
        Gen.Char['\u0000', '\ud7ff'].Array[shortest, longest].Select(characters => new string(characters));

    private static Tensor Random(ScalarType type, long[] shape, int seed)
    {
        var made = empty(shape, type);
        if (made.numel() == 0)
            return made;
        var bytes = made.bytes;
        new Random(seed).NextBytes(bytes);
        if (type == ScalarType.Bool)
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] &= 1;
        return made;
    }
}
