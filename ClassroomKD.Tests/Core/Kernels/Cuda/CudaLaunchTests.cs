using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Cuda;
using ClassroomKD.Kernels.Simd;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels.Cuda;

/// <summary>What is handed to the driver, and what happens when it refuses.</summary>
[NonParallelizable]
public sealed class CudaLaunchTests
{
    private static readonly (string Function, int Code, string Message)[] Refusals =
    [
        ("cuInit", 100, "*cuInit returned 100 (an invented error)*"),
        ("capability", 6, "*7.0 or above*device 0 has 6.0*"),
        ("cuDevicePrimaryCtxRetain", 2, "*cuDevicePrimaryCtxRetain*"),
        ("nvrtcCreateProgram", 3, "*NVRTC refused: nvrtcCreateProgram returned 3*"),
        ("nvrtcCompileProgram", 6, "*NVRTC did not compile divergence.cu*--gpu-architecture=sm_80*-DITEMS=4*"),
        ("cuModuleLoadData", 209, "*cuModuleLoadData returned 209*"),
        ("cuLaunchKernel", 701, "*cuLaunchKernel returned 701*"),
    ];

    [TestCaseSource(nameof(Refusals))]
    public void Refusal_is_remembered_and_the_others_take_over((string Function, int Code, string Message) refusal)
    {
        using var scope = NewDisposeScope();
        using var lesson = new DivergenceCase(3, 10, 2, seed: 1);
        var runtime = EmulatedCuda.New();
        EmulatedCuda.Refuse(refusal.Function, refusal.Code);
        try
        {
            runtime.Refusal.Should().BeNull();
            var result = MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Auto), SimdWidth.Auto, runtime);

