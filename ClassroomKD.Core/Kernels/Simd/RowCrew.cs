namespace ClassroomKD.Kernels.Simd;

/// <summary>Shares the rows of a job among the calling thread and thread-pool threads, as many in all as libtorch uses.</summary>
/// <remarks>
/// The caller takes rows too and waits only for helpers that have begun: if no processor or pool thread is free, it does the whole job. A
/// second job at the same time runs on its own thread alone. No thread spins for longer than a few microseconds, and nothing is allocated.
/// </remarks>
internal sealed unsafe class RowCrew : IThreadPoolWorkItem
{
    private const int SpinsBeforeSleep = 20;

    /// <summary>The number of counters in a cache line, so that no two threads count in the same line.</summary>
    private const int Apart = 8;

    private static readonly RowCrew Shared = new();

    private readonly Lock turn = new();
    private readonly object gate = new();
    private delegate*<void*, int, int, int, void> body;
    private void* job;
    private int rows;
    private int rowsPerTurn;
    private int parts;
    private long[] done = [];
    private int places;
    private int joined;
    private int working;
    private int queued;

    /// <summary>How many threads may work on a job, the caller included.</summary>
    public static int Size(int rows, int rowsPerTurn) => Math.Max(1, Math.Min(get_num_threads(), (rows + rowsPerTurn - 1) / rowsPerTurn));

    /// <summary>Runs <c>body(job, worker, firstRow, endRow)</c> until all rows are done; worker is below <paramref name="size"/>.</summary>
    public static void Run(delegate*<void*, int, int, int, void> body, void* job, int rows, int rowsPerTurn, int size)
    {
        if (size <= 1 || !Shared.turn.TryEnter())
        {
            body(job, 0, 0, rows);
            return;
        }

        try
        {
            Shared.Lead(body, job, rows, rowsPerTurn, size - 1);
        }
        finally
        {
            Shared.turn.Exit();
        }
    }

    /// <summary>A helper's part.</summary>
    public void Execute()
    {
        int worker;
        lock (gate)
        {
            queued--;
            if (joined >= places)
                return;
            worker = ++joined;
            working++;
        }

        Work(worker);
        lock (gate)
        {
            if (--working == 0)
                Monitor.Pulse(gate);
        }
    }

    private void Lead(delegate*<void*, int, int, int, void> newBody, void* newJob, int newRows, int newRowsPerTurn, int helpers)
    {
        int calls;
        lock (gate)
        {
            body = newBody;
            job = newJob;
            (rows, rowsPerTurn) = (newRows, newRowsPerTurn);
            (parts, joined, places) = (helpers + 1, 0, helpers);
            if (done.Length < parts * Apart)
                done = new long[parts * Apart];
            done.AsSpan().Clear();
            calls = helpers - queued;
            queued += Math.Max(0, calls);
        }

        for (; calls > 0; calls--)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        Work(0);
        lock (gate)
            places = 0;
        for (var spins = 0; spins < SpinsBeforeSleep && Volatile.Read(ref working) > 0; spins++)
            Thread.SpinWait(20);
        lock (gate)
        {
            while (working > 0)
                Monitor.Wait(gate);
        }
    }

    /// <summary>First the worker's own part, then what is left of the others'.</summary>
    private void Work(int worker)
    {
        for (var k = 0; k < parts; k++)
        {
            var part = (worker + k) % parts;
            var (first, end) = ((long)rows * part / parts, (long)rows * (part + 1) / parts);
            long row;
            while ((row = first + Interlocked.Add(ref done[part * Apart], rowsPerTurn) - rowsPerTurn) < end)
                body(job, worker, (int)row, (int)Math.Min(row + rowsPerTurn, end));
        }
    }
}
