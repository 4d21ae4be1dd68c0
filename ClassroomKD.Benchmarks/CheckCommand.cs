using System.Globalization;
using System.Runtime.InteropServices;
using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// <c>check [--device cpu|cuda|cuda:N] [--no-timing]</c>: are the kernels right on this machine, do they let the device run on, and how
/// fast are they? For machines with a GPU and no SDK.
/// </summary>
internal static class CheckCommand
{
    private static readonly LogitsShape[] Small =
        [new(128, 10, 3), new(64, 100, 6), new(33, 257, 2), new(64, 1000, 6), new(17, 3072, 4), new(9, 5001, 3)];

    /// <summary>Timed on a GPU besides; tensor operations on a CPU need seconds for each.</summary>
    private static readonly LogitsShape[] Large = [new(1024, 1000, 12), new(4096, 1000, 6), new(256 * 17, 3072, 3)];

    private static readonly (ScalarType Student, ScalarType Mentors)[] Types =
    [
        (ScalarType.Float32, ScalarType.Float32), (ScalarType.Float32, ScalarType.BFloat16),
        (ScalarType.Float16, ScalarType.Float16), (ScalarType.BFloat16, ScalarType.BFloat16),
    ];

    public static int Run(string[] arguments)
    {
        var timing = !arguments.Contains("--no-timing");
        var rest = arguments.Where(argument => argument != "--no-timing").ToArray();
        if (rest is not ([] or [BenchmarkDevice.Option, _]))
        {
            Console.Error.WriteLine("check [--device cpu|cuda|cuda:N] [--no-timing]");
            return 1;
        }

        var name = rest is [_, var given] ? given : "cpu";
        if (!BenchmarkDevice.TryParse(name, out var device))
        {
            Console.Error.WriteLine(
                $"'{name}' is not cpu, cuda or cuda:N, or libtorch sees no GPU. A libtorch for CUDA and NVIDIA's driver are needed; " +
                $"{LibTorch.FolderVariable} names a folder with the former.");
            return 1;
        }

        var ours = device.type == DeviceType.CUDA ? KernelImplementation.Cuda : KernelImplementation.Simd;
        Line($"device {device}, {get_num_threads()} CPU threads, implementation {ours}");
        var wrong = CheckErrors(device, ours);
        var waits = CheckWaiting(device);
        if (timing)
            Time(device, ours);
        Line($"{(KernelDiagnostics.CudaRefusal is { } reason ? $"CUDA kernels refused: {reason}" : "no kernel was refused")}");
        Line(wrong + waits == 0 ? "check passed" : $"check FAILED: {wrong} cases wrong, {waits} waits for the device");
        return wrong + waits == 0 ? 0 : 1;
    }

    private static int CheckErrors(Device device, KernelImplementation ours)
    {
        Line($"{"largest error against float64",-46}{"loss",10}{"gradient",10}{"CE",10}");
        var wrong = 0;
        foreach (var shape in Small)
            foreach (var (student, mentors) in Types)
            {
                using var scope = NewDisposeScope();
                var sample = new CheckCase(shape, student, mentors, device);
                foreach (var implementation in (KernelImplementation[])[KernelImplementation.Reference, ours])
                {
                    var errors = sample.Errors(implementation);
                    var right = errors.Within(student);
                    wrong += right || implementation == KernelImplementation.Reference ? 0 : 1;
                    Line(
                        $"{shape,-16} {student,-9}{mentors,-9}{implementation,-11}{errors.Loss,10:E1}{errors.Gradient,10:E1}" +
                        $"{errors.CrossEntropy,10:E1}{(right ? "" : "  WRONG")}");
                }
            }

        return wrong;
    }

    private static int CheckWaiting(Device device)
    {
        using var scope = NewDisposeScope();
        var sample = new CheckCase(new(64, 100, 3), ScalarType.Float32, ScalarType.Float32, device);
        using var classroom = new Classroom(
            Enumerable.Range(0, 3).Select(m => new Mentor($"mentor {m}", _ => throw new InvalidOperationException())));
        void Teach() => classroom.Teach(sample.Student, sample.Mentors, sample.Labels).Loss.backward();
        Teach();
        if (device.type != DeviceType.CUDA)
        {
            Line("waits for the device: none possible on the CPU");
            return 0;
        }

        if (!Waiting.TryForbid(true))
        {
            Line("waits for the device: this libtorch has no switch that forbids them");
            return 0;
        }

        var (teaching, copying) = (WaitIn(Teach), WaitIn(() => sample.Student.detach().cpu()));
        Waiting.TryForbid(false);
        if (copying is null)
        {
            Line("waits for the device: libtorch's alarm did not tell of a copy to the CPU");
            return 1;
        }

        Line($"waits for the device in Teach and backward: {teaching ?? "none"}");
        return teaching is null ? 0 : 1;
    }

    private static string? WaitIn(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ExternalException exception)
        {
            return exception.Message;
        }
    }

    private static void Time(Device device, KernelImplementation ours)
    {
        var bandwidth = Stopwatches.CopyBandwidth(device);
        Line($"copy bandwidth {bandwidth / 1e9:F0} GB/s; loss and backward, microseconds:");
        Line($"{"",-16}{"tensor ops",12}{"reference",12}{"kernel",12}{"ratio",8}{"loss alone",12}{"kernel alone",14}{"of copy",9}");
        foreach (var shape in LogitsShape.All.Concat(device.type == DeviceType.CUDA ? Large : []).Distinct())
        {
            using var scope = NewDisposeScope();
            var sample = new CheckCase(shape, ScalarType.Float32, ScalarType.Float32, device);
            var naive = Stopwatches.Seconds(device, () => sample.Step(sample.Naive));
            var reference = Stopwatches.Seconds(
                device, () => sample.Step(() => sample.Loss(KernelImplementation.Reference, nn.Reduction.Mean)));
            var kernel = Stopwatches.Seconds(device, () => sample.Step(() => sample.Loss(ours, nn.Reduction.Mean)));
            var loss = Stopwatches.Seconds(device, () => sample.Loss(ours, nn.Reduction.Mean));
            var alone = device.type == DeviceType.CUDA ? Stopwatches.SecondsOnGpu(device, sample.Kernel) : loss;
            Line(
                $"{shape,-16}{naive * 1e6,12:F0}{reference * 1e6,12:F0}{kernel * 1e6,12:F0}{naive / kernel,8:F1}" +
                $"{loss * 1e6,12:F0}{alone * 1e6,14:F1}{shape.LeastBytes / alone / bandwidth,9:P0}");
        }

        Line("loss alone: without backward. Kernel alone: on a GPU, the device's time for loss and gradient.");
        Line("of copy: (M+2) R C 4 bytes in the kernel's time, against the copy's rate");
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Line(string text) => Console.WriteLine(text);
}
