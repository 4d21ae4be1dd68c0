// A TorchSharp trainer with the usual traps, which the package's analyzers find and mend.
using TorchSharp;
using static TorchSharp.torch;

using var net = nn.Linear(4, 4);
using var optimizer = optim.Adam(net.parameters());
for (var step = 0; step < 10; step++)
{
    optimizer.zero_grad();
    var x = rand(8, 4) * 2f - 1;
    var loss = (net.forward(x) - x).abs().sum(0).mean();
    loss.backward();
    optimizer.step();
}
