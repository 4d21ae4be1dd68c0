using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ClassroomKD.Distributed;

/// <summary>MPI in this process from its initialization to its end, and what happens where a process fails or leaves.</summary>
/// <remarks>
/// Every call is begun without waiting and then polled, so that a process that waits can see that another has left, and sleeps if it has
/// to wait for long. A failed communication is not recoverable: it ends the job.
/// </remarks>
internal sealed unsafe class MpiSession : IDisposable
{
    private const int Multiple = 3;
    private const int Serialized = 2;
    private const int Left = 7; // the tag of the message of a process that waits for the others to leave too

    private static readonly TimeSpan Spinning = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan Yielding = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Watching = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Telling = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan timeout;
    private readonly nint control;
    private readonly bool spins;
    private readonly PosixSignalRegistration? terminated;
    private int ended; // 1: finalized, aborted, or told by the launcher to end

    /// <summary>Initializes MPI.</summary>
    /// <param name="library">The MPI.</param>
    /// <param name="launched">How many processes the launcher says it started; null: it does not say.</param>
    /// <param name="timeout">How long a process waits for the others.</param>
    /// <exception cref="DistributedException">MPI was used before in this process, or is not the launcher's.</exception>
    public MpiSession(MpiLibrary library, int? launched, TimeSpan timeout)
    {
        (Library, this.timeout) = (library, timeout);
        int initialized, provided;
        library.Check(library.Initialized(&initialized), "MPI_Initialized");
        if (initialized != 0)
            throw new DistributedException(
                "MPI was initialized before in this process. A process has one group in its life: make it once, and share it.");
        library.Check(library.InitThread(null, null, Multiple, &provided), "MPI_Init_thread");
        if (provided < Serialized)
            throw new DistributedException(
                $"{library.Version} allows MPI on the thread that initialized it alone (level {provided}); .NET needs level {Serialized}.");

        int rank, size;
        library.Check(library.Rank(library.Handles.World, &rank), "MPI_Comm_rank");
        library.Check(library.Size(library.Handles.World, &size), "MPI_Comm_size");
        if (launched is { } expected && expected != size)
            throw new DistributedException(
                $"The launcher started {expected} processes, but {library.Version.Split(',')[0]} knows {size}: it is not the launcher's. " +
                $"Set {MpiLibrary.Variable} to the library of the launcher, or launch by this library's own mpirun.");
        (Rank, Size) = (rank, size);
        Communicator = Duplicated();
        control = Duplicated();
        spins = Environment.ProcessorCount >= size;

        AppDomain.CurrentDomain.UnhandledException += OnUnhandled;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        // The launcher ends the others of a failed job so; they have nothing to say about it.
        if (!OperatingSystem.IsWindows())
            terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Interlocked.Exchange(ref ended, 1));
    }

    public MpiLibrary Library { get; }

    public int Rank { get; }

    public int Size { get; }

    /// <summary>Of the tensors.</summary>
    public nint Communicator { get; }

    /// <summary>Waits for what was begun.</summary>
    /// <param name="request">What MPI returned.</param>
    /// <param name="function">By which function it was begun.</param>
    public void Wait(nint request, string function)
    {
        var began = Stopwatch.GetTimestamp();
        var (looked, left, leftAt) = (TimeSpan.Zero, -1, TimeSpan.Zero);
        while (!IsDone(ref request, function))
        {
            var waited = Stopwatch.GetElapsedTime(began);
            if (waited < Spinning && spins)
                continue;
            if (waited < Yielding)
            {
                Thread.Yield();
                continue;
            }

            Thread.Sleep(1);
            if (waited > timeout)
                Fail(new DistributedException(
                    $"Waited {timeout.TotalSeconds:0} s in {function} for the other processes; where one rank works alone for that long, " +
                    $"raise {nameof(ProcessGroupOptions)}.{nameof(ProcessGroupOptions.TimeoutSeconds)}."));
            if (waited - looked < Watching)
                continue;
            looked = waited;
            if (left < 0)
                (left, leftAt) = (WhoLeft(), waited);
            else if (waited - leftAt > Grace)
                Fail(new DistributedException(
                    $"Rank {left} has left the group, while this rank waits for it in {function}. The ranks have done different numbers " +
                    $"of steps, or rank {left} caught an exception."));
        }
    }

    /// <summary>Waits until all processes are here.</summary>
    public void Barrier()
    {
        nint request;
        Check(Library.Barrier(Communicator, &request), "MPI_Ibarrier");
        Wait(request, "MPI_Ibarrier");
    }

    /// <summary>Ends the job where MPI failed.</summary>
    public void Check(int code, string function)
    {
        try
        {
            Library.Check(code, function);
        }
        catch (DistributedException exception)
        {
            Fail(exception);
        }
    }

    /// <summary>Ends all processes of the job.</summary>
    public void Abort(Exception cause)
    {
        if (Interlocked.Exchange(ref ended, 1) != 0)
            return;
        // Whole in one piece, and with time for the launcher to pass it on: what is under way when the job ends is lost, also that of a
        // rank that fails at the same moment.
        var message =
            $"Rank {Rank} of {Size} on {Environment.MachineName} (process {Environment.ProcessId}) failed and ends the job: {cause}";
        using (var errors = Console.OpenStandardError())
            errors.Write(Encoding.UTF8.GetBytes(message + Environment.NewLine));
        Thread.Sleep(Telling);
        Library.Abort();
    }

    /// <summary>Waits for all processes and ends MPI.</summary>
    public void Dispose()
    {
        if (Volatile.Read(ref ended) != 0)
            return;
        nint request;
        Check(Library.Barrier(control, &request), "MPI_Ibarrier");
        var (began, told) = (Stopwatch.GetTimestamp(), false);
        while (!IsDone(ref request, "MPI_Ibarrier"))
        {
            Thread.Sleep(1);
            var waited = Stopwatch.GetElapsedTime(began);
            if (waited > timeout)
                Fail(new DistributedException($"Waited {timeout.TotalSeconds:0} s for the other processes to leave the group too."));
            if (told || waited < Watching)
                continue;
            told = true;
            TellOfLeaving();
        }

        if (Interlocked.Exchange(ref ended, 1) != 0)
            return;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandled;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        terminated?.Dispose();
        Library.Check(Library.Finalize(), "MPI_Finalize");
    }

    private void Fail(DistributedException exception)
    {
        Abort(exception);
        throw exception;
    }

    private bool IsDone(ref nint request, string function)
    {
        int done;
        var current = request;
        Check(Library.Test(&current, &done, Library.Handles.IgnoreStatus), function);
        request = current;
        return done != 0;
    }

    private nint Duplicated()
    {
        nint communicator;
        Library.Check(Library.Duplicate(Library.Handles.World, &communicator), "MPI_Comm_dup");
        Library.Check(Library.SetErrorHandler(communicator, Library.Handles.ErrorsReturn), "MPI_Comm_set_errhandler");
        return communicator;
    }

    private void TellOfLeaving()
    {
        for (var other = 0; other < Size; other++)
        {
            nint request;
            if (other != Rank)
                Check(Library.Send(null, 0, Library.Handles.Byte, other, Left, control, &request), "MPI_Isend");
        }
    }

    // A rank that said so; -1: none did.
    private int WhoLeft()
    {
        for (var other = 0; other < Size; other++)
        {
            int found = 0;
            if (other != Rank)
                Check(Library.Probe(other, Left, control, &found, Library.Handles.IgnoreStatus), "MPI_Iprobe");
            if (found != 0)
                return other;
        }

        return -1;
    }

    private void OnUnhandled(object sender, UnhandledExceptionEventArgs arguments) => Abort((Exception)arguments.ExceptionObject);

    private void OnExit(object? sender, EventArgs arguments) => Abort(new DistributedException(
        $"The program ended with exit code {Environment.ExitCode} and without disposing its process group."));
}
