using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace Study;

/// <summary>The networks of a study by name: those of the library, and small ones.</summary>
internal static class Networks
{
    public static nn.Module<Tensor, Tensor> Create(string name, int classes, int seed, Device device)
    {
        random.manual_seed(seed);
        nn.Module<Tensor, Tensor> network = name switch
        {
            "resnet8-half" => new CifarResNet(8, classes, width: 8),
            "mobilenet-small" => new SmallMobileNet(classes),
            "mobilenet-tiny" => new SmallMobileNet(classes, stemStride: 2),
            _ => VisionNetworks.Create(name, classes),
        };
        return network.to(device);
    }
}
