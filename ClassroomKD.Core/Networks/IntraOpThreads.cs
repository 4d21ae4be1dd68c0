using System.Runtime.InteropServices;

namespace ClassroomKD.Networks;

/// <summary>The number of threads that libtorch uses inside an operation, for the calling thread alone.</summary>
internal static unsafe class IntraOpThreads
{
    private static readonly delegate* unmanaged<int> Get;
    private static readonly delegate* unmanaged<int, void> Set;

    static IntraOpThreads()
    {
        // OpenMP's functions are found through the library that was linked with it: there may be several OpenMPs in the process.
        if (!NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out var library)
            || !NativeLibrary.TryGetExport(library, "omp_get_max_threads", out var get)
            || !NativeLibrary.TryGetExport(library, "omp_set_num_threads", out var set))
            return;
        Get = (delegate* unmanaged<int>)get;
        Set = (delegate* unmanaged<int, void>)set;
    }

    /// <summary>Whether <see cref="One"/> is supported; on Windows it is not.</summary>
    public static bool CanBeLimited => Set != null;

    /// <summary>Until the result is disposed, operations called on this thread use no other thread.</summary>
    public static Limit One() => new(1);

    public readonly ref struct Limit
    {
        private readonly int before;

        public Limit(int threads)
        {
            // libtorch gives a new thread its number of threads at the first operation; after that it may be changed.
            _ = torch.get_num_threads();
            before = Get();
            Set(threads);
        }

        public void Dispose() => Set(before);
    }
}
