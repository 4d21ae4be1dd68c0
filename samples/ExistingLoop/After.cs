using ClassroomKD;
using TorchSharp;
using static TorchSharp.torch;

namespace ExistingLoop;

/// <summary>The same trainer with mentors: one line has changed.</summary>
internal static class After
{
    public static void Train(
        nn.Module<Tensor, Tensor> net, IEnumerable<(Tensor X, Tensor Y)> loader, optim.Optimizer optimizer, Classroom classroom)
    {
        foreach (var (x, y) in loader)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = classroom.Teach(x, net.forward(x), y).Loss;
            loss.backward();
            optimizer.step();
        }
    }
}
