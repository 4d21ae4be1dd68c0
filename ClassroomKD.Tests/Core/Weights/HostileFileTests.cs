using System.Diagnostics;
using System.IO.Compression;
using ClassroomKD.Pickling;
using static ClassroomKD.Tests.Core.Weights.Pickles;

namespace ClassroomKD.Tests.Core.Weights;

/// <summary>A small file cannot make the reader take much memory, stack or time.</summary>
[NonParallelizable]
public sealed class HostileFileTests
{
    [Test]
    public void Nesting_costs_no_stack()
    {
        const int Depth = 500_000;
        using var weights = Read(
            $"}}({Text("w")}{Tensor(3, 0, [3], [1])}{Text("deep")}{new string(']', Depth)}{new string('a', Depth - 1)}u");
        weights.LeftOut.Should().Equal(new LeftOutEntry("deep", "a list of 1"));
    }

    [Test]
    public void A_dictionary_within_itself_is_no_way_to_a_hang() =>
        Refusing($"}}q\u0000{Text("model")}h\u0000s").WithMessage("*no tensors are found*");

    [Test]
    public void Values_are_limited() =>
        Refusing(new string('N', PickleStack.Most + 1)).WithMessage(
            "*(NONE): the pickle makes more than the 2000000 values that are read*");

    [Test]
    public void Handing_one_list_over_again_and_again_is_limited()
    {
        var pairs = $"]q\u0000({string.Concat(Enumerable.Repeat("NN\u0086", 10_000))}e";
        var calls = string.Concat(Enumerable.Repeat($"h\u0001h\u0000\u0085R", 10_000));
        Within(
            TimeSpan.FromSeconds(10), 1L << 30,
            () => Refusing($"{pairs}{Ordered}q\u0001{calls}").WithMessage("*(REDUCE): the pickle makes more than*"));
    }

