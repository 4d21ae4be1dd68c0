using ClassroomKD.Onnx;

namespace ClassroomKD.Tests.Onnx;

/// <summary>Files that fix what batches vary in: the number of samples, the layout, the type.</summary>
public sealed class OnnxInputTests : TensorFixture
{
    private static OnnxModel Model(string name, ImageLayout layout = ImageLayout.ChannelsFirst) =>
        new(MentorFile.Path(name), new() { Layout = layout });

    // y = x W with W[i, j] = i + j / 10
    private static Tensor Expected(Tensor x) => x.to(ScalarType.Float32)
        .matmul(arange(0, 4).reshape(4, 1).add(arange(0, 3).reshape(1, 3).div(tensor(10.0)), Scalars.One).to(ScalarType.Float32));

    [Test]
    public void A_fixed_batch_answers_batches_of_any_size(
        [Values("fixed-one.onnx", "fixed-batch.onnx", "fixed-seven.onnx")] string file, [Values(1, 2, 3, 7, 8, 15)] int batch)
    {
        using var model = Model(file);
        var x = randn(batch, 4);
        var before = LiveTensors.Settled();
        var y = model.call(x);
        Tensor.TotalCount.Should().Be(before + 1);
        y.ShouldEqual(Expected(x), 1e-5, file, absolute: 1e-5);
    }

    [Test]
    public void A_fixed_batch_with_less_answers_than_samples_is_named()
    {
        using var model = Model("squeezed.onnx");
        model.call(randn(1, 4)).shape.Should().Equal(3);
        model.Invoking(m => m.call(randn(2, 4)))
            .Should().Throw<InvalidOperationException>().WithMessage("*squeezed.onnx*'z'*each of 1 samples*[3] came*batches of 1 alone*");
        using var fixedTo = Model("fixed-batch.onnx");
        fixedTo.Invoking(m => m.call(zeros(0, 4))).Should().Throw<ArgumentException>().WithMessage("*at least one sample*");
    }

    [TestCase("channels-last.onnx")]
    [TestCase("channels-last-fixed.onnx")]
    public void Channels_last_is_taken_when_it_is_stated(string file)
    {
        using var model = Model(file, ImageLayout.ChannelsLast);
        var x = randn(3, 4, 5, 6);
        model.call(x).ShouldEqual(Expected(x.mean([2, 3])), 1e-4, file, absolute: 1e-5);
    }

    [Test]
    public void A_batch_in_another_order_or_size_is_refused_with_what_would_fit()
    {
        void Refused(string file, ImageLayout layout, long[] shape, string message)
        {
            using var model = Model(file, layout);
            model.Invoking(m => m.call(zeros(shape))).Should().Throw<ArgumentException>().WithMessage(message);
        }
        Refused("channels-last.onnx", ImageLayout.ChannelsFirst, [3, 4, 5, 6], "*[n, 5, 6, 4]*[3, 4, 5, 6] came. It fits with " +
            "OnnxModelOptions.Layout = ChannelsLast. *");
        Refused("channels-last-fixed.onnx", ImageLayout.ChannelsFirst, [3, 4, 5, 6], "*Layout = ChannelsLast. *");
        Refused(
            "net.onnx", ImageLayout.ChannelsLast, [2, 3, 8, 8],
            "*turned channels last. It fits with OnnxModelOptions.Layout = ChannelsFirst. *");
        Refused("channels-last.onnx", ImageLayout.ChannelsFirst, [3, 6, 5, 4], "*dimensions fit in the order [0, 2, 1, 3]*permute*");
        Refused("channels-last.onnx", ImageLayout.ChannelsLast, [3, 4, 7, 9], "*MentorOptions.Input with Size = (5, 6) resizes it. *");
        Refused("channels-last.onnx", ImageLayout.ChannelsFirst, [3, 3, 5, 7], "*[3, 3, 5, 7] came. (Parameter*");
        Refused("channels-last.onnx", ImageLayout.ChannelsFirst, [3, 20], "*[3, 20] came. (Parameter*");
        FluentActions.Invoking(() => Model("net.onnx", (ImageLayout)7)).Should().Throw<ArgumentException>().WithMessage("*Layout*");
    }

