using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Vision.Data;

namespace ClassroomKD.Tests.Pose.Persons;

public sealed class RealPersonsTests
{
    [TestCase("train2017", 86)]
    [TestCase("val2017", 68)]
    public void Coco_mini_loads_whole(string part, int persons)
    {
        var data = CocoPersons.Open(RealData.Folder("coco-mini"), part);
        data.Persons.Should().HaveCount(persons);
        var loader = new PoseLoader(data, new() { BatchSize = 32, Augmentation = new(), Broken = BrokenSamples.Throw });
        loader.Epoch(0).Sum(batch => batch.Images.isfinite().all().item<bool>() ? batch.Persons.Count : 0).Should().Be(persons);
    }

    [Test]
    public void Joints_of_coco_mini_come_back_to_where_they_are_annotated()
    {
        var data = CocoPersons.Open(RealData.Folder("coco-mini"), "val2017");
        var (geometry, codec) = (new HeatmapGeometry(192, 256, 48, 64), new HeatmapCodec(HeatmapEncoding.Dark));
        var options = new PoseLoaderOptions { BatchSize = 32, Shuffle = false };
        using var truths = new PoseLoader(data, options).Epoch(0).GetEnumerator();
        var predictions = PosePredictor.Predict(new PoseLoader(data, options), _ =>
        {
            truths.MoveNext();
            return new HeatmapPose(
                codec.Encode(truths.Current.Target.Joints, truths.Current.Target.Visibility, geometry).Heatmaps, geometry, codec);
        });
        // All persons are found; the scores of unlabeled joints are 0, so order and nothing else costs a little.
        PoseEvaluation.Coco(data, predictions).AR.Should().BeGreaterThan(.98);
    }

    [Test]
    public void Mpii_mini_loads_whole()
    {
        var folder = RealData.Folder("mpii-mini");
        var data = MpiiPersons.Load(Path.Combine(folder, "annot", "valid.json"), Path.Combine(folder, "images"));
        data.Persons.Should().HaveCount(5);
        var loader = new PoseLoader(
            data, new() { BatchSize = 5, InputWidth = 256, InputHeight = 256, Broken = BrokenSamples.Throw, Shuffle = false });
        // Annotated joints of whole persons lie on their crops.
        var inside = loader.Epoch(0).Select(batch => batch.Target.Joints
            .ge(Scalars.Zero).logical_and(batch.Target.Joints.lt(Scalars.Of(256))).all(2)
            .logical_or(batch.Target.Visibility.eq(Scalars.Zero)).to(ScalarType.Float32).mean().Number()).Single();
        inside.Should().BeGreaterThan(.95);
    }
}
