using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ClassroomKD;
using TorchSharp;

LibTorch.UsePassiveWaiting();
LibTorch.Load();
if (Environment.GetEnvironmentVariable("CLASSROOMKD_THREADS") is { } threads)
    torch.set_num_threads(int.Parse(threads, System.Globalization.CultureInfo.InvariantCulture));
Console.WriteLine($"libtorch uses {torch.get_num_threads()} threads.");

// In this process: a generated project would not get the native library of this one's output.
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default);
var failed = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config)
    .Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
return failed ? 1 : 0;
