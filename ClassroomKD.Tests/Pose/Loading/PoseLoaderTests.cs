using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Pose.Persons;

namespace ClassroomKD.Tests.Pose.Loading;

public sealed class PoseLoaderTests
{
    private const int Patience = 30_000;

    // Bytes as they are: (x / 255 - 0) / (1 / 255).
    private static PoseLoaderOptions Raw(int batch, Action<PoseLoaderOptions>? change = null)
    {
        var options = new PoseLoaderOptions
        {
            BatchSize = batch, InputWidth = 48, InputHeight = 64, Normalization = new([0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]),
            Seed = 3, Workers = 2,
        };
        change?.Invoke(options);
        return options;
    }

    [TestCase(false, double.PositiveInfinity, 60, .02), CancelAfter(Patience)]
    [TestCase(true, double.PositiveInfinity, 60, .02)]
    [TestCase(false, .5, 90, .3)]
    public void Pixels_come_from_where_the_affine_says(bool udp, double detail, double size, double within)
    {
        var loader = new PoseLoader(PersonCase.Some(40, size), Raw(8, o => { o.Augmentation = new(); o.Udp = udp; o.Detail = detail; }));
        var (compared, mirrored) = (0, 0);
        foreach (var batch in loader.Epoch(0))
        {
            var pixels = batch.Images.Doubles();
            for (var i = 0; i < batch.Persons.Count; i++)
            {
                var map = batch.Crops[i];
                mirrored += map.A * map.E - map.B * map.D < 0 ? 1 : 0;
                var back = map.Inverse();
                // Well inside the image nothing is blended with the black beyond it.
                var margin = double.IsFinite(detail) ? 12 : 1;
                for (var y = 0; y < 64; y++)
                {
                    for (var x = 0; x < 48; x++)
                    {
                        var (u, v) = back.Apply(x, y);
                        if (u < margin || v < margin || u > PersonCase.Side - 1 - margin || v > PersonCase.Side - 1 - margin)
                            continue;
                        (pixels[((i * 3) * 64 + y) * 48 + x] / 2).Should().BeApproximately(u, within);
                        (pixels[((i * 3 + 1) * 64 + y) * 48 + x] / 2).Should().BeApproximately(v, within);
                        compared++;
                    }
                }
            }
        }
        compared.Should().BeGreaterThan(40_000);
        mirrored.Should().BeInRange(8, 32);
    }

    [Test, CancelAfter(Patience)]
    public void Beyond_the_image_is_black_and_a_crop_that_misses_it_is_black_altogether()
    {
        var persons = new[] { 0, 5000 }.Select(x => new PersonSample
        {
            Id = x, ImageId = 0, File = "f", ImageWidth = 30, ImageHeight = 30, Box = new KeypointBox(x, 0, 30, 30), Area = 10,
            Keypoints = [.. Enumerable.Repeat(1.0, 51)],
        }).ToArray();
        var data = new PersonDataset(persons, JointLayout.Coco, PersonCase.Coordinates);
        var loader = new PoseLoader(data, Raw(2, o => { o.Shuffle = false; o.InputHeight = 48; }));
        // Blue is 200 wherever there is image.
        var blue = loader.Epoch(0).Select(batch => batch.Images.select(1, 2).Doubles()).Single();
        blue[0].Should().Be(0);
        blue[24 * 48 + 24].Should().BeApproximately(200, 1e-3);
        blue.Skip(48 * 48).Should().AllSatisfy(value => value.Should().Be(0));
    }