            var expected = MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Simd));
            DivergenceCase.Values(result.Loss).Should().Equal(DivergenceCase.Values(expected.Loss));
            runtime.Refusal.Should().Match(refusal.Message);
            FluentActions.Invoking(
                    () => MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Cuda), SimdWidth.Auto, runtime))
                .Should().Throw<NotSupportedException>().WithMessage(refusal.Message);
        }
        finally
        {
            EmulatedCuda.Refuse("", 0);
        }
    }

    [Test]
    public void After_a_refusal_nobody_tries_unasked()
    {
        using var scope = NewDisposeScope();
        using var lesson = new DivergenceCase(3, 10, 2, seed: 1);
        var runtime = EmulatedCuda.New();
        EmulatedCuda.Refuse("cuLaunchKernel", 1);
        MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Auto), SimdWidth.Auto, runtime);
        EmulatedCuda.Refuse("", 0);
        var before = EmulatedCuda.LastLaunch().Count;

        MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Auto), SimdWidth.Auto, runtime);

        EmulatedCuda.LastLaunch().Count.Should().Be(before);
    }

    [Test]
    public void Missing_driver_or_compiler_is_named_with_what_was_looked_for()
    {
        using var lesson = new DivergenceCase(3, 10, 2, seed: 1);
        var withoutDriver = new CudaRuntime(["libno-driver.so.1"], ["libno-nvrtc.so"], DeviceType.CPU);

        FluentActions.Invoking(
                () => MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Cuda), SimdWidth.Auto, withoutDriver))
            .Should().Throw<NotSupportedException>().WithMessage("Cuda: The CUDA driver was not found (looked for libno-driver.so.1)*");
        FluentActions.Invoking(() => new Nvrtc(["libno-nvrtc.so", "libnone.so"]))
            .Should().Throw<CudaException>().WithMessage("NVRTC was not found (looked for libno-nvrtc.so, libnone.so)*");
    }

    [Test]
    public void Tensors_that_the_kernels_do_not_serve_are_named_or_left_to_others()
    {
        using var scope = NewDisposeScope();
        using var lesson = new DivergenceCase(2, 5, 1, seed: 1);
        FluentActions.Invoking(() => MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Cuda)))
            .Should().Throw<ArgumentException>().WithMessage("Cuda:*CUDA device*Float32 on cpu*");

        var many = lesson.Arguments(KernelImplementation.Auto) with
        {
            Mentors = [.. Enumerable.Repeat(lesson.Mentors[0], 129)],
            Weights = ones(129, 2),
            Temperatures = ones(129, 2),
        };
        var before = EmulatedCuda.LastLaunch().Count;
        MultiMentorDivergence.Compute(many, SimdWidth.Auto, EmulatedCuda.Runtime).PerMentor.size(0).Should().Be(129);
        EmulatedCuda.LastLaunch().Count.Should().Be(before);
        var asked = many with { Implementation = KernelImplementation.Cuda };
        FluentActions.Invoking(() => MultiMentorDivergence.Compute(asked, SimdWidth.Auto, EmulatedCuda.Runtime))
            .Should().Throw<ArgumentException>().WithMessage("*128 mentors*129 mentors*");
    }

    [Test]
    public void As_many_mentors_as_fit_are_all_heard()
    {
        using var scope = NewDisposeScope();
        using var lesson = new DivergenceCase(2, 5, 1, seed: 1);
        lesson.Weights.fill_(1);
        lesson.Temperatures.fill_(2);
        var one = MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Cuda), SimdWidth.Auto, EmulatedCuda.Runtime);

        var all = MultiMentorDivergence.Compute(
            lesson.Arguments(KernelImplementation.Cuda) with
            {
                Mentors = [.. Enumerable.Repeat(lesson.Mentors[0], 128)],
                Weights = ones(128, 2),
                Temperatures = full(128, 2, 2f),
            },
            SimdWidth.Auto, EmulatedCuda.Runtime);

        DivergenceCase.Values(all.PerMentor)
            .Should().Equal(Enumerable.Repeat(DivergenceCase.Values(one.PerMentor), 128).SelectMany(x => x));
    }

    [Test]
    public void Parameter_has_the_layout_of_the_kernels_struct()
    {
        // 7 pointers, 5 numbers of 4 bytes and a gap of as many, 128 pointers.
        Unsafe.SizeOf<CudaDivergenceCall>().Should().Be(1104);
        Marshal.OffsetOf<CudaDivergenceCall>(nameof(CudaDivergenceCall.Rows)).Should().Be(56);
        Marshal.OffsetOf<CudaDivergenceCall>(nameof(CudaDivergenceCall.Mentors)).Should().Be(80);
        Unsafe.SizeOf<CudaCrossEntropyCall>().Should().Be(1088);
    }

    [TestCase(64, 10, 64, 1, 32, TestName = "A warp per row, one to a block while rows are few")]
    [TestCase(2049, 256, 513, 1, 128, TestName = "Four warps to a block when there are many rows")]
    [TestCase(4096, 1000, 4096, 1, 128, TestName = "A block per row of 1000 classes")]
    [TestCase(544, 3072, 544, 1, 384, TestName = "A block of as many threads as the row needs")]
    [TestCase(5, 100000, 5, 1, 512, TestName = "No block above 512 threads")]
    public void Grid_covers_every_row(int rows, int classes, int blocks, int answers, int threads)
    {
        var (_, _, warps) = CudaPlan.Layout(classes, (4, 4), 8);

        CudaPlan.Grid(rows, 1, warps).Should().Be(new CudaGrid(blocks, answers, threads));
    }

    [TestCase(1000, 4, 4, 8, 4)]
    [TestCase(1000, 4, 2, 8, 8)]
    [TestCase(1000, 2, 2, 8, 8)]
    [TestCase(100, 2, 2, 4, 4)]
    [TestCase(1000, 4, 2, 4, 1)]
    [TestCase(999, 4, 4, 1, 1)]
    public void Rows_are_read_sixteen_bytes_at_a_time_where_they_are_aligned(
        int classes, int student, int mentor, int alignment, int vector) =>
        CudaPlan.Layout(classes, (student, mentor), alignment).Vector.Should().Be(vector);

    [Test]
    public void Source_compiles_to_ptx_for_every_architecture(
        [Values("divergence", "divergence_long", "cross_entropy")] string kernel, [Values("sm_70", "sm_80")] string architecture,
        [Values("Float32 Float32 8 4 4", "Float32 BFloat16 8 8 12", "Float16 Float16 4 1 1", "BFloat16 Float32 8 8 1")] string variant)
    {
        var folder = Directory.CreateTempSubdirectory("classroomkd-ptx-").FullName;
        var source = CudaSource.Of(kernel);
        foreach (var (name, text) in source.Headers.Append((source.Name, source.Text)))
            File.WriteAllText(Path.Combine(folder, name), text);
        string[] names = ["STUDENT", "MENTOR", "ITEMS", "VECTOR", "WARPS"];
        var output = Path.Combine(folder, "kernel.ptx");

        var result = EmulatedCuda.Compile("clang-19", [
            "-x", "cuda", "--cuda-device-only", "-nocudainc", "-nocudalib", $"--cuda-gpu-arch={architecture}",
            "-Xclang", "-target-feature", "-Xclang", "+ptx70",
            "-Wno-unknown-cuda-version", "-Wall", "-Werror", "-O3", "-S", "-o", output, "-include", EmulatedCuda.Source("clang_device.h"),
            .. names.Zip(variant.Split(' '), (name, value) => $"-D{name}={value}"), Path.Combine(folder, source.Name)]);

        if (result is null)
            Assert.Ignore("There is no clang-19 to compile CUDA C.");
        result!.Value.Code.Should().Be(0, result.Value.Errors);
        var ptx = File.ReadAllText(output);
        Directory.Delete(folder, recursive: true);
        ptx.Should().Contain($".visible .entry {kernel}(").And.NotContain(".local");
        ptx.Contains("ld.global.nc.v4.u32", StringComparison.Ordinal).Should().Be(!variant.EndsWith("1 1", StringComparison.Ordinal));
    }
}
