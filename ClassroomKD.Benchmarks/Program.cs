using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ClassroomKD;
using ClassroomKD.Benchmarks;

// What the samples do; "--as-it-comes" measures without.
if (!args.Contains("--as-it-comes"))
{
    LibTorch.UsePassiveWaiting();
    LibTorch.KeepFreedMemory();
}

try
{
    LibTorch.Load();
}
catch (LibTorchLoadException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

if (args is ["check", .. var rest])
    return CheckCommand.Run(rest);
if (args is ["curves", .. var folder])
    return CurvesCommand.Run(folder);
if (args is ["scaling", .. var scaling])
    return ScalingCommand.Run(scaling);

if (!BenchmarkDevice.TryTake(ref args))
{
    Console.Error.WriteLine($"{BenchmarkDevice.Option} takes cpu, cuda or cuda:N, and a GPU that libtorch can use.");
    return 1;
}

if (args is ["costs", .. var costs])
    return CostsCommand.Run(costs);

// In process: a generated project would not find libtorch.
var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).AsDefault());
string[] options = [.. args.Where(arg => arg != "--as-it-comes")];
var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(options, config).ToList();

string[] questions = ["--list", "--help", "--info", "--version"];
if (summaries.Count == 0)
    return args.Any(questions.Contains) ? 0 : 1;
return summaries.All(summary =>
    !summary.HasCriticalValidationErrors
    && summary.Reports.Length == summary.BenchmarksCases.Length
    && summary.Reports.All(report => report.Success)) ? 0 : 1;
