using ClassroomKD.Tests.Core.Training;
using static TorchSharp.torch.nn;

namespace ClassroomKD.Tests.Core.Mentors;

/// <summary>A model that was disposed is named by its owner, wherever it is used.</summary>
public sealed class DisposedModelsTests
{
    private static IEnumerable<Module<Tensor, Tensor>> Disposed()
    {
        var layer = Linear(6, 4);
        layer.Dispose();
        yield return layer;

        var whole = Sequential(Linear(6, 4), ReLU());
        whole.Dispose();
        yield return whole;

        var own = new Own();
        own.Dispose();
        yield return own;

        var child = Linear(6, 4);
        var parent = Sequential(child, ReLU());
        child.Dispose();
        yield return parent;
    }

    private sealed class Own : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> layer = Linear(6, 4);

        public Own()
            : base("own") => RegisterComponents();

        public override Tensor forward(Tensor input) => layer.call(input);
    }

    [TestCaseSource(nameof(Disposed))]
    public void Refused_as_a_mentor(Module<Tensor, Tensor> gone) =>
        ShouldName(() => _ = new Mentor("teacher", gone), "The model of mentor 'teacher' was disposed*");

    [TestCaseSource(nameof(Disposed))]
    public void Refused_as_a_student(Module<Tensor, Tensor> gone) =>
        ShouldName(() => _ = new Student("pupil", gone), "The model of student 'pupil' was disposed*");

    [Test]
    public void Named_by_a_student_whose_model_another_disposed()
    {
        var model = Linear(6, 4);
        var student = new Student("pupil", model);
        using var optimizer = new SgdOptimizer(model.parameters(), 0.1);
        var trainer = new Trainer(student, optimizer, new Points(8, 4));
        using var folder = new TemporaryFolder();
        model.Dispose();
        const string Message = "*student 'pupil' was disposed*";
        ShouldName(() => student.Answer(randn(2, 6)), Message);
        ShouldName(() => student.Examine(randn(2, 6)), Message);
        ShouldName(() => student.Save(Path.Combine(folder.Root, "pupil.safetensors")), Message);
        ShouldName(() => trainer.Run(), Message);
        ShouldName(() => _ = new Trainer(student, optimizer, new Points(8, 4)), Message);
        folder.Root.Should().Match(root => Directory.GetFiles(root).Length == 0);
    }

    [Test]
    public void Named_by_a_mentor_that_is_asked_after_its_end()
    {
        var mentor = new Mentor("teacher", Linear(6, 4));
        using var classroom = new Classroom([mentor]);
        using var student = new Student("pupil", Linear(6, 4));
        using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.1);
        mentor.Dispose();
        const string Message = "Mentor 'teacher' was disposed*";
        ShouldName(() => mentor.Answer(randn(2, 6)), Message);
        ShouldName(() => new Trainer(student, optimizer, new Points(8, 4), classroom).Run(), Message);
        using var folder = new TemporaryFolder();
        ShouldName(() => RecordedLessons.Record(folder.Root, [mentor], new Points(8, 4)), Message);
    }

    [Test]
    public void A_network_that_was_disposed_loads_no_weights()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Root, "pupil.safetensors");
        var model = Linear(6, 4);
        using (var student = new Student("pupil", model))
            student.Save(path);
        ShouldName(() => model.LoadWeights(path), "The model of network 'Linear' was disposed*");
    }

    private static void ShouldName(Action use, string message) =>
        use.Should().Throw<ObjectDisposedException>().WithMessage(message);
}
