using System.CommandLine;
using System.Globalization;
using ClassroomKD;
using PoseSample;
using TorchSharp;

LibTorch.UsePassiveWaiting();
LibTorch.KeepFreedMemory();

var data = new Option<string?>("--data") { Description = "A COCO folder: annotations/, train2017/, val2017/. Default: generated figures." };
var epochs = new Option<int>("--epochs") { Description = "Epochs of every training.", DefaultValueFactory = _ => 6 };
var seeds = new Option<int>("--seeds") { Description = "How often the student is trained in each way, each time from another start.", DefaultValueFactory = _ => 1 };
var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
var factor = new Option<double>("--factor") { Description = "The weight of what mentors say: DistillationFactor.", DefaultValueFactory = _ => PoseOptions.MeasuredFactor };
var output = new Option<string>("--output") { Description = "Where weights and pictures are written, and mentors are kept for the next run.", DefaultValueFactory = _ => "pose-output" };
epochs.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError("--epochs must be at least 1."); });
seeds.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError("--seeds must be at least 1."); });
factor.Validators.Add(result => { if (!(result.GetValueOrDefault<double>() >= 0)) result.AddError("--factor must be at least 0."); });

var command = new RootCommand("Trains two heatmap mentors and one SimCC mentor, then one small heatmap student alone and in the classroom of all three.")
{
    data, epochs, seeds, device, factor, output,
};
command.SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
return await command.Parse(args).InvokeAsync();

int Run(ParseResult parsed, CancellationToken cancellation)
{
    try
    {
        LibTorch.Load();
        Study.Run(
            new PoseOptions
            {
                Data = parsed.GetValue(data),
                Epochs = parsed.GetValue(epochs),
                Seeds = parsed.GetValue(seeds),
                Device = torch.device(parsed.GetValue(device)!),
                Factor = parsed.GetValue(factor),
                Output = parsed.GetValue(output)!,
            },
            cancellation);
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped. What was finished is kept, whole: mentors, and the student of the first seed.");
        return 130;
    }
    catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or LibTorchLoadException or WeightsException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Pose: {exception.Message}"));
        return 1;
    }
}