    [Test, CancelAfter(Patience)]
    public void Joints_go_with_their_pixels_and_back_and_change_places_in_the_mirror()
    {
        var data = PersonCase.Some(60);
        var seen = 0;
        foreach (var batch in new PoseLoader(data, Raw(7, o => o.Augmentation = new())).Epoch(2))
        {
            var (joints, visible, areas) = (batch.Target.Joints.Doubles(), batch.Target.Visibility.Doubles(), batch.Target.Areas.Doubles());
            for (var i = 0; i < batch.Persons.Count; i++)
            {
                var (person, map) = (data.Persons[batch.Persons[i]], batch.Crops[i]);
                var determinant = map.A * map.E - map.B * map.D;
                areas[i].Should().BeApproximately(person.Area * Math.Abs(determinant), 1e-3 * areas[i]);
                for (var k = 0; k < 17; k++)
                {
                    var source = determinant > 0 || k == 0 ? k : k % 2 == 1 ? k + 1 : k - 1;
                    visible[i * 17 + k].Should().Be(person.Keypoints[3 * source + 2]);
                    if (visible[i * 17 + k] == 0)
                        continue;
                    var (x, y) = map.Inverse().Apply(joints[2 * (i * 17 + k)], joints[2 * (i * 17 + k) + 1]);
                    x.Should().BeApproximately(person.Keypoints[3 * source], 1e-3);
                    y.Should().BeApproximately(person.Keypoints[3 * source + 1], 1e-3);
                    seen++;
                }
            }
        }
        seen.Should().Be(60 * 16);
    }

    [Test, CancelAfter(Patience)]
    public void Without_augmentation_the_crop_is_that_of_the_box()
    {
        var data = PersonCase.Some(5);
        var batch = new PoseLoader(data, Raw(5, o => o.Shuffle = false)).Epoch(0).Single();
        for (var i = 0; i < 5; i++)
            batch.Crops[i].Should().Be(CropTransform.Msra(PersonCrop.FromBox(data.Persons[i].Box), 48, 64));
    }

    [Test, CancelAfter(Patience)]
    public void Batches_depend_on_seed_and_epoch_and_not_on_the_workers()
    {
        var data = PersonCase.Some(41);
        List<double[]> Read(int workers, int epoch, long seed) =>
            [.. new PoseLoader(data, Raw(6, o => { o.Augmentation = new(); o.Workers = workers; o.Seed = seed; })).Epoch(epoch)
                .Select(batch => (double[])
                    [.. batch.Images.Doubles(), .. batch.Target.Joints.Doubles(), .. batch.Persons.Select(p => (double)p)])];
        var once = Read(1, 4, 3);
        foreach (var workers in new[] { 2, 5 })
        {
            var again = Read(workers, 4, 3);
            again.Should().HaveCount(7);
            for (var i = 0; i < once.Count; i++)
                again[i].AsSpan().SequenceEqual(once[i]).Should().BeTrue();
        }
        Read(2, 5, 3)[0].AsSpan().SequenceEqual(once[0]).Should().BeFalse();
        Read(2, 4, 4)[0].AsSpan().SequenceEqual(once[0]).Should().BeFalse();
    }

    [Test]
    public void Augmentation_is_drawn_as_HRNet_draws_it()
    {
        var person = PersonCase.Some(1).Persons[0];
        var plain = PersonCrop.FromBox(person.Box);
        var whole = new PoseAugmentation { HalfBodyProbability = 0 };
        var drawn = Enumerable.Range(0, 4000).Select(i => whole.Draw(person, JointLayout.Coco, SplitMix64.Of(1, i), .75, 1.25)).ToList();
        var scales = drawn.Select(d => d.Crop.Width / plain.Width).ToList();
        scales.Min().Should().BeApproximately(.65, 1e-12);
        scales.Max().Should().BeApproximately(1.35, 1e-12);
        // P(|N| > 1) of a clipped normal number lies at the ends.
        scales.Count(s => s is < .6501 or > 1.3499).Should().BeInRange(1160, 1380);
        drawn.Count(d => d.Degrees != 0).Should().BeInRange(2300, 2500);
        drawn.Max(d => Math.Abs(d.Degrees)).Should().BeApproximately(90, 1e-9);
        drawn.Count(d => d.Mirrored).Should().BeInRange(1900, 2100);
        drawn.Should().OnlyContain(d => d.Crop.CenterX == plain.CenterX && d.Crop.CenterY == plain.CenterY);
    }