    [Test]
    public void Foreign_objects_and_names_cost_little_however_long_their_names_and_many_their_uses()
    {
        const int Times = 400_000;
        var called = $"c{new string('m', 190)}\n{new string('n', 190)}\nq\00";
        Within(
            TimeSpan.FromSeconds(10), 100L << 20,
            () => Refusing($"{called}({string.Concat(Enumerable.Repeat("h\0)R", Times))}l").WithMessage("*found a list of 400000.*"));
        var named = $"{Text(new string('m', 1_000_000))}q\00";
        Within(
            TimeSpan.FromSeconds(10), 100L << 20,
            () => Refusing($"{named}({string.Concat(Enumerable.Repeat("h\0h\0\u0093", Times))}l").WithMessage(
                "*(STACK_GLOBAL): the pickle makes more than*"));
    }

    [Test]
    public void Pickles_are_limited() =>
        FluentActions.Invoking(() => new PickleBytes(Stream.Null, 1L << 40).Take(65L << 20))
            .Should().Throw<InvalidDataException>().WithMessage("*more than the 64 MiB*");

    [Test]
    public void Claims_beyond_the_files_length_are_refused_before_memory_is_taken()
    {
        var pickle = Pickle(Dictionary("w", Tensor(1L << 33, 0, [1L << 33], [1])));
        Within(TimeSpan.FromSeconds(1), 1 << 20, () =>
        {
            Refusing(Archive(pickle, new byte[12])).WithMessage("*claims 8589934592 elements*");
            Refusing(Legacy(pickle, new byte[12], 1L << 33)).WithMessage("*claims 8589934592 elements*");
            Refusing(Legacy(Pickle(Dictionary("w", Tensor(30, 0, [30], [1]))), new byte[12], 30)).WithMessage(
                "*120 bytes*expected*12 bytes left*");
        });
    }

    [Test]
    public void Archives_that_inflate_far_are_refused()
    {
        var bomb = Archive(Pickle("}"), new byte[200 << 20], CompressionLevel.SmallestSize);
        bomb.Length.Should().BeLessThan(1 << 20);
        Within(
            TimeSpan.FromSeconds(1), 1 << 20,
            () => Refusing(bomb).WithMessage("*'archive/data/0' and those before it claim to take*unpacked 2097152*in a file of*"));
    }

    [Test]
    public void Elements_go_straight_into_the_tensors_memory()
    {
        const int Length = 64 << 20;
        var path = Path.GetTempFileName();
        using (var large = torch.zeros(Length / 4))
            SafetensorsFile.Write(path, [new("w", large)]);
        Within(TimeSpan.FromSeconds(10), 1 << 20, () => WeightsFile.Read(path).Dispose());
        File.WriteAllBytes(path, Archive(Pickle(Dictionary("w", Tensor(Length / 4, 0, [Length / 4], [1]))), new byte[Length]));
        Within(TimeSpan.FromSeconds(10), 1 << 20, () => WeightsFile.Read(path).Dispose());
        File.Delete(path);
    }

    [Test, Explicit("takes 5 GB of memory and 2.5 GB of disk")]
    public void Tensors_may_be_larger_than_an_array_of_NET()
    {
        const long Length = 2_400_000_001;
        var path = Path.GetTempFileName();
        try
        {
            using var scope = NewDisposeScope();
            var large = torch.zeros(Length, ScalarType.Byte);
            large[Length - 1] = tensor(7, ScalarType.Byte);
            SafetensorsFile.Write(path, [new("w", large)]);
            using (var weights = WeightsFile.Read(path))
                weights["w"][Length - 1].Number().Should().Be(7);
            Fixture.Python(
                "-c", "import sys, torch; t = torch.zeros(2400000001, dtype=torch.uint8); t[-1] = 7; torch.save({'w': t}, sys.argv[1])",
                path);
            using (var weights = WeightsFile.Read(path))
                weights["w"][Length - 1].Number().Should().Be(7);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void An_expanded_tensor_stays_a_view_of_its_storage()
    {
        using var weights = Read(Dictionary("w", Tensor(3, 0, [1L << 40], [0])));
        weights["w"].stride(0).Should().Be(0);
    }

    [Test]
    public void Archives_and_legacy_files_of_wrong_content_are_named()
    {
        var pickle = Pickle(Dictionary("w", Tensor(3, 0, [3], [1], "BoolStorage")));
        Refusing(Archive(pickle, [0, 1, 2])).WithMessage("*a tensor of booleans holds bytes other than 0 and 1*");
        Refusing(Archive(pickle, new byte[3], order: "middle")).WithMessage("*byteorder is 6D6964646C65, neither 'little' nor 'big'*");
        Refusing(Legacy(pickle, new byte[3], 3, key: "1")).WithMessage("*the list of storages names the text '1', which no tensor uses*");
        Refusing(Legacy(pickle, new byte[3], 4)).WithMessage("*3 bytes (3 of Bool) are expected, the file says 4 elements*");
        using var fine = Read(Legacy(pickle, [0, 1, 1], 3));
        fine["w"].Doubles().Should().Equal(0, 1, 1);
    }

    [Test]
    public void Files_of_other_kinds_are_named()
    {
        Refusing(Array.Empty<byte>()).WithMessage("crafted: expected a safetensors or PyTorch file, found an empty file.");
        Refusing("version https://git-lfs.github.com/spec/v1\n"u8.ToArray()).WithMessage("*Git LFS pointer*");
        Refusing("<!DOCTYPE html>"u8.ToArray()).WithMessage("*markup*");
        Refusing([0x89, (byte)'H', (byte)'D', (byte)'F', 0, 0, 0, 0, 0, 0]).WithMessage("*HDF5*");
        Refusing(Pickle("}")).WithMessage("*a bare pickle, not written by torch.save*");
        Refusing([.. new byte[257], .. "ustar"u8, .. new byte[200]]).WithMessage("*a tar archive*");
        Refusing([1, 2, 3]).WithMessage("*3 bytes, 010203*");
    }

    private static void Within(TimeSpan time, long bytes, Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        action();
        watch.Elapsed.Should().BeLessThan(time);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(bytes);
    }
}
