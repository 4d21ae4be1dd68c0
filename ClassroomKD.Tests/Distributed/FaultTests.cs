using System.Diagnostics;
using System.Globalization;
using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

/// <summary>Where one rank fails, all end soon, and the message says which and why.</summary>
[TestFixture("Open MPI")]
[TestFixture("MPICH")]
public sealed class FaultTests(string mpi)
{
    private const string Epochs = "60";
    private const string Endless = "100000000";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Test]
    public void An_exception_on_one_rank_ends_the_others()
    {
        var (code, _, errors, _) = new Mpirun(mpi).Run(3, "throw");

        code.Should().NotBe(0);
        errors.Should().Contain("Rank 2 of 3").And.Contain("InvalidDataException: the image is broken");
    }

    [Test]
    public void A_rank_that_goes_to_the_end_before_the_others_ends_them()
    {
        var (code, _, errors, _) = new Mpirun(mpi).Run(2, "leave");

        code.Should().NotBe(0);
        errors.Should().Contain("Rank 1 has left the group, while this rank waits for it in MPI_Iallreduce");
    }

    [Test]
    public void A_rank_that_ends_its_program_ends_the_others()
    {
        var (code, _, errors, _) = new Mpirun(mpi).Run(2, "forget");

        code.Should().NotBe(0);
        errors.Should().Contain("Rank 1 of 2").And.Contain("exit code 0 and without disposing its process group");
    }

    [Test]
    public void Ranks_that_do_not_train_the_same_are_told_what_differs()
    {
        var (code, _, errors, _) = new Mpirun(mpi).Run(2, "differ");

        code.Should().NotBe(0);
        errors.Should().Contain("seed is 1 on rank 1 and 0 on rank 0").And.Contain("classroom.options is").And.Contain("\"Sample\"");
    }

    [Test]
    public void A_killed_rank_ends_all_and_the_job_resumes_with_another_number_of_processes()
    {
        using var killed = new TemporaryFolder();
        using var whole = new TemporaryFolder();
        var expected = Result(new Mpirun(mpi).Run(1, "train", whole.Root, Epochs));
        Kill(new Mpirun(mpi), killed.Root, Epochs, after: 0);

        var resumed = Result(new Mpirun(mpi).Run(2, "train", killed.Root, Epochs));
        var largest = expected.Max(Math.Abs);
        resumed.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5 * largest);
    }

    [Test, Explicit("kills ten times")]
    public void A_rank_killed_at_any_moment_ends_all()
    {
        using var folder = new TemporaryFolder();
        foreach (var _ in Enumerable.Range(0, 10))
            Kill(new Mpirun(mpi), folder.Root, Endless, after: Random.Shared.Next(2000));
    }

    // Kills one of three ranks while they train; nobody may remain.
    private static void Kill(Mpirun mpirun, string folder, string epochs, int after)
    {
        using var job = mpirun.Start(3, "train", folder, epochs);
        var errors = job.StandardError.ReadToEndAsync();
        var ranks = new List<int>();
        while (job.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains("process ", StringComparison.Ordinal))
                ranks.Add(int.Parse(line[(line.IndexOf("process ", StringComparison.Ordinal) + 8)..], CultureInfo.InvariantCulture));
            if (line == "trains")
                break;
        }

        ranks.Should().HaveCount(3, "all ranks train; {0}", job.HasExited ? errors.Result : "");
        while (!job.HasExited && !Directory.EnumerateFiles(folder, "*.safetensors").Any())
            Thread.Sleep(5);
        Thread.Sleep(after);
        var began = Stopwatch.GetTimestamp();
        using (var victim = Process.GetProcessById(ranks[Random.Shared.Next(3)]))
            victim.Kill();
        job.StandardOutput.ReadToEndAsync();
        job.WaitForExit(60_000).Should().BeTrue();
        while (ranks.Exists(rank => Directory.Exists($"/proc/{rank}")))
            Thread.Sleep(20);
        Stopwatch.GetElapsedTime(began).Should().BeLessThan(Soon);
        job.ExitCode.Should().NotBe(0);
    }

    private static double[] Result((int Code, string Output, string Errors, TimeSpan Took) run)
    {
        run.Code.Should().Be(0, run.Errors);
        var line = run.Output.Split('\n').Single(line => line.StartsWith("result ", StringComparison.Ordinal));
        return [.. line.Split(' ')[1..].Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }
}
