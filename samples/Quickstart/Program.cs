using System.CommandLine;
using System.Globalization;
using ClassroomKD;
using Quickstart;
using TorchSharp;

LibTorch.UsePassiveWaiting();
LibTorch.KeepFreedMemory();

var data = new Option<string?>("--data") { Description = "A CIFAR-10 or CIFAR-100 folder in the official binary format. Default: generated images." };
var epochs = new Option<int>("--epochs") { Description = "Epochs of every training.", DefaultValueFactory = _ => 5 };
var seeds = new Option<int>("--seeds") { Description = "How often the three students are trained, each time from another start.", DefaultValueFactory = _ => 1 };
var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
var preset = new Option<ClassroomPreset>("--preset") { Description = "The variant of the method.", DefaultValueFactory = _ => ClassroomPreset.Paper };
var output = new Option<string>("--output") { Description = "Where the student and the plot are written, and mentors are kept for the next run.", DefaultValueFactory = _ => "quickstart-output" };
epochs.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError("--epochs must be at least 1."); });
seeds.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError("--seeds must be at least 1."); });

var command = new RootCommand("Trains three mentors, then one small student alone, with one mentor, and in the classroom of all three.")
{
    data, epochs, seeds, device, preset, output,
};
command.SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
return await command.Parse(args).InvokeAsync();

int Run(ParseResult parsed, CancellationToken cancellation)
{
    try
    {
        LibTorch.Load();
        Study.Run(
            new QuickstartOptions
            {
                Data = parsed.GetValue(data),
                Epochs = parsed.GetValue(epochs),
                Seeds = parsed.GetValue(seeds),
                Device = torch.device(parsed.GetValue(device)!),
                Preset = parsed.GetValue(preset),
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
    catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or LibTorchLoadException or UnauthorizedAccessException or WeightsException)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Quickstart: {exception.Message}"));
        return 1;
    }
}
