namespace ClassroomKD;

/// <summary>Another channel order or range of values that a mentor may have been trained with.</summary>
/// <param name="Name">What it is called after "with".</param>
/// <param name="Remedy">What to do if it is the right one.</param>
/// <param name="Change">Makes it of the student's input.</param>
internal sealed record InputAlternative(string Name, string Remedy, Func<Tensor, Tensor> Change)
{
    private static readonly Scalar Largest = Scalars.Of(255), Tiny = Scalars.Of(1e-12);

    /// <summary>
    /// The alternatives for floating-point images <c>[B, C, H, W]</c>: each range of values with the channels as they are and, where there
    /// are three, reversed. The figures of the present range are taken from the samples: the least value of a channel stands for black, the
    /// largest for white.
    /// </summary>
    public static IEnumerable<InputAlternative> Of(IReadOnlyList<Tensor> inputs)
    {
        if (inputs.Count == 0 || inputs[0].dim() != 4 || !inputs[0].is_floating_point())
            return [];
        var all = cat([.. inputs], 0).transpose(0, 1).flatten(1).InFullPrecision();
        Tensor PerChannel(Tensor figures) => figures.reshape(1, -1, 1, 1);
        var (least, most) = (PerChannel(all.amin([1])), PerChannel(all.amax([1])));
        var (mean, deviation) = (PerChannel(all.mean([1])), PerChannel(all.std(1)));
        var width = most.sub(least).clamp_min(Tiny);
        Tensor Unit(Tensor x) => x.sub(least).div(width);

        const string State =
            "state the student's and the mentor's mean and deviation in " + nameof(MentorOptions) + "." + nameof(MentorOptions.Input);
        InputAlternative[] ranges =
        [
            new("values from 0 to 1", $"{State} (the mentor's are 0 and 1)", Unit),
            new("values from 0 to 255", $"{State} (the mentor's are 0 and 1/255)", x => Unit(x).mul(Largest)),
            new("values from -1 to 1", $"{State} (the mentor's are 0.5 and 0.5)", x => Unit(x).mul(Scalars.Two).sub(Scalars.One)),
            new("values of mean 0 and deviation 1", $"{State}", x => x.sub(mean).div(deviation.clamp_min(Tiny))),
        ];
        if (inputs[0].size(1) != 3)
            return ranges;
        const string Reversed = "set " + nameof(MentorInput) + "." + nameof(MentorInput.Channels) + " to [2, 1, 0]";
        return
        [
            new("its channels reversed (BGR)", Reversed, x => x.flip(1)),
            .. ranges,
            .. ranges.Select(range => new InputAlternative(
                $"its channels reversed (BGR) and {range.Name}", $"{Reversed}, and {range.Remedy}", x => range.Change(x).flip(1))),
        ];
    }
}
