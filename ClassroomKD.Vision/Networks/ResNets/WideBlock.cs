using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>The pre-activation block; where the width changes, the shortcut starts from the normalized input too.</summary>
/// <remarks>Field names are the parameter names of the CRD zoo.</remarks>
internal sealed class WideBlock : NetworkModule
{
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn2;
    private readonly Conv2d conv2;
    private readonly Conv2d? convShortcut;

    public WideBlock(int inputs, int outputs, int stride)
        : base(nameof(WideBlock))
    {
        bn1 = new BatchNormalization(inputs);
        (conv1, bn2) = (Layers.Convolution(inputs, outputs, 3, stride), new BatchNormalization(outputs));
        conv2 = Layers.Convolution(outputs, outputs, 3);
        convShortcut = inputs == outputs ? null : Layers.Convolution(inputs, outputs, 1, stride);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var active = ops.Relu(ops.Apply(bn1, input), overwrite: true);
        var hidden = ops.Relu(ops.Apply(bn2, ops.Apply(conv1, active)), overwrite: true);
        var shortcut = convShortcut is null ? input : ops.Apply(convShortcut, active);
        return ops.Add(ops.Apply(conv2, hidden), shortcut, overwrite: true);
    }
}
