namespace ClassroomKD.Tests.Core.Recording;

public sealed class RecordedFormTests
{
    private static readonly double[] Temperatures = [1, 1.5, 4, 13];

    private static Tensor Logits(int classes, double spread, int seed)
    {
        manual_seed(seed);
        return randn(64, classes).mul(spread);
    }

    private static Tensor ThereAndBack(Tensor answer, RecordedForm form)
    {
        var layout = new AnswerLayout(answer.shape.AsSpan()[1..], answer.dtype, form);
        return layout.Unpack(layout.Pack(answer));
    }

    private static double[] Softmax(Tensor logits, double temperature) =>
        logits.to(ScalarType.Float64).div(temperature).softmax(1).Doubles();

    [Test]
    public void Float32_keeps_every_bit_of_answers_of_any_shape()
    {
        using var scope = NewDisposeScope();
        foreach (var answer in (Tensor[])[Logits(100, 5, 1), randn(3, 4, 5, 6), randn(7, 1).to(ScalarType.BFloat16)])
        {
            var found = ThereAndBack(answer, RecordedForm.Full);
            found.dtype.Should().Be(answer.dtype);
            found.ShouldBeBitwiseEqual(answer, "float32");
            found.shape.Should().Equal(answer.shape);
        }
    }

    [Test]
    public void Float16_is_off_by_half_a_unit_in_the_last_place()
    {
        using var scope = NewDisposeScope();
        var logits = cat([Logits(100, 10, 2), Logits(100, 1e-4, 3), Logits(100, 1e-8, 4)]);
        double[] exact = logits.Doubles(), found = ThereAndBack(logits, RecordedForm.Half).Doubles();

        for (var i = 0; i < exact.Length; i++)
            Math.Abs(found[i] - exact[i]).Should().BeLessThanOrEqualTo(Math.Max(Math.Abs(exact[i]) * Math.Pow(2, -11), Math.Pow(2, -25)));
    }

    [Test]
    public void Float16_moves_no_probability_by_more_than_the_logits_allow()
    {
        using var scope = NewDisposeScope();
        var logits = Logits(1000, 8, 5);
        var error = logits.abs().max().Number() * Math.Pow(2, -11);
        var stored = ThereAndBack(logits, RecordedForm.Half);
        foreach (var temperature in Temperatures)
        {
            double[] exact = Softmax(logits, temperature), found = Softmax(stored, temperature);
            for (var i = 0; i < exact.Length; i++)
                Math.Abs(found[i] / exact[i] - 1).Should().BeLessThanOrEqualTo(Math.Exp(2 * error / temperature) - 1 + 1e-12);
        }
    }

    [Test]
    public void Top_k_keeps_its_probabilities_and_errs_by_no_more_than_the_share_of_the_others(
        [Values(1, 8, 99)] int count, [Values(0.1, 3.0, 30.0)] double spread)
    {
        using var scope = NewDisposeScope();
        var logits = Logits(100, spread, 6);
        var stored = ThereAndBack(logits, RecordedForm.TopK(count));
        var kept = logits.topk(count, 1).indexes;
        // That of the log-sum-exp in float32.
        var rounding = 1e-6 + logits.abs().max().Number() * Math.Pow(2, -23);
        stored.gather(1, kept).ShouldBeBitwiseEqual(logits.gather(1, kept), "the kept logits");
        foreach (var temperature in Temperatures)
        {
            double[] exact = Softmax(logits, temperature), found = Softmax(stored, temperature);
            var share = tensor(found).reshape(64, 100).sum(1).sub(tensor(found).reshape(64, 100).gather(1, kept).sum(1)).Doubles();
            for (var row = 0; row < 64; row++)
            {
                var variation = Enumerable.Range(100 * row, 100).Sum(i => Math.Abs(exact[i] - found[i])) / 2;
                variation.Should().BeLessThanOrEqualTo(share[row] + rounding, $"temperature {temperature}");
            }
        }

        var (before, after) = (tensor(Softmax(logits, 1)).reshape(64, 100).gather(1, kept),
            tensor(Softmax(stored, 1)).reshape(64, 100).gather(1, kept));
        after.ShouldBe(before.Doubles(), rounding, "at temperature 1 the kept classes have their probability");
    }

