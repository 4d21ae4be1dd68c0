using System.Diagnostics;
using ClassroomKD.Onnx;
using Microsoft.Extensions.Logging;

namespace ClassroomKD.Tests.Onnx;

public sealed class OnnxModelTests : TensorFixture
{
    private const int Files = 400;

    private static OnnxModel Model(string name, OnnxModelOptions? options = null) => new(MentorFile.Path(name), options);

    // y = x W with W[i, j] = i + j / 10
    private static Tensor Expected(Tensor x) =>
        x.matmul(arange(0, 4).reshape(4, 1).add(arange(0, 3).reshape(1, 3).div(tensor(10.0)), Scalars.One).to(x.dtype));

    [TestCase("untold.onnx")]
    [TestCase("undeclared.onnx")]
    [TestCase("declared-for-one.onnx")]
    [TestCase("two-outputs.onnx")]
    [TestCase("half.onnx")]
    [TestCase("external.onnx")]
    public void Answers_batches_of_any_size(string file)
    {
        using var model = Model(file, new() { Outputs = ["y"] });
        foreach (var batch in new[] { 1, 3, 17, 1 })
        {
            var x = randint(-8, 8, [batch, 4]).to(ScalarType.Float32);
            var y = model.call(x);
            y.dtype.Should().Be(file == "half.onnx" ? ScalarType.Float16 : ScalarType.Float32);
            y.ShouldEqual(Expected(x), file == "half.onnx" ? 2e-2 : 1e-5, file, absolute: 1e-5);
        }
    }

    [Test]
    public void Reads_views_transposes_and_other_floating_types_as_what_they_are()
    {
        using var model = Model("two-outputs.onnx", new() { Outputs = ["y"] });
        var x = randn(8, 4);
        model.call(x.narrow(0, 3, 2)).ShouldEqual(Expected(x.narrow(0, 3, 2)), 1e-5, "storage offset", 1e-6);
        model.call(x.t().contiguous().t()).ShouldEqual(Expected(x), 1e-5, "transposed", 1e-6);
        model.call(x.to(ScalarType.Float64)).ShouldEqual(Expected(x), 1e-5, "float64", 1e-6);
        model.call(x.requires_grad_()).requires_grad.Should().BeFalse();
    }

    [Test]
    public void Outputs_are_chosen_by_name_and_made_into_any_answer()
    {
        using var mentor = new Mentor<(Tensor Y, Tensor Minus)>(
            "two", new OnnxModel<(Tensor, Tensor)>(
                MentorFile.Path("two-outputs.onnx"), outputs => (outputs[1], outputs[0]), new() { Outputs = ["minus", "y"] }));
        var x = randn(3, 4);
        var (y, minus) = mentor.Answer(x);
        y.ShouldEqual(Expected(x), 1e-5, "y", 1e-6);
        minus.ShouldBeBitwiseEqual(y.neg(), "minus");
    }

    [Test]
    public void What_is_made_of_the_outputs_reaches_the_caller()
    {
        var x = randn(3, 4);
        var model = new OnnxModel<Tensor>(MentorFile.Path("two-outputs.onnx"), outputs => outputs[0].sub(outputs[1]));
        using (var mentor = new Mentor("sum", model))
        using (var answer = mentor.Answer(x))
            answer.ShouldEqual(Expected(x).mul(Scalars.Two), 1e-5, "y - minus", 1e-6);
    }

    private static IEnumerable<TestCaseData> Unfit()
    {
        yield return new TestCaseData("two-outputs.onnx", new OnnxModelOptions(), "*two-outputs.onnx*one output*2*'y', 'minus'*Outputs*");
        yield return new TestCaseData(
            "two-outputs.onnx", new OnnxModelOptions { Outputs = ["logits"] }, "*two-outputs.onnx*'logits'*'y', 'minus'*");
        yield return new TestCaseData(
            "two-outputs.onnx", new OnnxModelOptions { Input = "images", Outputs = ["y"] }, "*two-outputs.onnx*'images'*'x'*");
        yield return new TestCaseData("two-inputs.onnx", new OnnxModelOptions(), "*two-inputs.onnx*one input*'a', 'b'*");
        yield return new TestCaseData("two-inputs.onnx", new OnnxModelOptions { Input = "a" }, "*two-inputs.onnx*one input*'a', 'b'*");
        yield return new TestCaseData("text.onnx", new OnnxModelOptions(), "*text.onnx*tensor of numbers*'t'*String*");
        yield return new TestCaseData("custom-operation.onnx", new OnnxModelOptions(), "*custom-operation.onnx*");
        yield return new TestCaseData("net.pt", new OnnxModelOptions(), "*net.pt*");
    }

    [TestCaseSource(nameof(Unfit))]
    public void Files_that_do_not_fit_are_refused_when_opened(string file, OnnxModelOptions options, string message) =>
        FluentActions.Invoking(() => Model(file, options)).Should().Throw<InvalidDataException>().WithMessage(message);

    [Test]
    public void Batches_that_do_not_fit_are_refused_with_what_was_expected()
    {
        using var mentor = new Mentor("swin", Model("two-outputs.onnx", new() { Outputs = ["y"] }));
        mentor.Invoking(m => m.Answer(randn(2, 5)))
            .Should().Throw<MentorException>().WithMessage("*'swin'*two-outputs.onnx*'x' Float32 [n, 4]*[2, 5]*");
        mentor.Invoking(m => m.Answer(randn(2, 4, 1))).Should().Throw<MentorException>().WithMessage("*'swin'*[n, 4]*[2, 4, 1]*");
        mentor.Invoking(m => m.Answer(ones(2, 4, dtype: ScalarType.Int64)))
            .Should().Throw<MentorException>().WithMessage("*Float32*Int64*");
    }

