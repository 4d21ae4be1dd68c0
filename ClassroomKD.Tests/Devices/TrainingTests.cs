using ClassroomKD.Networks;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Devices;

/// <summary>Whole steps on a device: augmentation, weights from a file, prepared mentors, classroom, optimizer.</summary>
[TestFixture("cpu")]
[TestFixture("cuda", Category = "Cuda")]
public sealed class TrainingTests(string device) : DeviceFixture(device)
{
    private const int Batch = 16, Classes = 10;

    private static readonly Dictionary<string, Func<IBatchAugmentation>> Augmentations = new()
    {
        ["crop and flip"] = () => new RandomCropFlip(),
        ["RandAugment"] = () => new RandAugment(3, 12),
        ["erasing"] = () => new RandomErasing(1),
    };

    private static readonly Dictionary<string, Func<ILabelMixing>> Mixings = new()
    {
        ["mixup"] = () => new MixUp(),
        ["cutmix"] = () => new CutMix(),
        ["either"] = () => new MixingChoice([new MixUp(), new CutMix()]),
    };

    private static IEnumerable<string> AugmentationNames => Augmentations.Keys;

    private static IEnumerable<string> MixingNames => Mixings.Keys;

    [TestCase("SGD")]
    [TestCase("AdamW")]
    public void Training_goes_the_same_way_on_the_device_and_on_the_CPU(string optimizer)
    {
        using var scope = NewDisposeScope();
        var ((here, _), (there, live)) = (Train(optimizer, CPU), Train(optimizer, On));

        // Differences of rounding grow from step to step.
        there[0].Should().BeApproximately(here[0], 1e-4 * here[0]);
        for (var step = 1; step < here.Length; step++)
            there[step].Should().BeApproximately(here[step], 2e-2 * here[0], "step {0}", step);
        there[^1].Should().BeLessThan(there[0]);
        live[1..].Should().OnlyContain(count => count == live[1], "a step leaves no tensor behind");
    }

    [TestCaseSource(nameof(AugmentationNames))]
    public void Augmented_images_are_the_same_on_the_device_and_on_the_CPU(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var augmentation = Augmentations[name]();
        var images = randint(256, [Batch, 3, 32, 32], ScalarType.Byte);
        for (var seed = 0; seed < 10; seed++)
        {
            var here = augmentation.Apply(images, seed);
            var there = augmentation.Apply(images.to(On), seed);

            there.device_type.Should().Be(On.type);
            var apart = (there.cpu().to(ScalarType.Int32) - here.to(ScalarType.Int32)).abs();

            // What is rounded to whole numbers can fall to either side, and what is taken from the nearest pixel come from its neighbor.
            apart.gt(Scalars.One).to(ScalarType.Float64).mean().Number().Should().BeLessThan(On.type == DeviceType.CUDA ? 1e-2 : 1e-9);
        }
    }

    [TestCaseSource(nameof(MixingNames))]
    public void Mixed_images_are_the_same_on_the_device_and_on_the_CPU(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var mixing = Mixings[name]();
        var (images, targets) = (randn(Batch, 3, 16, 16), nn.functional.one_hot(arange(Batch) % Classes, Classes).to(ScalarType.Float32));
        for (var seed = 0; seed < 10; seed++)
        {
            var (here, labelsHere) = mixing.Apply(images, targets, seed);
            var (there, labelsThere) = mixing.Apply(images.to(On), targets.to(On), seed);
            there.ShouldEqual(here, 1e-5, "images", absolute: 1e-6);
            labelsThere.ShouldEqual(labelsHere, 1e-5, "labels", absolute: 1e-6);
        }
    }

    [TestCase("resnet8")]
    [TestCase("cifar_shufflenet_v1")]
    [TestCase("cifar_mobilenet_v2")]
    public void Prepared_mentor_answers_on_the_device_what_it_answers_on_the_CPU(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        var images = randn(Batch, 3, 32, 32);
        using var file = new TemporaryFolder();
        var path = Path.Combine(file.Root, "mentor.safetensors");
        using (var made = new Student(name, VisionNetworks.Create(name, Classes)))
            made.Save(path);
        Tensor Answer(Device device, ScalarType? type, bool prepare)
        {
            var network = VisionNetworks.Create(name, Classes);
            network.to(device);
            network.LoadWeights(path);
            using var mentor = new Mentor(name, network, new MentorOptions { Inference = new() { Prepare = prepare, Type = type } });
            return mentor.Answer(images.to(device));
        }

        var expected = Answer(CPU, null, prepare: false);
        double Error(Tensor answer) => ((answer.cpu() - expected).abs().max() / expected.abs().max()).Number();

        Error(Answer(On, null, prepare: false)).Should().BeLessThan(1e-4);
        Error(Answer(On, null, prepare: true)).Should().BeLessThan(1e-4);
        Error(Answer(On, ScalarType.BFloat16, prepare: true)).Should().BeLessThan(5e-2);
    }

    /// <summary>Six steps on one batch: the loss of each, and how many tensors live after it.</summary>
    private static (double[] Losses, long[] Live) Train(string optimizer, Device device)
    {
        manual_seed(13);
        NetworkModule[] networks = [.. new[] { "resnet14", "resnet8", "resnet8" }.Select(name => VisionNetworks.Create(name, Classes))];
        var (images, labels) = (randn(Batch, 3, 32, 32), randint(Classes, [Batch], ScalarType.Int64));
        foreach (var network in networks)
            network.to(device);
        Mentor[] mentors = [new("large", networks[0]), new("small", networks[1])];
        using var classroom = new Classroom(mentors, new ClassroomOptions { Preset = ClassroomPreset.Sample });
        using var student = new Student("student", networks[2]);
        using optim.Optimizer steps = optimizer == "SGD"
            ? new SgdOptimizer(student.Module.parameters(), 0.05, momentum: 0.9, weightDecay: 5e-4, nesterov: true)
            : new AdamWOptimizer(student.Module.parameters(), 2e-3);
        var (x, y) = (images.to(device), labels.to(device));
        var (losses, live) = (new double[6], new long[6]);
        for (var step = 0; step < losses.Length; step++)
        {
            using (NewDisposeScope())
            {
                steps.zero_grad();
                var lesson = classroom.Teach(x, student.Answer(x), y);
                lesson.Loss.backward();
                steps.step();
                losses[step] = lesson.Loss.Number();
            }

            live[step] = LiveTensors.Settled();
        }

        foreach (var mentor in mentors)
            mentor.Dispose();
        return (losses, live);
    }
}
