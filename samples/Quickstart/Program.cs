using System.CommandLine;
using ClassroomKD;
using Quickstart;
using Samples;
using TorchSharp;

LibTorch.UsePassiveWaiting();
LibTorch.KeepFreedMemory();

var data = new Option<string?>("--data") { Description = "A CIFAR-10 or CIFAR-100 folder in the official binary format. Default: generated images." };
var epochs = SampleCommand.Count("--epochs", "Epochs of every training.", 5);
var seeds = SampleCommand.Count("--seeds", "How often the three students are trained, each time from another start.", 1);
var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
var preset = new Option<ClassroomPreset>("--preset") { Description = "The variant of the method.", DefaultValueFactory = _ => ClassroomPreset.Paper };
var output = new Option<string>("--output") { Description = "Where the student and the plot are written, and mentors are kept for the next run.", DefaultValueFactory = _ => "quickstart-output" };

var command = new RootCommand("Trains three mentors, then one small student alone, with one mentor, and in the classroom of all three.")
{
    data, epochs, seeds, device, preset, output,
};
command.SetAction((parsed, cancellation) => Task.FromResult(SampleCommand.Run("Quickstart", () => Study.Run(
    new QuickstartOptions
    {
        Data = parsed.GetValue(data),
        Epochs = parsed.GetValue(epochs),
        Seeds = parsed.GetValue(seeds),
        Device = torch.device(parsed.GetValue(device)!),
        Preset = parsed.GetValue(preset),
        Output = parsed.GetValue(output)!,
    },
    cancellation))));
return await command.Parse(args).InvokeAsync();
