using System.Globalization;
using ClassroomKD;
using ExistingLoop;
using static TorchSharp.torch;

LibTorch.UsePassiveWaiting();
LibTorch.KeepFreedMemory();
LibTorch.Load();
random.manual_seed(1);

// What the trainer already has: two models that know the task.
using var large = new Mentor("large", Trained(width: 64, steps: 1500));
using var medium = new Mentor("medium", Trained(width: 32, steps: 1500));
using var classroom = new Classroom([large, medium]);

foreach (var taught in new[] { false, true })
{
    random.manual_seed(2);
    using var net = Data.Network(width: 8);
    using var optimizer = new AdamWOptimizer(net.parameters(), learningRate: 0.01);
    if (taught)
        After.Train(net, Data.Loader(400, seed: 3), optimizer, classroom);
    else
        Before.Train(net, Data.Loader(400, seed: 3), optimizer);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(taught ? "After " : "Before")}: accuracy {Data.Accuracy(net):P1}"));
}

foreach (var mentor in classroom.ReadReport().Mentors)
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{mentor.Name} taught {mentor.TaughtShare:P0} of the samples, temperature {mentor.MeanTemperature:F2} on average"));

static TorchSharp.Modules.Sequential Trained(int width, int steps)
{
    var network = Data.Network(width);
    using var optimizer = new AdamWOptimizer(network.parameters(), learningRate: 0.01);
    Before.Train(network, Data.Loader(steps, seed: width), optimizer);
    return network;
}
