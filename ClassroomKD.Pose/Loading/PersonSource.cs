using System.Buffers;
using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>What a <see cref="PoseLoader"/>'s threads do.</summary>
internal sealed class PersonSource(PersonDataset data, PoseLoaderOptions options) : IBatchSource<PersonCut, PoseBatch>
{
    private readonly double aspect = (double)options.InputWidth / options.InputHeight;

    public int Count => data.Persons.Count;

    public string Describe(int index) => $"{data.Persons[index].File} (annotation {data.Persons[index].Id})";

    public PersonCut Load(in SampleRequest request)
    {
        var person = data.Persons[request.Index];
        var placement = options.Augmentation?.Draw(person, data.Joints, request.Random(), aspect, options.Padding)
            ?? new PersonPlacement(PersonCrop.FromBox(person.Box, aspect, options.Padding), 0, false);
        using var image = data.ReadImage(request.Index);
        return PersonCut.Of(request.Index, image, placement, options.InputWidth, options.InputHeight, options.Udp, options.Detail);
    }

    public PoseBatch Collate(IReadOnlyList<PersonCut> samples, in BatchRequest request)
    {
        var canvases = Canvases(samples);
        var images = BatchWarp.Sample(
            DeviceTransfer.Send(canvases, options.Device), [.. samples.Select(cut => cut.FromInput)],
            options.InputWidth, options.InputHeight);
        options.Normalization.ApplyInPlace(images);
        var target = Truth(samples);
        return new PoseBatch(
            images.DetachFromDisposeScope(), target, [.. samples.Select(cut => cut.Index)], [.. samples.Select(cut => cut.Map)]);
    }

    private static Tensor Canvases(IReadOnlyList<PersonCut> cuts)
    {
        var (width, height) = (cuts.Max(cut => cut.Pixels?.Width ?? 1), cuts.Max(cut => cut.Pixels?.Height ?? 1));
        var canvases = zeros([cuts.Count, RgbImage.Planes, height, width], ScalarType.Byte, CPU);
        var bytes = HostTensor.Values<byte>(canvases);
        var planes = ArrayPool<byte>.Shared.Rent(RgbImage.Planes * height * width);
        for (var i = 0; i < cuts.Count; i++)
        {
            if (cuts[i].Pixels is not { } pixels)
                continue;
            pixels.CopyPlanesTo(planes.AsSpan(0, RgbImage.Planes * pixels.Width * pixels.Height));
            for (var plane = 0; plane < RgbImage.Planes; plane++)
                for (var y = 0; y < pixels.Height; y++)
                    planes.AsSpan((plane * pixels.Height + y) * pixels.Width, pixels.Width)
                        .CopyTo(bytes[(((i * RgbImage.Planes + plane) * height + y) * width)..]);
        }
        ArrayPool<byte>.Shared.Return(planes);
        return canvases;
    }

    private PoseTarget Truth(IReadOnlyList<PersonCut> cuts)
    {
        var count = data.Joints.Count;
        var joints = zeros([cuts.Count, count, 2], ScalarType.Float32, CPU);
        var visibility = zeros([cuts.Count, count], ScalarType.Float32, CPU);
        var areas = zeros([cuts.Count], ScalarType.Float32, CPU);
        Span<float> places = HostTensor.Values<float>(joints), visible = HostTensor.Values<float>(visibility);
        var sizes = HostTensor.Values<float>(areas);
        for (var i = 0; i < cuts.Count; i++)
        {
            var (cut, person) = (cuts[i], data.Persons[cuts[i].Index]);
            sizes[i] = (float)(person.Area * Math.Abs(cut.Map.A * cut.Map.E - cut.Map.B * cut.Map.D));
            for (var k = 0; k < count; k++)
            {
                var source = 3 * (cut.Mirrored ? data.Joints.MirrorOrder[k] : k);
                var v = person.Keypoints[source + 2];
                if (!(v > 0))
                    continue;
                var (x, y) = cut.Map.Apply(person.Keypoints[source], person.Keypoints[source + 1]);
                (places[2 * (i * count + k)], places[2 * (i * count + k) + 1], visible[i * count + k]) = ((float)x, (float)y, (float)v);
            }
        }
        return new PoseTarget(Sent(joints), Sent(visibility), Sent(areas));
    }

    private Tensor Sent(Tensor tensor) => DeviceTransfer.Send(tensor, options.Device).DetachFromDisposeScope();
}