    [Test]
    public void A_file_that_lies_about_its_output_is_caught()
    {
        using var model = Model("lying.onnx");
        model.Invoking(m => m.call(randn(2, 4))).Should().Throw<InvalidOperationException>().WithMessage("*lying.onnx*");
    }

    [Test]
    public void Weights_outside_of_the_files_folder_are_not_read()
    {
        using var folder = new TemporaryFolder();
        folder.Write("outside.bin", File.ReadAllBytes(MentorFile.Path("external.bin")));
        folder.Write("inner/external.bin", File.ReadAllBytes(MentorFile.Path("external.bin")));
        foreach (var file in new[] { "outside.onnx", "absolute.onnx" })
            FluentActions.Invoking(() => new OnnxModel(folder.Write($"inner/{file}", File.ReadAllBytes(MentorFile.Path(file)))))
                .Should().Throw<InvalidDataException>(file).WithMessage($"*{file}*");
        using var inside = new OnnxModel(folder.Write("inner/external.onnx", File.ReadAllBytes(MentorFile.Path("external.onnx"))));
    }

    [Test]
    public void A_link_that_leads_out_of_the_folder_is_not_followed()
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Making links takes a privilege there.");
        using var folder = new TemporaryFolder();
        var outside = folder.Write("outside.bin", File.ReadAllBytes(MentorFile.Path("external.bin")));
        var model = folder.Write("inner/external.onnx", File.ReadAllBytes(MentorFile.Path("external.onnx")));
        File.CreateSymbolicLink(Path.Combine(folder.Root, "inner", "external.bin"), outside);
        FluentActions.Invoking(() => new OnnxModel(model)).Should().Throw<InvalidDataException>().WithMessage("*external.onnx*");
    }

    [Test]
    public void Cut_and_changed_files_give_exceptions_and_nothing_worse()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(MentorFile.Path("net.onnx"));
        var generator = new Random(11);
        var (refused, opened) = (0, 0);
        for (var i = 0; i < Files; i++)
        {
            var bytes = i % 4 == 0 ? whole[..generator.Next(whole.Length)] : [.. whole];
            for (var change = 0; i % 4 != 0 && change < 1 + generator.Next(4); change++)
                bytes[generator.Next(bytes.Length)] = (byte)generator.Next(256);
            try
            {
                using var model = new OnnxModel(folder.Write("changed.onnx", bytes));
                opened++;
                using var answer = model.call(zeros(2, 3, 8, 8));
            }
            catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or ArgumentException)
            {
                exception.Message.Should().Contain("changed.onnx");
                refused++;
            }
        }
        TestContext.Out.WriteLine($"{refused} of {Files} refused, {opened} opened");
        refused.Should().BeGreaterThan(Files / 4);
        opened.Should().BeGreaterThan(Files / 20, "else only the parser was tried");
    }

    [Test]
    public void The_mentor_closes_it_and_no_tensor_is_left()
    {
        var x = randn(5, 3, 8, 8);
        var before = LiveTensors.Settled();
        var model = Model("net.onnx");
        using (var mentor = new Mentor("m", model))
            for (var i = 0; i < 5; i++)
                mentor.Answer(x).Dispose();
        Tensor.TotalCount.Should().Be(before);
        model.Invoking(m => m.call(x)).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void Answers_are_right_beside_the_collector()
    {
        using var model = Model("net.onnx");
        using var stop = new CancellationTokenSource();
        var thread = new Thread(() =>
        {
            // Without a pause the next collection can begin before the other thread has left the last one, again and again.
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                Thread.Sleep(1);
            }
        });
        thread.Start();
        try
        {
            var x = randn(5, 3, 8, 8);
            var expected = model.call(x).Doubles();

            // Among many other tests' objects a collection takes long: the time is limited, not only the number of calls.
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < 300 && (i < 5 || clock.Elapsed < TimeSpan.FromSeconds(5)); i++)
            {
                using var step = NewDisposeScope();
                model.call(x.add(Scalars.Zero, Scalars.One).to(ScalarType.Float64)).Doubles().Should().Equal(expected);
            }
        }
        finally
        {
            stop.Cancel();
            thread.Join();
        }
    }

    [Test]
    public void Options_out_of_range_and_missing_files_are_named()
    {
        FluentActions.Invoking(() => Model("net.onnx", new() { Threads = 0 }))
            .Should().Throw<ArgumentException>().WithMessage("*Threads*0*");
        FluentActions.Invoking(() => Model("net.onnx", new() { Device = META }))
            .Should().Throw<ArgumentException>().WithMessage("*Device*meta*");
        FluentActions.Invoking(() => Model("nowhere.onnx")).Should().Throw<FileNotFoundException>().WithMessage("*nowhere.onnx*");
    }

    [Test]
    public void Batches_of_another_device_are_announced_once()
    {
        // The meta device stands for any other; from it nothing can be copied, which is no matter here.
        var log = new Messages();
        using var model = Model("net.onnx", new() { Logger = log });
        var batch = empty([2, 3, 8, 8], device: META);
        for (var i = 0; i < 3; i++)
            model.Invoking(m => m.call(batch)).Should().Throw<Exception>();
        log.Should().ContainSingle().Which.Should().Match("*net.onnx*cpu*meta*");
    }

    [Test]
    public void Without_the_provider_CUDA_is_refused_by_name() =>
        FluentActions.Invoking(() => Model("net.onnx", new() { Device = new Device(DeviceType.CUDA, 0) }))
            .Should().Throw<NotSupportedException>().WithMessage("*net.onnx*cuda*Microsoft.ML.OnnxRuntime.Gpu*");

    private sealed class Messages : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(formatter(state, exception));
    }
}