    [Test]
    public void Half_bodies_are_centered_on_their_joints()
    {
        var person = PersonCase.Some(1).Persons[0];
        var whole = new PoseAugmentation { Scale = 0, HalfBodyProbability = 1 };
        PersonCrop Of(IEnumerable<int> joints)
        {
            var (xs, ys) = (joints.Select(k => person.Keypoints[3 * k]).ToList(), joints.Select(k => person.Keypoints[3 * k + 1]).ToList());
            var extent = new KeypointBox(0, 0, xs.Max() - xs.Min(), ys.Max() - ys.Min());
            return PersonCrop.FromBox(extent, .75, 1.5) with { CenterX = xs.Average(), CenterY = ys.Average() };
        }
        var (upper, lower) = (Of(Enumerable.Range(0, 11)), Of(Enumerable.Range(11, 5)));
        var drawn = Enumerable.Range(0, 2000)
            .Select(i => whole.Draw(person, JointLayout.Coco, SplitMix64.Of(1, i), .75, 1.25).Crop).ToList();
        drawn.Should().OnlyContain(crop => crop == upper || crop == lower);
        // A normal number below .5: 69 of 100.
        drawn.Count(crop => crop == upper).Should().BeInRange(1310, 1460);
        (whole with { HalfBodyJoints = 16 }).Draw(person, JointLayout.Coco, SplitMix64.Of(1), .75, 1.25).Crop
            .Should().Be(PersonCrop.FromBox(person.Box));
    }

    [Test, CancelAfter(Patience)]
    public void Leaves_no_tensor_behind()
    {
        var data = PersonCase.Some(30);
        int Epoch(int stopAfter) => new PoseLoader(data, Raw(4, o => o.Augmentation = new())).Epoch(0).Take(stopAfter).Count();
        Epoch(100).Should().Be(8);
        var before = LiveTensors.Settled();
        for (var i = 0; i < 5; i++)
            Epoch(i == 4 ? 2 : 100);
        Tensor.TotalCount.Should().Be(before);
    }

    [Test, CancelAfter(Patience)]
    public void Broken_images_are_skipped_and_counted_or_thrown_with_file_and_annotation()
    {
        using var folder = new TemporaryFolder();
        string[] annotations = [PersonCase.Annotation(7), PersonCase.Annotation(8, image: 2), PersonCase.Annotation(9, image: 5)];
        var data = CocoPersons.Open(PersonCase.CocoFolder(folder, annotations), "part");
        var loader = new PoseLoader(data, Raw(3, o => o.Shuffle = false));
        loader.Epoch(0).Sum(batch => batch.Persons.Count).Should().Be(1);
        loader.Skipped.Keys.Should().BeEquivalentTo([1, 2]);
        loader.Skipped[1].Message.Should().Match("*2.jpg: the Jpeg image ends early*(annotation 8).");
        loader.Skipped[2].Message.Should().Match("*1.jpg: annotation 9 was made on 50 x 24 pixels, the image has 40 x 24.");
        FluentActions.Enumerating(() => new PoseLoader(data, Raw(3, o => { o.Broken = BrokenSamples.Throw; o.Shuffle = false; })).Epoch(0))
            .Should().Throw<ImageException>().WithMessage("*2.jpg*annotation 8*");
    }

    [Test]
    public void Refuses_options_out_of_range()
    {
        var data = PersonCase.Some(1);
        foreach (var (options, name) in new (PoseLoaderOptions, string)[]
        {
            (Raw(0), "BatchSize"), (Raw(1, o => o.InputWidth = 1), "InputWidth"), (Raw(1, o => o.Detail = 0), "Detail"),
            (Raw(1, o => o.Padding = double.NaN), "Padding"), (Raw(1, o => o.Normalization = new([1], [1])), "Normalization"),
            (Raw(1, o => o.Augmentation = new() { Scale = 1 }), "Scale"),
            (Raw(1, o => o.Augmentation = new() { MirrorProbability = 2 }), "MirrorProbability"),
        })
            FluentActions.Invoking(() => new PoseLoader(data, options)).Should().Throw<ArgumentException>().WithMessage($"*{name}*");
    }
}