    [Test]
    public void Sparse_maps_leave_out_no_more_than_they_state([Values] bool inHalf)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var maps = randn(5, 3, 16, 12).pow(5).mul(1e-3);
        var layout = new AnswerLayout([3, 16, 12], ScalarType.Float32, RecordedForm.SparseMaps(20, inHalf));
        var kept = layout.Pack(maps);
        var found = layout.Unpack(kept);

        kept[0].shape.Should().Equal(5, 3, 20);
        var error = found.sub(maps).abs().flatten(2).amax([2]).Doubles();
        var stated = kept[2].Doubles();
        for (var i = 0; i < error.Length; i++)
            error[i].Should().BeLessThanOrEqualTo(Math.Max(stated[i], inHalf ? maps.abs().max().Number() * Math.Pow(2, -11) : 0));
        found.ne(0).sum().item<long>().Should().BeLessThanOrEqualTo(5 * 3 * 20);
    }

    [Test]
    public void Top_k_of_sharper_softmaxes_errs_by_no_more_than_its_smallest_kept_number_allows(
        [Values(8, 40, 99)] int count, [Values(0.1, 1.0)] double spread)
    {
        using var scope = NewDisposeScope();
        var logits = Logits(100, spread, 8);
        var stored = ThereAndBack(logits, RecordedForm.TopK(count));
        var kept = logits.topk(count, 1).values.to(ScalarType.Float64);
        foreach (var temperature in (double[])[0.1, 0.4])
        {
            double[] exact = Softmax(logits, temperature), found = Softmax(stored, temperature);
            // The share of the others if each were as large as the smallest that is kept.
            var most = kept.select(1, count - 1).unsqueeze(1).expand(64, 100 - count);
            var share = cat([most, kept], 1).div(temperature).softmax(1).narrow(1, 0, 100 - count).sum(1).Doubles();
            for (var row = 0; row < 64; row++)
                (Enumerable.Range(100 * row, 100).Sum(i => Math.Abs(exact[i] - found[i])) / 2).Should()
                    .BeLessThanOrEqualTo(share[row] + 1e-5, $"temperature {temperature}");
        }
    }

    [Test]
    public void Sparse_maps_move_no_probability_by_more_than_what_is_left_out_allows([Values(1.0, 3.0)] double temperature)
    {
        using var scope = NewDisposeScope();
        const double Beta = 10;
        manual_seed(9);
        var maps = randn(5, 3, 16, 12).pow(6).mul(1e-3);
        var layout = new AnswerLayout([3, 16, 12], ScalarType.Float32, RecordedForm.SparseMaps(60));
        var kept = layout.Pack(maps);

        double[] exact = Belief(maps), found = Belief(layout.Unpack(kept)), omitted = kept[2].Doubles();

        var rounding = maps.abs().max().Number() * Math.Pow(2, -11);
        for (var i = 0; i < exact.Length; i++)
            Math.Abs(Math.Log(found[i] / exact[i])).Should()
                .BeLessThanOrEqualTo(2 * Beta / temperature * Math.Max(omitted[i / (16 * 12)], rounding) + 1e-9);

        double[] Belief(Tensor of) => of.to(ScalarType.Float64).mul(Beta / temperature).flatten(2).softmax(2).Doubles();
    }

    [Test]
    public void A_form_is_read_as_it_is_written_and_others_are_refused()
    {
        foreach (var form in (RecordedForm[])[RecordedForm.Full, RecordedForm.Half, RecordedForm.TopK(5), RecordedForm.TopK(7, true),
            RecordedForm.SparseMaps(3)])
            RecordedForm.Parse(form.ToString()).Should().Be(form);
        foreach (var text in (string?[])[null, "", "float64", "float16 top", "float16 top 0", "float32 top -1", "float32 last 3",
            "float16 top 3 4"])
            RecordedForm.Parse(text).Should().BeNull();
        FluentActions.Invoking(() => RecordedForm.TopK(0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new AnswerLayout([10], ScalarType.Float32, RecordedForm.TopK(10))).Should()
            .Throw<RecordingException>().WithMessage("*has 10*");
    }
}
