using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Simd;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static ClassroomKD.Tests.Core.Kernels.DivergenceCase;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels.Simd;

[NonParallelizable]
public sealed class RowCrewTests
{
    private int threads;

    [SetUp]
    public void Remember() => threads = get_num_threads();

    [TearDown]
    public void Restore() => set_num_threads(threads);

    [Test]
    public void Every_row_is_done_once_however_many_threads_there_are([Values(1, 2, 3, 8)] int size, [Values(1, 7, 1000)] int rowsPerTurn)
    {
        foreach (var rows in (int[])[0, 1, 6, 7, 8, 1001])
            for (var repeat = 0; repeat < 50; repeat++)
                Counts(rows, rowsPerTurn, size).Count(count => count == 1).Should().Be(rows);
    }

    [Test]
    public void Results_are_the_same_bits_at_any_number_of_threads()
    {
        using var scope = NewDisposeScope();
        using var lesson = new DivergenceCase(96, 1000, 3, seed: 51);
        lesson.Student.requires_grad = true;
        double[] Run(int count)
        {
            set_num_threads(count);
            lesson.Student.grad?.zero_();
            var loss = MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Simd)).Loss;
            loss.sum().backward();
            return [.. Values(loss), .. Values(lesson.Student.grad!)];
        }

        var alone = Run(1);

        for (var i = 0; i < 20; i++)
            Run(2 + (i % 3)).Should().Equal(alone);
    }

    [Test]
    public void Callers_on_many_threads_do_not_disturb_each_other()
    {
        set_num_threads(2);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, seed =>
        {
            using var scope = NewDisposeScope();
            using var lesson = new DivergenceCase(40, 500, 2, seed);
            using var recording = no_grad();
            var expected = Values(MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Simd)).Loss);
            for (var i = 0; i < 30; i++)
                Values(MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Simd)).Loss).Should().Equal(expected);
        });
    }

    [Test]
    public void Job_finishes_while_every_pool_thread_is_busy()
    {
        using var release = new ManualResetEventSlim();
        var busy = Enumerable.Range(0, 64).Select(_ => Task.Run(release.Wait)).ToArray();
        try
        {
            Counts(1000, 1, 4).Should().OnlyContain(count => count == 1);
        }
        finally
        {
            release.Set();
            Task.WaitAll(busy);
        }
    }

    private static unsafe int[] Counts(int rows, int rowsPerTurn, int size)
    {
        var counts = new int[rows];
        fixed (int* first = counts)
            RowCrew.Run(&Count, first, rows, rowsPerTurn, size);
        return counts;
    }

    private static unsafe void Count(void* counts, int worker, int first, int end)
    {
        for (var row = first; row < end; row++)
            Interlocked.Increment(ref ((int*)counts)[row]);
    }
}
