using System.CommandLine;
using ClassroomKD;
using Samples;
using Study;
using TorchSharp;

LibTorch.UsePassiveWaiting();
LibTorch.KeepFreedMemory();
var folders = Path.Combine(AppContext.BaseDirectory, "Grids");
var gridFile = new Option<string>("--grid")
{
    Description = "The file of the grid, or the name of one that comes with the program.", DefaultValueFactory = _ => "cifar10",
};
var quick = new Option<bool>("--quick") { Description = "The whole way in three minutes: --grid quick." };
var data = new Option<string?>("--data") { Description = "A CIFAR-10 folder in the official binary format." };
var mentors = new Option<string?>("--mentors") { Description = "The folder of the mentors' weights that the grid names." };
var output = new Option<string?>("--output")
{
    Description = "The folder of the study. Default: study-output, and there one for each grid.",
};
var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };
var threads = new Option<int?>("--threads") { Description = "libtorch's threads of this process." };
var minutes = new Option<double?>("--minutes") { Description = "After so long no other run is begun." };
var page = new Option<string>("--page") { Description = "The page of results to write.", DefaultValueFactory = _ => "docs/results.md" };
var lines = new Option<string?>("--lines") { Description = "The lines to read. Default: those in the folder of the study." };

string GridName(ParseResult parsed) => parsed.GetValue(quick) ? "quick" : parsed.GetValue(gridFile)!;

Grid ReadGrid(ParseResult parsed)
{
    var name = GridName(parsed);
    var path = File.Exists(name) ? name : Path.Combine(folders, $"{name}.json");
    return File.Exists(path) ? Grid.Read(path) : throw new ArgumentException(
        $"There is no grid '{name}', neither as a file nor among those that come along: {string.Join(
            ", ", Directory.GetFiles(folders).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal))}.");
}

int Run(Action run)
{
    try
    {
        run();
        return 0;
    }
    catch (Exception exception) when (UserError.Is(exception))
    {
        return UserError.Tell("Study", exception);
    }
}

StudyFolder Folder(ParseResult parsed) => new(
    parsed.GetValue(output) ?? Path.Combine("study-output", Path.GetFileNameWithoutExtension(GridName(parsed))));

var command = new RootCommand(
    "Trains students in every way that a grid names, beside any number of other processes on the same folder, and goes on where it ended.")
{
    gridFile, quick, data, mentors, output, device, threads, minutes,
};
command.SetAction((parsed, cancellation) => Task.FromResult(Run(() =>
{
    LibTorch.Load();
    if (parsed.GetValue(threads) is { } count)
        torch.set_num_threads(count);
    var grid = ReadGrid(parsed);
    var folder = Folder(parsed);
    var target = torch.device(parsed.GetValue(device)!);
    using var images = grid.GeneratedPersons is null ? new StudyData(grid, parsed.GetValue(data), target) : null;
    folder.Begin(grid, images?.Identity);
    if (images is not null && !folder.IsDone("data"))
        folder.Write("data", images.Line);
    using IWorkshop workshop = images is null
        ? new PoseWorkshop(grid, folder, target) : new ImageWorkshop(grid, folder, images, parsed.GetValue(mentors));
    new Worker(grid, folder, workshop, cancellation).Work(
        parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : TimeSpan.MaxValue);
})));

var shown = new Option<string>("--images")
{
    Description = "What the lines tell the accuracies on, for the page.", DefaultValueFactory = _ => "the test samples",
};
var own = new Option<string?>("--own")
{
    Description = "The study's own lines, where --lines are of other images: the page then says how well the order of the methods holds.",
};
var report = new Command(
    "report", "Writes the page of results and its charts from the lines, and an HTML report of each set of mentors from its logs.")
{
    gridFile, quick, output, page, lines, shown, own,
};
report.SetAction(parsed => Run(() =>
{
    LibTorch.Load();
    var grid = ReadGrid(parsed);
    var folder = Folder(parsed);
    if (parsed.GetValue(lines) is not { } file)
    {
        folder.Collect();
        file = folder.ResultsFile;
    }
    new ResultsPage(grid, Results.Read(grid, file)).Write(
        parsed.GetValue(page)!, $"`{Path.GetFileName(file)}`", parsed.GetValue(shown)!,
        parsed.GetValue(own) is { } before ? Results.Read(grid, before) : null);
    CurvePages.Write(grid, folder);
}));
command.Subcommands.Add(report);

var examined = new Option<string>("--lines") { Description = "The lines to write.", DefaultValueFactory = _ => "examined.jsonl" };
var examine = new Command(
    "examine",
    "Examines the exported students on the test images of another folder, or on newly generated ones, and says whether the order holds.")
{
    gridFile, quick, data, output, examined,
};
examine.SetAction(parsed => Run(() =>
{
    LibTorch.Load();
    var grid = ReadGrid(parsed);
    using var unseen = StudyData.ReadUnseen(grid, parsed.GetValue(data));
    var folder = Folder(parsed);
    folder.Collect();
    Examination.Write(grid, folder, unseen, parsed.GetValue(examined)!);
}));
command.Subcommands.Add(examine);
return await command.Parse(args).InvokeAsync();
