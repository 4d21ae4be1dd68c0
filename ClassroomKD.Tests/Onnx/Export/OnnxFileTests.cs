using ClassroomKD.Imaging;
using System.Text;
using ClassroomKD.Onnx;
using ClassroomKD.Pose;
using ClassroomKD.Vision;
using Microsoft.ML.OnnxRuntime;

namespace ClassroomKD.Tests.Onnx.Export;

public sealed class OnnxFileTests : TensorFixture
{
    private TemporaryFolder folder = null!;

    private string FilePath => Path.Combine(folder.Root, "student.onnx");

    [SetUp]
    public void Open()
    {
        folder = new TemporaryFolder();
        manual_seed(4);
    }

    [TearDown]
    public void Close() => folder.Dispose();

    [Test]
    public void A_trained_student_decides_the_same_from_every_file()
    {
        using var data = ShapesAndTextures.Generate(320, seed: 1);
        using var unseen = ShapesAndTextures.Generate(100, seed: 2);
        var normalization = data.MeasureNormalization();
        using var student = new Student("student", VisionNetworks.Create("resnet8", 10));
        using var optimizer = new SgdOptimizer(student.Module.parameters(), learningRate: 0.05, momentum: 0.9);
        foreach (var (x, y) in new BatchSampler(data, new() { BatchSize = 32, Seed = 1 }) { Normalization = normalization }.Epoch(0))
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(student.Answer(x), y).backward();
            optimizer.step();
        }
        var card = new ModelCard
        {
            NetworkName = "resnet8", ClassNames = data.ClassNames, InputSize = (32, 32),
            Mean = normalization.Mean, StandardDeviation = normalization.StandardDeviation,
        };
        var weights = Path.Combine(folder.Root, "student.safetensors");
        OnnxFile.Write(FilePath, student.Module, card);
        student.Save(weights, card);
        student.Module.training.Should().BeTrue("export leaves the student as it is");

        var images = normalization.Apply(unseen.Images);
        var expected = student.Examine(images);
        expected.argmax(1).Doubles().Distinct().Should().HaveCountGreaterThan(2, "else the comparison says little");
        using var file = new OnnxModel(FilePath);
        var answer = file.call(images);
        ExportCase.Distance([answer], [expected]).Should().BeLessThan(1e-4);
        answer.argmax(1).Doubles().Should().Equal(expected.argmax(1).Doubles());

