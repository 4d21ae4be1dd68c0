using System.CommandLine;
using System.Globalization;
using ClassroomKD;
using TorchSharp;

namespace Samples;

/// <summary>The command line of a study, and how a run ends.</summary>
/// <param name="name">The sample's name.</param>
/// <param name="description">What the sample does.</param>
/// <param name="dataDescription">What <c>--data</c> may be.</param>
/// <param name="standardEpochs">The epochs unless others are asked for.</param>
/// <param name="records">Whether the study can record its mentors' answers.</param>
internal sealed class StudyCommand(string name, string description, string dataDescription, int standardEpochs, bool records = false)
{
    /// <summary>Reads the command line, loads libtorch and runs; an error that the user can mend is one line on the error stream.</summary>
    /// <typeparam name="T">The type of the study's own option.</typeparam>
    /// <returns>0; 1 where something is wrong; 130 after Ctrl-C.</returns>
    public Task<int> Invoke<T>(string[] args, Option<T> own, Action<StudyOptions, T, CancellationToken> run)
    {
        LibTorch.UsePassiveWaiting();
        LibTorch.KeepFreedMemory();
        var data = new Option<string?>("--data") { Description = dataDescription };
        var epochs = Count("--epochs", "Epochs of every training.", standardEpochs);
        var seeds = Count("--seeds", "How often the student is trained in each way, each time from another start.", 1);
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
        var output = new Option<string>("--output")
        {
            Description = "Where results are written, and mentors are kept for the next run.",
            DefaultValueFactory = _ => $"{name.ToLowerInvariant()}-output",
        };
        var checkpoint = new Option<string?>("--checkpoint")
        {
            Description = "A folder for checkpoints: the same command, called again, goes on where this one was ended, by whatever.",
        };
        var record = new Option<string?>("--record")
        {
            Description = "A folder for the mentors' answers, which are recorded once; students learn from them.",
        };
        var command = new RootCommand(description) { data, epochs, seeds, device, own, output, checkpoint };
        if (records)
            command.Add(record);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(parsed.GetValue(checkpoint) is not null, () => run(
            new StudyOptions(
                parsed.GetValue(data), parsed.GetValue(epochs), parsed.GetValue(seeds), torch.device(parsed.GetValue(device)!),
                parsed.GetValue(output)!, parsed.GetValue(checkpoint), records ? parsed.GetValue(record) : null),
            parsed.GetValue(own)!,
            cancellation))));
        return command.Parse(args).InvokeAsync();
    }

    private static Option<int> Count(string name, string description, int standard)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} must be at least 1.");
        });
        return option;
    }

    private int Run(bool resumable, Action run)
    {
        try
        {
            LibTorch.Load();
            run();
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(resumable
                ? "Stopped. The same command goes on from here."
                : "Stopped. What was finished is kept, whole: mentors, and the student of the first seed.");
            return 130;
        }
        catch (Exception exception) when (UserError.Is(exception))
        {
            return UserError.Tell(name, exception);
        }
    }
}
