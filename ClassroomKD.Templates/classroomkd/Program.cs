using ClassroomKD;
using ClassroomKD.Vision;
using ClassroomTrainer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TorchSharp;

LibTorch.UsePassiveWaiting();   // first of all: without it, steps are many times slower beside other work
LibTorch.KeepFreedMemory();
LibTorch.Load();
torch.random.manual_seed(1);    // the students' first weights

var builder = Host.CreateApplicationBuilder(args);
var section = builder.Configuration.GetSection("Classrooms:images");
using var images = Images.Generate();
ExampleMentors.TrainMissing(section.GetSection("Mentors"), images);

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
host.Start();                   // what is wrong in appsettings.json is said here
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
try
{
    var training = new Training(host.Services, images, stopping);
    training.Run();
    training.WriteReport("run/report.html");
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    Console.WriteLine("Stopped. The next run goes on from here.");
}
host.StopAsync().GetAwaiter().GetResult();
