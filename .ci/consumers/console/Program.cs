// Somebody else's trainer, outside the repository, with ClassroomKD.Core and ClassroomKD.Onnx from a package feed: the ten-line loop.
using ClassroomKD;
using ClassroomKD.Onnx;
using TorchSharp;
using static TorchSharp.torch;

LibTorch.Load();
random.manual_seed(1);

using var teacher = new Mentor("wide", nn.Linear(16, 4));
using var file = new Mentor("file", new OnnxModel(Path.Combine(AppContext.BaseDirectory, "mentor.onnx"))); // [n, 4] to [n, 3]
using var peer = new Mentor("peer", nn.Linear(16, 4));
using var classroom = new Classroom([teacher, peer]);

using var net = nn.Linear(16, 4);
using var optimizer = new SgdOptimizer(net.parameters(), learningRate: 0.1);
float first = 0, last = 0;
for (var step = 0; step < 50; step++)
{
    using var scope = NewDisposeScope();
    Tensor x = randn(32, 16), y = x.narrow(1, 0, 4).argmax(1);
    optimizer.zero_grad();
    var lesson = classroom.Teach(x, net.forward(x), y);
    lesson.Loss.backward();
    optimizer.step();
    last = nn.functional.cross_entropy(net.forward(x), y).item<float>();
    if (step == 0)
        first = last;
}
Console.WriteLine($"cross-entropy from {first:F3} to {last:F3}");
Console.WriteLine($"the ONNX file answers {file.Answer(ones(1, 4)).sum().item<float>():F1}, expected 19.2");
return last < first && Math.Abs(file.Answer(ones(1, 4)).sum().item<float>() - 19.2f) < 1e-3 ? 0 : 1;
