using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Decodes and fits labeled files; a batch holds raw images and labels on a device.</summary>
internal sealed class ImageFileSource(LabeledFiles files, IImageFit fit, ImageDecoder decoder, Device device)
    : IBatchSource<ImageFileSource.Sample, ImageBatch>
{
    public int Count => files.Count;

    public string Describe(int index) => files.Paths[index];

    public Sample Load(in SampleRequest request)
    {
        using var image = decoder.Open(files.Paths[request.Index]);
        var random = request.Random();
        return new Sample(fit.Apply(image, ref random), files.Labels[request.Index]);
    }

    public ImageBatch Collate(IReadOnlyList<Sample> samples, in BatchRequest request)
    {
        var labels = empty([samples.Count], ScalarType.Int64, CPU);
        var classes = HostTensor.Values<long>(labels);
        var images = new RgbImage[samples.Count];
        for (var i = 0; i < images.Length; i++)
            (images[i], classes[i]) = (samples[i].Image, samples[i].Label);
        return new ImageBatch(
            ImageTensor.Stack(images, device).DetachFromDisposeScope(), DeviceTransfer.Send(labels, device).DetachFromDisposeScope())
        {
            Number = request.Batch,
        };
    }

    public readonly record struct Sample(RgbImage Image, int Label) : IDisposable
    {
        public void Dispose() => Image.Dispose();
    }
}