        var read = ModelCard.Read(weights);
        read.Should().BeEquivalentTo(card);
        OnnxFile.ReadCard(FilePath).Should().BeEquivalentTo(card);
        using var again = VisionNetworks.Create(read.NetworkName, read.ClassNames.Count);
        again.LoadWeights(weights);
        again.eval();
        again.call(images).ShouldBeBitwiseEqual(expected, "the same weights");
    }

    [Test]
    public void An_exported_student_teaches_as_the_student_would()
    {
        using var network = ExportCase.Unsettled(new CifarResNet(8, 5, 8));
        OnnxFile.Write(FilePath, network, ExportCase.Card(5, 16, 16));
        Tensor images = randn(8, 3, 16, 16), logits = randn(8, 5), labels = randint(0, 5, [8]);
        Lesson Taught(nn.IModule<Tensor, Tensor> model)
        {
            using var mentor = new Mentor("mentor", model);
            using var classroom = new Classroom([mentor], new() { Ranking = { Filter = false } });
            return classroom.Teach(images, logits.clone().requires_grad_(), labels);
        }
        var fromFile = Taught(new OnnxModel(FilePath));
        var fromModule = Taught(network);
        fromFile.MentorLosses.ShouldEqual(fromModule.MentorLosses, 1e-4, "losses");
        fromFile.Loss.Number().Should().BeApproximately(fromModule.Loss.Number(), 1e-4);
    }

    [Test]
    public void The_batch_is_free_and_parameters_keep_their_names()
    {
        using var network = ExportCase.Unsettled(VisionNetworks.Create("swin_t", 3));
        OnnxFile.Write(FilePath, network, ExportCase.Card(3, 32, 32));
        using (var session = new InferenceSession(FilePath))
        {
            session.InputMetadata["input"].Dimensions.Should().Equal(-1, 3, 32, 32);
            session.InputMetadata["input"].SymbolicDimensions[0].Should().Be("batch");
            session.OutputMetadata["output"].SymbolicDimensions[0].Should().Be("batch");
            session.OutputMetadata["output"].Dimensions.Should().Equal(-1, 3);
        }
        var bytes = File.ReadAllBytes(FilePath);
        string[] computed = ["relative_position_bias_table", "relative_position_index"];
        foreach (var name in network.state_dict().Keys.Where(name => !computed.Any(name.EndsWith)))
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)).Should().BePositive(name);
    }

    [Test]
    public void Onnxruntime_folds_the_normalization_into_convolutions()
    {
        using var network = ExportCase.Unsettled(new CifarResNet(8, 5, 4));
        OnnxFile.Write(FilePath, network, ExportCase.Card(5, 16, 16));
        var optimized = Path.Combine(folder.Root, "optimized.onnx");
        using (new OnnxModel(FilePath, new() { Configure = settings => settings.OptimizedModelFilePath = optimized }))
        {
        }
        // The field of a node's operation, with its length: results keep their names.
        int Count(string path) => Encoding.Latin1.GetString(File.ReadAllBytes(path)).Split("\u0022\u0012BatchNormalization").Length - 1;
        Count(FilePath).Should().BePositive();
        Count(optimized).Should().Be(0);
    }

    [Test]
    public void Other_types_are_written_as_float32()
    {
        using var network = ExportCase.Unsettled(new CifarResNet(8, 5, 4)).to(ScalarType.Float64);
        OnnxFile.Write(FilePath, network, ExportCase.Card(5, 16, 16));
        using var file = new OnnxModel(FilePath);
        var images = randn(2, 3, 16, 16);
        using var free = no_grad();
        ExportCase.Distance([file.call(images)], [network.call(images.to(ScalarType.Float64))]).Should().BeLessThan(1e-4);
        network.parameters().First().dtype.Should().Be(ScalarType.Float64);
    }

    [Test]
    public void A_pose_file_says_how_it_is_read()
    {
        var processing = new PoseProcessing(new SimccCodec(64, 96)) { FlipPairs = [(1, 2)] };
        var card = processing.AddTo(ExportCase.Card(4, 96, 64));
        using var network = PoseNetwork.FromSimcc(RtmPose.Tiny(4, 64, 96), processing.Bins);
        OnnxFile.Write(FilePath, ExportCase.Unsettled(network), card);
        using var file = new OnnxModel<SimccAnswer>(
            FilePath, outputs => new SimccAnswer(outputs[0], outputs[1]), new() { Outputs = ["simcc_x", "simcc_y"] });
        using var free = no_grad();
        var images = randn(2, 3, 96, 64);
        var expected = ((SimccPose)network.call(images)).Bins;
        var answer = file.call(images);
        ExportCase.Distance([answer.X, answer.Y], [expected.X, expected.Y]).Should().BeLessThan(1e-4);

        var read = OnnxFile.ReadCard(FilePath);
        read.Should().BeEquivalentTo(card);
        PoseProcessing.Read(read).Should().BeEquivalentTo(processing);
    }

    [Test]
    public void A_card_must_fit_the_network()
    {
        using var network = new CifarResNet(8, 5, 4);
        void Refused(ModelCard card, string message)
        {
            FluentActions.Invoking(() => OnnxFile.Write(FilePath, network, card)).Should().Throw<ArgumentException>().WithMessage(message);
            Directory.GetFiles(folder.Root).Should().BeEmpty();
        }
        Refused(ExportCase.Card(4, 16, 16), "*'output'*[B, 4, ...]*[B, 5]*");
        Refused(ExportCase.Card(5, 16, 16, channels: 1), "*[B, 3, H, W]*[B, 1, 16, 16]*");
        Refused(ExportCase.Card(5, 16, 16) with { ClassNames = ["a", "b", "a", "c", "d"] }, "*ClassNames once*'a' 2 times*");
    }

    [Test]
    public void A_failing_write_leaves_nothing()
    {
        using var network = new CifarResNet(8, 5, 4);
        FluentActions.Invoking(
            () => OnnxFile.Write(Path.Combine(folder.Root, "missing", "student.onnx"), network, ExportCase.Card(5, 16, 16)))
            .Should().Throw<IOException>();
        Directory.CreateDirectory(FilePath);
        FluentActions.Invoking(() => OnnxFile.Write(FilePath, network, ExportCase.Card(5, 16, 16))).Should().Throw<Exception>().Which
            .Should().Match(e => e is IOException || e is UnauthorizedAccessException);
        Directory.GetFileSystemEntries(folder.Root).Should().Equal(FilePath);
    }

    [Test]
    public void Files_without_a_card_are_refused_by_name()
    {
        FluentActions.Invoking(() => OnnxFile.ReadCard(MentorFile.Path("net.onnx")))
            .Should().Throw<WeightsException>().WithMessage("*net.onnx*model card*'network'*none*");
    }
}
