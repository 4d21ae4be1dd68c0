using System.Runtime.InteropServices;
using System.Text;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>NVIDIA's run-time compiler, which libtorch for CUDA brings.</summary>
internal sealed unsafe class Nvrtc
{
    private readonly delegate* unmanaged<int, byte*> errorString;
    private readonly delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int> create;
    private readonly delegate* unmanaged<nint, int, byte**, int> compile;
    private readonly delegate* unmanaged<nint*, int> destroy;
    private readonly NativeFunctions library;

    public Nvrtc(IEnumerable<string> candidates)
    {
        library = NativeFunctions.Load("NVRTC", candidates, "It comes with a libtorch for CUDA.");
        errorString = (delegate* unmanaged<int, byte*>)library.Get("nvrtcGetErrorString");
        create = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)library.Get("nvrtcCreateProgram");
        compile = (delegate* unmanaged<nint, int, byte**, int>)library.Get("nvrtcCompileProgram");
        destroy = (delegate* unmanaged<nint*, int>)library.Get("nvrtcDestroyProgram");
    }

    /// <summary>
    /// Machine code for a compute capability; where this NVRTC is older than the GPU, PTX for the newest capability it knows, which the
    /// driver compiles further.
    /// </summary>
    public byte[] Compile(CudaSource source, int capability, IEnumerable<string> definitions)
    {
        var newest = NewestCapability();
        var exact = capability <= newest;
        string[] options =
            [$"--gpu-architecture={(exact ? "sm" : "compute")}_{Math.Min(capability, newest)}", "--std=c++17", .. definitions];
        using var names = new Utf8Strings([.. source.Headers.Select(header => header.Name)]);
        using var headers = new Utf8Strings([.. source.Headers.Select(header => header.Text)]);
        using var program = new Utf8Strings([source.Text, source.Name]);
        using var arguments = new Utf8Strings(options);
        nint handle;
        Check(create(&handle, program.Items[0], program.Items[1], source.Headers.Count, headers.Items, names.Items), "nvrtcCreateProgram");
        try
        {
            var result = compile(handle, options.Length, arguments.Items);
            if (result != 0)
                throw new CudaException(
                    $"NVRTC did not compile {source.Name} ({string.Join(' ', options)}): " +
                    Encoding.UTF8.GetString(Output(handle, "ProgramLog")).TrimEnd('\0', '\n'));
            return Output(handle, exact ? "CUBIN" : "PTX");
        }
        finally
        {
            _ = destroy(&handle);
        }
    }

    private int NewestCapability()
    {
        int count;
        Check(((delegate* unmanaged<int*, int>)library.Get("nvrtcGetNumSupportedArchs"))(&count), "nvrtcGetNumSupportedArchs");
        var all = new int[count];
        fixed (int* first = all)
            Check(((delegate* unmanaged<int*, int>)library.Get("nvrtcGetSupportedArchs"))(first), "nvrtcGetSupportedArchs");
        return all.Max();
    }

    private byte[] Output(nint handle, string kind)
    {
        nuint size;
        Check(((delegate* unmanaged<nint, nuint*, int>)library.Get($"nvrtcGet{kind}Size"))(handle, &size), $"nvrtcGet{kind}Size");
        var output = new byte[size];
        fixed (byte* first = output)
            Check(((delegate* unmanaged<nint, byte*, int>)library.Get($"nvrtcGet{kind}"))(handle, first), $"nvrtcGet{kind}");
        return output;
    }

    private void Check(int result, string function)
    {
        if (result != 0)
            throw new CudaException($"NVRTC refused: {function} returned {result} ({Marshal.PtrToStringUTF8((nint)errorString(result))}).");
    }
}

/// <summary>Strings as C wants them, until disposed.</summary>
internal sealed unsafe class Utf8Strings : IDisposable
{
    private readonly int count;

    public Utf8Strings(string[] texts)
    {
        count = texts.Length;
        Items = (byte**)NativeMemory.AllocZeroed((nuint)Math.Max(1, count), (nuint)sizeof(byte*));
        for (var i = 0; i < count; i++)
            Items[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
    }

    public byte** Items { get; }

    public void Dispose()
    {
        for (var i = 0; i < count; i++)
            Marshal.FreeCoTaskMem((nint)Items[i]);
        NativeMemory.Free(Items);
    }
}
