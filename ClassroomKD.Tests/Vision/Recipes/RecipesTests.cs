using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision;

public sealed class RecipesTests
{
    [TearDown]
    public void Settle() => LiveTensors.Settled();

    [Test]
    public void Build_their_students_and_mentors()
    {
        Recipes.All.Select(recipe => recipe.Name).Should().OnlyHaveUniqueItems();
        foreach (var recipe in Recipes.All)
            recipe.Mentors.Should().OnlyHaveUniqueItems(recipe.Name).And.NotContain(name => name.Length == 0);

        var named = Recipes.All.SelectMany(
            recipe => recipe.Mentors.Append(recipe.Student).Select(name => (Name: name, recipe.Classes))).Distinct();
        foreach (var (name, classes) in named.Where(network => !network.Name.Contains(':')))
        {
            VisionNetworks.Get(name).ImageSide.Should().Match(side => classes == 100 ? side == 32 : side >= 224, name);
            using var network = VisionNetworks.Create(name, classes);
            network.parameters().Should().NotBeEmpty(name);
        }
        foreach (var recipe in Recipes.Cifar100.All.Concat(Recipes.Cifar100Classroom.All))
            recipe.Mentors.Should().NotContain(name => name.Contains(':'), "all of CIFAR's networks are here");
    }

    [Test]
    public void A_class_is_its_pair_with_peers()
    {
        Recipes.Cifar100Classroom.All.Should().OnlyContain(recipe => recipe.Mentors.Count == 6);
        Recipes.ImageNetClassroom.All.Should().OnlyContain(recipe => recipe.Mentors.Count == 5);
        Recipes.Cifar100Classroom.ResNet56ToResNet20.Mentors.Should().Equal(
            "resnet56", "resnet8", "resnet14", "cifar_shufflenet_v2", "cifar_mobilenet_v2", "cifar_shufflenet_v1");
        Recipes.Cifar100Classroom.ResNet56ToResNet20.Published.Should().Be(Recipes.Cifar100.ResNet56ToResNet20.Published);
        foreach (var recipe in Recipes.Cifar100Classroom.All)
            recipe.Mentors.Skip(1).Should().NotContain(recipe.Student, recipe.Name);
    }

    // The anchors of the CRD benchmark: teacher, student alone, classical distillation.
    [TestCase("wrn_40_2-wrn_16_2", 75.61, 73.26, 74.92)]
    [TestCase("resnet56-resnet20", 72.34, 69.06, 70.66)]
    [TestCase("resnet110-resnet32", 74.31, 71.14, 73.08)]
    [TestCase("resnet32x4-resnet8x4", 79.42, 72.50, 73.33)]
    [TestCase("vgg13-vgg8", 74.64, 70.36, 72.98)]
    [TestCase("cifar_resnet50-cifar_mobilenet_v2", 79.34, 64.60, 67.35)]
    [TestCase("resnet32x4-cifar_shufflenet_v2", 79.42, 71.82, 74.45)]
    public void Carry_the_published_anchors(string name, double teacher, double student, double distilled) =>
        Recipes.All.Single(recipe => recipe.Name == $"cifar100/{name}").Published
            .Should().Be(new PublishedAccuracy(teacher, student, distilled));

    [TestCase(0, 0.05)]
    [TestCase(149, 0.05)]
    [TestCase(150, 0.005)]
    [TestCase(179, 0.005)]
    [TestCase(180, 0.0005)]
    [TestCase(210, 0.00005)]
    [TestCase(239, 0.00005)]
    public void The_benchmarks_rate_falls_in_three_steps(int epoch, double rate)
    {
        Recipes.Cifar100.ResNet56ToResNet20.LearningRate.At(epoch).Should().BeApproximately(rate, 1e-12);
        Recipes.Cifar100.ResNet50ToMobileNetV2.LearningRate.At(epoch).Should().BeApproximately(rate / 5, 1e-12);
        Recipes.Cifar100.ResNet32x4ToShuffleNetV1.LearningRate.At(epoch).Should().BeApproximately(rate / 5, 1e-12);
    }

    [TestCase(0, 0.05)]
    [TestCase(30, 0.04)]
    [TestCase(60, 0.03)]
    [TestCase(119, 0.05 - 0.04 * 119 / 120)]
    [TestCase(120, 0.01)]
    [TestCase(149, 0.01)]
    [TestCase(150, 0.001)]
    [TestCase(180, 0.0001)]
    [TestCase(210, 0.00001)]
    public void The_classrooms_rate_falls_in_a_straight_way_and_three_steps(int epoch, double rate)
    {
        foreach (var recipe in Recipes.Cifar100Classroom.All)
            recipe.LearningRate.At(epoch).Should().BeApproximately(rate, 1e-12, recipe.Name);
    }

    [TestCase(0, 0.1)]
    [TestCase(29, 0.1)]
    [TestCase(30, 0.01)]
    [TestCase(60, 0.001)]
    [TestCase(90, 0.0001)]
    public void Imagenets_rate_falls_every_30_epochs(int epoch, double rate)
    {
        foreach (var recipe in Recipes.ImageNet.All.Concat(Recipes.ImageNetClassroom.All))
            recipe.LearningRate.At(epoch).Should().BeApproximately(rate, 1e-12, recipe.Name);
    }

    [Test]
    public void Say_how_the_literature_trained()
    {
        foreach (var recipe in Recipes.Cifar100.All.Concat(Recipes.Cifar100Classroom.All))
            (recipe.Epochs, recipe.BatchSize, recipe.Momentum, recipe.WeightDecay, recipe.Tau)
                .Should().Be((240, 64, 0.9, 5e-4, 12), recipe.Name);
        foreach (var recipe in Recipes.ImageNet.All)
            (recipe.Epochs, recipe.BatchSize, recipe.Momentum, recipe.WeightDecay, recipe.Tau)
                .Should().Be((100, 512, 0.9, 1e-4, 4), recipe.Name);
        var options = Recipes.ImageNetClassroom.EfficientNetB3ToMobileNetV2.CreateOptions();
        (options.Preset, options.Pace.Tau).Should().Be((ClassroomPreset.Paper, 8));
    }
}