    [TestCase("uint8.onnx", 0, 255)]
    [TestCase("int8.onnx", -128, 127)]
    [TestCase("int16.onnx", -300, 300)]
    [TestCase("int32.onnx", -70_000, 70_000)]
    [TestCase("int64.onnx", -70_000, 70_000)]
    [TestCase("float64.onnx", -300, 300)]
    public void Floating_values_are_given_in_the_files_type(string file, int lowest, int highest)
    {
        using var model = Model(file);
        var x = randint(lowest, highest + 1, [6, 4]).to(ScalarType.Float32);
        x[0, 0] = tensor((float)lowest);
        x[0, 1] = tensor((float)highest);
        model.call(x).ShouldEqual(Expected(x), 1e-4, file, absolute: 1e-2);
        // As a normalization that is undone leaves them.
        model.call(x.add(randn(6, 4).mul(tensor(1e-3f)), Scalars.One).to(ScalarType.Float64))
            .ShouldEqual(Expected(x), 1e-3, file, absolute: 1e-1);
    }

    [Test]
    public void Values_out_of_range_and_normalized_ones_are_refused_by_a_file_that_takes_integers()
    {
        foreach (var file in new[] { "uint8.onnx", "int8.onnx", "int64.onnx" })
        {
            using var model = Model(file);
            foreach (var (name, x) in new[] { ("normalized", randn(6, 4)), ("from 0 to 1", rand(6, 4)), ("NaN", full([6, 4], double.NaN)) })
                model.Invoking(m => m.call(x)).Should().Throw<ArgumentException>($"{file}, {name}")
                    .WithMessage("*values from*MentorOptions.Input*1/255*");
            model.call(zeros(2, 4)).ShouldEqual(zeros(2, 3), 0, "black images are whole numbers");
        }
        using var bytes = Model("uint8.onnx");
        foreach (var value in new[] { -1f, 255.6f, 1e30f })
            bytes.Invoking(m => m.call(full([2, 4], value))).Should().Throw<ArgumentException>().WithMessage("*from 0 to 255*");
    }

    [Test]
    public void Integers_are_given_where_the_type_of_the_file_holds_them_all()
    {
        var pixels = randint(0, 256, [5, 4], ScalarType.Byte);
        foreach (var file in new[] { "uint8.onnx", "int16.onnx", "int32.onnx", "int64.onnx" })
        {
            using var model = Model(file);
            model.call(pixels).ShouldEqual(Expected(pixels), 1e-5, file);
        }
        void Refused(string file, Tensor x, string message)
        {
            using var model = Model(file);
            model.Invoking(m => m.call(x)).Should().Throw<ArgumentException>().WithMessage(message);
        }
        Refused("int8.onnx", pixels, "*Int8 [n, 4]*Byte came*");
        Refused("uint8.onnx", pixels.to(ScalarType.Int64), "*Byte [n, 4]*Int64 came*");
        Refused("float64.onnx", pixels, "*Float64 [n, 4]*Byte came. Normalize the images first.*");
        Refused("bool.onnx", randn(5, 4), "*Bool [n, 4]*Float32 came*");
    }

    [Test]
    public void A_student_in_float32_learns_from_a_file_in_float64()
    {
        using var mentor = new Mentor("precise", Model("float64-throughout.onnx"));
        using var classroom = new Classroom([mentor], new() { Ranking = { Filter = false } });
        var x = randn(6, 4);
        mentor.Answer(x).dtype.Should().Be(ScalarType.Float64);
        var student = randn(6, 3).requires_grad_();
        classroom.Teach(x, student, randint(0, 3, [6])).Loss.backward();
        student.grad!.abs().sum().Number().Should().BePositive();
    }

    [Test]
    public void A_mentor_of_raw_bytes_is_given_them_by_a_normalized_batch()
    {
        using var mentor = new Mentor("bytes", Model("uint8-image.onnx"), new MentorOptions
        {
            Input = new()
            {
                StudentMean = [0.5f, 0.4f, 0.3f, 0.2f], StudentStandardDeviation = [0.25f, 0.2f, 0.3f, 0.1f],
                MentorStandardDeviation = [1 / 255f, 1 / 255f, 1 / 255f, 1 / 255f],
            },
        });
        var pixels = randint(0, 256, [3, 4, 5, 6], ScalarType.Byte);
        var mean = tensor([0.5f, 0.4f, 0.3f, 0.2f]).reshape(1, 4, 1, 1);
        var deviation = tensor([0.25f, 0.2f, 0.3f, 0.1f]).reshape(1, 4, 1, 1);
        var normalized = pixels.to(ScalarType.Float32).div(tensor(255f)).sub(mean).div(deviation);
        mentor.Answer(normalized).ShouldEqual(Expected(pixels.to(ScalarType.Float32).mean([2, 3])), 1e-4, "bytes");
    }
}
