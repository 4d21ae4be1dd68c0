using System.Diagnostics;
using System.Runtime.InteropServices;
using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Cuda;
using ClassroomKD.Kernels.Simd;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;

namespace ClassroomKD.Tests.Core.Kernels.Cuda;

/// <summary>
/// The CUDA kernels, their very source, on the CPU: fake_cuda.cpp stands in for driver and NVRTC, host_device.h for the GPU. All of our host
/// code runs as it would. Tests are skipped where there is no g++.
/// </summary>
internal static unsafe class EmulatedCuda
{
    private static readonly Lazy<(string? Library, string Why)> Built = new(Build);
    private static readonly Lazy<CudaRuntime> Shared = new(New);

    public static CudaRuntime Runtime => Shared.Value;

    public static MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments) =>
        MultiMentorDivergence.Compute(arguments, SimdWidth.Auto, Runtime);

    /// <summary>One that has compiled nothing yet.</summary>
    public static CudaRuntime New()
    {
        if (Built.Value.Library is not { } library)
            throw new IgnoreException(Built.Value.Why);
        return new CudaRuntime([library], [library], DeviceType.CPU);
    }

    /// <summary>The fake's function answers with a code from now on; 0: as it should.</summary>
    public static void Refuse(string function, int code)
    {
        var library = NativeLibrary.Load(Built.Value.Library!);
        var refuse = (delegate* unmanaged<byte*, int, void>)NativeLibrary.GetExport(library, "fake_refuse");
        var name = Marshal.StringToCoTaskMemUTF8(function);
        refuse((byte*)name, code);
        Marshal.FreeCoTaskMem(name);
    }

    /// <summary>Blocks, answers, threads, and how many launches there were.</summary>
    public static (int Blocks, int Answers, int Threads, int Count) LastLaunch()
    {
        var launch = ((delegate* unmanaged<int*>)NativeLibrary.GetExport(NativeLibrary.Load(Built.Value.Library!), "fake_last_launch"))();
        return (launch[0], launch[1], launch[2], launch[3]);
    }

    /// <summary>Runs a compiler; null where there is none.</summary>
    public static (int Code, string Errors)? Compile(string compiler, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public static string Source(string name) => Path.Combine(TestContext.CurrentContext.TestDirectory, "Core", "Kernels", "Cuda", name);

    private static (string?, string) Build()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return (null, "The emulation of a GPU needs Linux on x64.");
        var folder = Directory.CreateTempSubdirectory("classroomkd-cuda-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        var library = Path.Combine(folder.FullName, "libfakecuda.so");
        var result = Compile(
            "g++", "-std=c++17", "-O1", "-shared", "-fPIC", $"-DHOST_DEVICE=\"{Source("host_device.h")}\"", "-o", library,
            Source("fake_cuda.cpp"), "-ldl");
        if (result is null)
            return (null, "There is no g++ to compile the CUDA kernels for the CPU.");
        result.Value.Code.Should().Be(0, result.Value.Errors);
        return (library, "");
    }
}
