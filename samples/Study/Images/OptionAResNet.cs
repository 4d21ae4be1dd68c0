using ClassroomKD;
using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Study;

/// <summary>He et al.'s ResNet for 32x32 images with shortcuts of option A: every second pixel, new channels zero.</summary>
internal sealed class OptionAResNet : nn.Module<Tensor, Tensor>
{
    private static readonly long[] Plane = [2, 3];
    private readonly Conv2d conv1 = Layers.Convolution(3, 16, 3);
    private readonly BatchNormalization bn1 = new(16);
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Linear linear;

    public OptionAResNet(int depth, int classes)
        : base($"ResNet-{depth}")
    {
        Sequential Stage(int inputs, int outputs) => nn.Sequential(
            Enumerable.Range(0, (depth - 2) / 6).Select(block => new Block(block == 0 ? inputs : outputs, outputs)));
        (layer1, layer2, layer3, linear) = (Stage(16, 16), Stage(16, 32), Stage(32, 64), nn.Linear(64, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = bn1.forward(conv1.forward(input)).relu();
        return linear.forward(layer3.forward(layer2.forward(layer1.forward(x))).mean(Plane)).MoveToOuterDisposeScope();
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly BatchNormalization bn1;
        private readonly Conv2d conv2;
        private readonly BatchNormalization bn2;
        private readonly int added; // channels, half of them before and half behind

        public Block(int inputs, int outputs)
            : base(nameof(Block))
        {
            added = outputs - inputs;
            conv1 = Layers.Convolution(inputs, outputs, 3, added == 0 ? 1 : 2);
            (bn1, bn2, conv2) = (new(outputs), new(outputs), Layers.Convolution(outputs, outputs, 3));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var beside = added == 0 ? input : nn.functional.pad(
                input[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)], [0, 0, 0, 0, added / 2, added / 2]);
            var x = bn2.forward(conv2.forward(bn1.forward(conv1.forward(input)).relu()));
            return x.add(beside, Scalars.One).relu().MoveToOuterDisposeScope();
        }
    }
}
