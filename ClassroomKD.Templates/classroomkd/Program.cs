using ClassroomKD;
using ClassroomKD.Vision;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
try
{
    host.Services.GetRequiredService<IOptionsMonitor<ClassroomOptions>>().Get("classroom");   // a misspelled key is said at once
    ExampleMentors.TrainMissing(section.GetSection("Mentors"), images);   // delete it once you have mentors of your own
    host.Start();               // what else is wrong in appsettings.json is said here
    var training = new Training(host.Services, images, stopping);
    training.Run();
    training.WriteReport("run/report.html");
    return 0;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    Console.WriteLine("Stopped. The next run goes on from here.");
    return 0;
}
catch (Exception exception) when (
    exception is OptionsValidationException or AggregateException or CheckpointException or RecordingException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
