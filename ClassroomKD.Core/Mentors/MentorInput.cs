namespace ClassroomKD;

/// <summary>
/// The input that a mentor was trained on, where it is not the student's: size, channel order, normalization, type. Batches are
/// floating-point <c>[B, C, H, W]</c>; everything is done on the device that the student's batch is on.
/// </summary>
/// <remarks>
/// Channels are chosen first. Normalization is one multiplication and one addition per channel: with the student's figures m, s and the
/// mentor's M, S it is <c>x s / S + (m - M) / S</c>, which undoes the one and applies the other. All means and deviations are on one scale
/// of values: where the student's are of values from 0 to 1, those of a mentor that takes 0 to 255 are divided by 255 (so its deviation of
/// 1 is stated as 1/255).
/// </remarks>
public sealed class MentorInput
{
    /// <summary>Height and width that the mentor expects.</summary>
    /// <value>Default null: the student's.</value>
    public (int Height, int Width)? Size { get; set; }

    /// <summary>How the size is changed: Bilinear or Bicubic, with <c>align_corners = false</c>.</summary>
    /// <value>Default Bilinear.</value>
    public InterpolationMode Interpolation { get; set; } = InterpolationMode.Bilinear;

    /// <summary>Whether to low-pass before making smaller, as Pillow does; no effect when making larger.</summary>
    /// <value>Default false.</value>
    public bool Antialias { get; set; }

    /// <summary>For each channel of the mentor the index of the student's: <c>[2, 1, 0]</c> turns RGB into BGR, <c>[0, 0, 0]</c> repeats
    /// one.</summary>
    /// <value>Default null: the student's channels in their order.</value>
    public IReadOnlyList<int>? Channels { get; set; }

    /// <summary>What was subtracted from each of the student's channels.</summary>
    /// <value>Default null: 0.</value>
    public IReadOnlyList<float>? StudentMean { get; set; }

    /// <summary>What each of the student's channels was divided by afterwards, above 0.</summary>
    /// <value>Default null: 1.</value>
    public IReadOnlyList<float>? StudentStandardDeviation { get; set; }

    /// <summary>What the mentor expects to be subtracted from each of its channels, in the mentor's order.</summary>
    /// <value>Default null: 0.</value>
    public IReadOnlyList<float>? MentorMean { get; set; }

    /// <summary>What the mentor expects each of its channels to be divided by afterwards, above 0, in the mentor's order.</summary>
    /// <value>Default null: 1.</value>
    public IReadOnlyList<float>? MentorStandardDeviation { get; set; }

    /// <summary>The floating type that the mentor computes in, such as Float16.</summary>
    /// <value>Default null: the type of the student's input.</value>
    public ScalarType? Type { get; set; }
}
