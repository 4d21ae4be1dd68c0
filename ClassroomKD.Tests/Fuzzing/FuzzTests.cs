using System.Diagnostics;
using System.Globalization;

namespace ClassroomKD.Tests.Fuzzing;

/// <summary>
/// Damaged files, the same in each run: every reader reads each one or refuses it by a documented exception that names it. It throws
/// nothing else, and leaves no tensor, no open file and no other file; it takes little time and memory.
/// </summary>
/// <remarks>
/// 150 files for each reader. <c>CLASSROOMKD_FUZZ_FILES</c> sets another number, and <c>CLASSROOMKD_FUZZ_FIRST</c> the number of the first:
/// the number is the seed, and a failure names it.
/// </remarks>
[NonParallelizable]
[Category("Fuzz")]
public sealed class FuzzTests
{
    private const long MostBytes = 256L << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Hanging = TimeSpan.FromMinutes(1);
    public static readonly int Files = Setting("CLASSROOMKD_FUZZ_FILES", 150), First = Setting("CLASSROOMKD_FUZZ_FIRST", 0);

    private static IEnumerable<string> Names => Readers.All.Select(reader => reader.Name);

    [TestCaseSource(nameof(Names))]
    public void Damaged_files_are_read_or_refused_by_name(string name)
    {
        var reader = Readers.All.Single(reader => reader.Name == name);
        using var folder = new TemporaryFolder();
        Sample[] samples = [.. reader.Samples(folder.Root)];
        var path = Path.Combine(folder.Root, reader.File);
        var start = LiveTensors.Settled();
        foreach (var sample in samples)
        {
            folder.Write(reader.File, sample.Build(sample.Parts));
            IsRead(reader, path, isFirst: true).Should().Be(!reader.RefusesAll, "the file is whole");
        }

        byte[][] others = [.. samples.SelectMany(sample => sample.Parts)];
        var (before, content) = (LiveTensors.Settled(), Content(folder));
        // What the networks of a test leave themselves.
        var usual = reader.MakesNetworks ? (before - start) / samples.Length : 0;
        var (read, slowest, all) = (0, TimeSpan.Zero, Stopwatch.StartNew());
        for (var number = First; number < First + Files; number++)
        {
            // A reader that hangs, or ends the process, leaves the file behind.
            using var watchdog = new Timer(
                _ => Environment.FailFast($"{reader}, file {number}, hangs: {path}"), null, Hanging, Timeout.InfiniteTimeSpan);
            folder.Write(reader.File, Damaged(samples, others, reader.Words, new Random(number)));
            try
            {
                var bytes = GC.GetAllocatedBytesForCurrentThread();
                var watch = Stopwatch.StartNew();
                read += IsRead(reader, path) ? 1 : 0;
                slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
                watch.Elapsed.Should().BeLessThan(MostTime);
                (GC.GetAllocatedBytesForCurrentThread() - bytes).Should().BeLessThan(MostBytes);
                using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    Content(folder).Should().Equal(content);
            }
            catch (Exception exception)
            {
                var kept = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"fuzz-{number}-{Path.GetFileName(path)}");
                File.Copy(path, kept, overwrite: true);
                throw new InvalidOperationException(
                    $"{reader}, file {number} (CLASSROOMKD_FUZZ_FIRST={number} CLASSROOMKD_FUZZ_FILES=1), kept as {kept}: " +
                    exception.Message, exception);
            }
        }

        TestContext.Out.WriteLine($"{Files} files: {read} read, {Files - read} refused, in {all.Elapsed.TotalSeconds:F1} s, the slowest " +
            $"{slowest.TotalMilliseconds:F0} ms.");
        LiveTensors.Settled().Should().Be(before + Files * usual);
        if (Files >= 100)
            (read < Files).Should().Be(reader.Refusals.Length > 0, "damage is noticed");
    }

    private static byte[] Damaged(Sample[] samples, byte[][] others, byte[][] words, Random chance)
    {
        var sample = samples[chance.Next(samples.Length)];
        byte[][] parts = [.. sample.Parts];
        ref var part = ref parts[chance.Next(parts.Length)];
        part = Mutations.Of(part, others, words, chance);
        return sample.Build(parts);
    }

    private static bool IsRead(Reader reader, string path, bool isFirst = false)
    {
        // What an optimizer loads belongs to no scope.
        using var scope = reader.MakesNetworks ? null : NewDisposeScope();
        var before = Tensor.TotalCount;
        var read = Tried(reader, path);
        return isFirst || reader.MakesNetworks || Tensor.TotalCount == before
            ? read
            : throw new InvalidOperationException($"{Tensor.TotalCount - before} tensors are left.");
    }

    private static bool Tried(Reader reader, string path)
    {
        try
        {
            reader.Read(path);
            return true;
        }
        catch (Exception exception) when (Array.Exists(reader.Refusals, refusal => refusal.IsInstanceOfType(exception)))
        {
            if (!reader.Subjects.Append(Path.GetFileName(path)).Any(exception.Message.Contains))
                throw new InvalidOperationException($"The message does not name the file: {exception.Message}", exception);
            return false;
        }
    }

    private static string[] Content(TemporaryFolder folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : otherwise;
}
