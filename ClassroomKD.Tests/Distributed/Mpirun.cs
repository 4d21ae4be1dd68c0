using System.Collections.Concurrent;
using System.Diagnostics;

namespace ClassroomKD.Tests.Distributed;

/// <summary>An installed MPI that launches this assembly's <see cref="Scenarios"/>.</summary>
internal sealed class Mpirun
{
    private static readonly ConcurrentDictionary<string, string?> Versions = new();

    private readonly bool openMpi;
    private readonly string command;

    /// <summary>Open MPI or MPICH; both may be installed.</summary>
    /// <exception cref="IgnoreException">It is not.</exception>
    public Mpirun(string name)
    {
        openMpi = name == "Open MPI";
        string[] candidates = [openMpi ? "mpirun.openmpi" : "mpirun.mpich", "mpirun"];
        command = Array.Find(candidates, candidate =>
            Versions.GetOrAdd(candidate, Version)?.Contains(openMpi ? "Open" : "HYDRA", StringComparison.Ordinal) == true)
            ?? throw new IgnoreException($"There is no {name}.");
    }

    /// <summary>Starts a scenario on processes of this machine.</summary>
    public Process Start(int processes, params string[] arguments)
    {
        var start = new ProcessStartInfo(command) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] launch = openMpi ? ["--allow-run-as-root", "--oversubscribe"] : [];
        foreach (var argument in (string[])
            [.. launch, "-n", $"{processes}", "dotnet", typeof(Mpirun).Assembly.Location, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["DOTNET_gcServer"] = "0";
        // Of another run of this machine's tests, which may be a process of MPI itself.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OMPI_COMM", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    /// <summary>Runs a scenario to its end.</summary>
    public (int Code, string Output, string Errors, TimeSpan Took) Run(int processes, params string[] arguments)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Start(processes, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result, Stopwatch.GetElapsedTime(began));
    }

    private static string? Version(string command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, "--version") { RedirectStandardOutput = true })!;
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
