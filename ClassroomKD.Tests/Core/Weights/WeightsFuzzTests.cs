using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using ClassroomKD.Pickling;

namespace ClassroomKD.Tests.Core.Weights;

/// <summary>
/// Damaged files, from a fixed seed: each is read or refused with a <see cref="WeightsException"/>; none crashes, hangs or takes memory.
/// </summary>
[NonParallelizable]
public sealed class WeightsFuzzTests
{
    private static readonly PickleOpcode[] Opcodes = Enum.GetValues<PickleOpcode>();
    private static readonly string[] Names = [.. Directory.GetFiles(Fixture.Folder, "*.pth", SearchOption.AllDirectories).Order()];

    [Test]
    public void Mutated_files_are_read_or_refused_and_nothing_else_happens()
    {
        var originals = Names.Select(File.ReadAllBytes).Concat(Safetensors()).ToList();
        Fuzz(40_000, seed: 1, chance => Mutate(chance.GetItems([.. originals], 1)[0], originals, chance));
    }

    /// <summary>The archive is sound, so that the damage reaches the reader of pickles.</summary>
    [Test]
    public void Mutated_pickles_in_sound_archives_are_read_or_refused()
    {
        var archives = Names.Select(File.ReadAllBytes).Where(bytes => bytes[0] == 'P').Select(Entries).ToList();
        var pickles = archives.Select(
            archive => archive.First(entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal)).Content).ToList();
        archives.Count(archive => IsRead(Archive(archive))).Should().Be(21, "ema.pth and nested.pth want an entry, six are refused");
        Fuzz(40_000, seed: 2, chance =>
        {
            var archive = chance.GetItems([.. archives], 1)[0];
            return Archive(
                archive.Select(
                    entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal)
                        ? (entry.Name, Mutate(entry.Content, pickles, chance))
                        : entry));
        });
    }

    /// <summary>The length of the header is right, so that the damage reaches what it says.</summary>
    [Test]
    public void Mutated_headers_of_safetensors_are_read_or_refused()
    {
        var files = Safetensors().ToList();
        var headers = files.Select(file => file[8..(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file))]).ToList();
        Fuzz(20_000, seed: 3, chance =>
        {
            var i = chance.Next(files.Count);
            var header = Mutate(headers[i], headers, chance);
            var length = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            return [.. length, .. header, .. files[i][(8 + headers[i].Length)..]];
        });
    }

    /// <summary>The shards are sound.</summary>
    [Test]
    public void Mutated_indexes_of_shards_are_read_or_refused()
    {
        var path = Fixture.Of("Cases/model.safetensors.index.json");
        var original = File.ReadAllBytes(path);
        Fuzz(5_000, seed: 4, chance => Mutate(original, [original], chance), file => WeightsIndex.Read(new MemoryStream(file), path));
    }

    private static void Fuzz(int count, int seed, Func<Random, byte[]> mutated, Func<byte[], StateDictionary>? read = null)
    {
        var chance = new Random(seed);
        var before = Fixture.LiveTensors();
        var (wereRead, refused) = (0, 0);
        var (all, slowest) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var i = 0; i < count; i++)
        {
            var file = mutated(chance);
            var watch = Stopwatch.StartNew();
            try
            {
                if (IsRead(file, read))
                    wereRead++;
                else
                    refused++;
            }
            catch (Exception e)
            {
                var kept = Path.Combine(TestContext.CurrentContext.WorkDirectory, "mutated.pth");
                File.WriteAllBytes(kept, file);
                throw new InvalidOperationException($"File {i}, kept as {kept}, made the reader throw {e.GetType()}.", e);
            }
            all += watch.Elapsed;
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
        }
        TestContext.Out.WriteLine($"{count} mutated files: {wereRead} read, {refused} refused, in {all.TotalSeconds:F1} s, the slowest " +
            $"{slowest.TotalMilliseconds:F0} ms.");
        Fixture.LiveTensors().Should().Be(before);
        all.Should().BeLessThan(TimeSpan.FromSeconds(20));
        slowest.Should().BeLessThan(TimeSpan.FromSeconds(2));
        refused.Should().BeGreaterThan(count / 10);
        wereRead.Should().BeGreaterThan(count / 100);
    }

    private static bool IsRead(byte[] file, Func<byte[], StateDictionary>? read = null)
    {
        try
        {
            using var weights = read?.Invoke(file) ?? WeightsFile.Read(new MemoryStream(file), "whole");
            return true;
        }
        catch (WeightsException)
        {
            return false;
        }
    }

    private static IEnumerable<byte[]> Safetensors()
    {
        var path = Path.GetTempFileName();
        foreach (var file in new[] { "layouts.pth", "checkpoint.pth", "half.pth" })
        {
            using var weights = WeightsFile.Read(Fixture.Of(file));
            SafetensorsFile.Write(path, weights);
            yield return File.ReadAllBytes(path);
        }
        File.Delete(path);
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

    private static byte[] Mutate(byte[] original, List<byte[]> others, Random chance)
    {
        var bytes = original.ToList();
        for (var times = chance.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = chance.Next(bytes.Count);
            switch (chance.Next(13))
            {
                case 0 or 1 or 2 or 3 or 4: bytes[at] ^= (byte)(1 << chance.Next(8)); break;
                case 5 or 6: bytes[at] = (byte)chance.Next(256); break;
                // Lengths at their limits.
                case 7:
                    var value = chance.GetItems<byte>([0x00, 0x7f, 0x80, 0xff], 1)[0];
                    var end = Math.Min(at + chance.Next(1, 9), bytes.Count);
                    for (var i = at; i < end; i++)
                        bytes[i] = value;
                    break;
                case 8: bytes.RemoveRange(at, Math.Min(chance.Next(1, 9), bytes.Count - at)); break;
                case 9: bytes.RemoveRange(at, bytes.Count - at); break;
                case 10:
                    var inserted = new byte[chance.Next(1, 9)];
                    chance.NextBytes(inserted);
                    bytes.InsertRange(at, inserted);
                    break;
                case 11:
                    var other = others[chance.Next(others.Count)];
                    var from = chance.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(from + chance.Next(1, 200), other.Length)]);
                    break;
                case 12: bytes.Insert(at, (byte)chance.GetItems(Opcodes, 1)[0]); break;
            }
        }
        return [.. bytes];
    }
}
