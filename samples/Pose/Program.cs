using System.CommandLine;
using ClassroomKD;
using PoseSample;
using Samples;
using TorchSharp;

LibTorch.UsePassiveWaiting();
LibTorch.KeepFreedMemory();

var data = new Option<string?>("--data") { Description = "A COCO folder: annotations/, train2017/, val2017/. Default: generated figures." };
var epochs = SampleCommand.Count("--epochs", "Epochs of every training.", 6);
var seeds = SampleCommand.Count("--seeds", "How often the student is trained in each way, each time from another start.", 1);
var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
var factor = new Option<double>("--factor") { Description = "The weight of what mentors say: DistillationFactor.", DefaultValueFactory = _ => PoseOptions.MeasuredFactor };
var output = new Option<string>("--output") { Description = "Where weights and pictures are written, and mentors are kept for the next run.", DefaultValueFactory = _ => "pose-output" };
factor.Validators.Add(result => { if (!(result.GetValueOrDefault<double>() >= 0)) result.AddError("--factor must be at least 0."); });

var command = new RootCommand("Trains two heatmap mentors and one SimCC mentor, then one small heatmap student alone and in the classroom of all three.")
{
    data, epochs, seeds, device, factor, output,
};
command.SetAction((parsed, cancellation) => Task.FromResult(SampleCommand.Run("Pose", () => Study.Run(
    new PoseOptions
    {
        Data = parsed.GetValue(data),
        Epochs = parsed.GetValue(epochs),
        Seeds = parsed.GetValue(seeds),
        Device = torch.device(parsed.GetValue(device)!),
        Factor = parsed.GetValue(factor),
        Output = parsed.GetValue(output)!,
    },
    cancellation))));
return await command.Parse(args).InvokeAsync();
