using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>The basic block: two 3x3 convolutions beside a shortcut, which is a strided 1x1 convolution where the shape changes.</summary>
/// <remarks>Field names are the parameter names of the public checkpoints.</remarks>
internal sealed class ResidualBlock : ScopedModule
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Sequential? downsample;

    public ResidualBlock(int inputs, int outputs, int stride)
        : base(nameof(ResidualBlock))
    {
        conv1 = nn.Conv2d(inputs, outputs, kernel_size: 3, stride: stride, padding: 1, bias: false);
        bn1 = new BatchNormalization(outputs);
        conv2 = nn.Conv2d(outputs, outputs, kernel_size: 3, padding: 1, bias: false);
        bn2 = new BatchNormalization(outputs);
        if (stride != 1 || inputs != outputs)
            downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, kernel_size: 1, stride: stride, bias: false),
                new BatchNormalization(outputs));
        RegisterComponents();
    }

    protected override Tensor Compute(Tensor input)
    {
        var hidden = bn1.call(conv1.call(input)).relu_();
        var residual = bn2.call(conv2.call(hidden));
        var shortcut = downsample is null ? input : downsample.call(input);
        return residual.add_(shortcut, Scalars.One).relu_();
    }
}
