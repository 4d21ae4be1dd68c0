using System.Runtime.InteropServices;
using ClassroomKD;
using ClassroomKD.Vision;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

LibTorch.UsePassiveWaiting();   // first of all: without it, steps are many times slower beside other work
LibTorch.KeepFreedMemory();
LibTorch.Load();

var builder = Host.CreateApplicationBuilder(args);
var section = builder.Configuration.GetSection("Classrooms:images");

// Two students of the same kind: one learns from the labels alone, to compare with, the other in the classroom.
builder.Services.AddClassroom("alone").AddModelSource(new VisionNetworkSource()).AddStudent(section.GetSection("Student"));
builder.Services.AddClassroom("classroom")
    .Configure(section)
    .AddModelSource(new VisionNetworkSource())
    .AddMentors(section.GetSection("Mentors"))
    .AddStudent(section.GetSection("Student"))
    .Configure<RecordingOptions>(section.GetSection("Recording"))
    .Configure<TrainerOptions>(section.GetSection("Trainer"));

using var host = builder.Build();
using var images = Images.Generate();

// A host listens to Ctrl+C once it has started, which is after the mentors' training.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    host.Services.GetRequiredService<IOptionsMonitor<ClassroomOptions>>().Get("classroom");   // a misspelled key is said at once
    var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Mentors");
    ExampleMentors.TrainMissing(section.GetSection("Mentors"), images, logger, stop.Token);   // delete it once you have mentors of your own
    host.Start();               // what else is wrong in appsettings.json is said here
    var training = new Training(host.Services, images, stop.Token);
    training.Run();
    training.WriteReport("run/report.html");
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Stopped. The next run goes on from here.");
    return 0;
}
catch (Exception exception) when (
    exception is OptionsValidationException or AggregateException or CheckpointException or RecordingException or WeightsException
        or MentorException or IOException)
{
    Console.Error.WriteLine(exception.Message);
    if (exception is CheckpointException)
        Console.Error.WriteLine("README.md, \"Another training\", says how to begin anew.");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
