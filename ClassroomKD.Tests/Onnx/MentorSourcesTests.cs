using ClassroomKD.Onnx;
using Microsoft.Extensions.DependencyInjection;
using static TorchSharp.torch.nn;

namespace ClassroomKD.Tests.Onnx;

/// <summary>The same weights from every source teach the same.</summary>
public sealed class MentorSourcesTests
{
    [Test]
    public void Module_TorchScript_and_ONNX_teach_with_the_same_loss_and_gradient()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor batch = randn(32, 3, 8, 8), logits = randn(32, 5), labels = randint(0, 5, [32]);
        var sources = new (string Name, nn.IModule<Tensor, Tensor> Model)[]
        {
            ("module", Module()), ("TorchScript", TorchScript.Load(MentorFile.Path("net.pt"))),
            ("frozen", TorchScript.Load(MentorFile.Path("net-frozen.pt"))), ("ONNX", new OnnxModel(MentorFile.Path("net.onnx"))),
        };
        var results = new List<(string Name, Lesson Lesson, Tensor Gradient)>();
        Tensor? first = null;
        foreach (var (name, model) in sources)
        {
            using var mentor = new Mentor(name, model);
            var answer = mentor.Answer(batch);
            first ??= answer;
            TestContext.Out.WriteLine(
                $"{name}: answers of up to {first.abs().max().Number():G3} differ by up to {(answer - first).abs().max().Number():G3}");
            using var classroom = new Classroom([mentor], new() { Preset = ClassroomPreset.Sample });
            var student = logits.clone().requires_grad_();
            var lesson = classroom.Teach(batch, student, labels);
            lesson.Loss.backward();
            results.Add((name, lesson, student.grad!));
        }
        results[0].Lesson.Weights.Doubles().Should().Contain(weight => weight > 0, "else nothing was compared");
        foreach (var (name, lesson, gradient) in results.Skip(1))
        {
            lesson.Loss.Number().Should().BeApproximately(results[0].Lesson.Loss.Number(), 1e-4, name);
            lesson.MentorLosses.ShouldEqual(results[0].Lesson.MentorLosses, 1e-4, name, absolute: 1e-6);
            gradient.ShouldEqual(results[0].Gradient, 1e-4, name, absolute: 1e-7);
        }
    }

    [Test]
    public void A_container_takes_any_source()
    {
        using var scope = NewDisposeScope();
        var services = new ServiceCollection();
        services.AddClassroom("all")
            .AddMentor("script", _ => TorchScript.Load(MentorFile.Path("net.pt")))
            .AddMentor("onnx", _ => new OnnxModel(MentorFile.Path("net.onnx")), new MentorOptions { Input = new() { Size = (8, 8) } });
        using var provider = services.BuildServiceProvider();
        var lesson = provider.GetRequiredKeyedService<Classroom>("all").Teach(
            randn(4, 3, 32, 32).narrow(2, 0, 8).narrow(3, 0, 8), randn(4, 5, requires_grad: true), randint(0, 5, [4]));
        double[] losses = lesson.MentorLosses.Doubles();
        losses[..4].Should().Equal(losses[4..], (a, b) => Math.Abs(a - b) < 1e-4);
    }

    // The same network, its weights taken from the TorchScript file by name.
    private static TorchSharp.Modules.Sequential Module()
    {
        var module = Sequential(
            ("0", Conv2d(3, 4, 3, padding: 1)), ("1", BatchNorm2d(4)), ("2", ReLU()), ("3", AdaptiveAvgPool2d(1)), ("4", Flatten()),
            ("5", Linear(4, 5)));
        using var file = TorchScript.Load(MentorFile.Path("net.pt"));
        using var noGradient = no_grad();
        var there = file.named_parameters().Select(p => (p.name, Tensor: (Tensor)p.parameter)).Concat(
            file.named_buffers().Select(b => (b.name, Tensor: b.buffer)))
            .ToDictionary(entry => entry.name, entry => entry.Tensor);
        foreach (var (name, value) in module.state_dict())
            value.copy_(there[name]);
        return module;
    }
}
