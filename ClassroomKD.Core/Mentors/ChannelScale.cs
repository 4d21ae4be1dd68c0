namespace ClassroomKD;

/// <summary>The student's normalization undone and the mentor's applied, in one step per channel: <c>x scale + shift</c>.</summary>
internal sealed class ChannelScale : IDisposable
{
    private readonly float[] scales;
    private readonly float[] shifts;
    private Tensor? scale; // [1, C, 1, 1] on the device seen last
    private Tensor? shift;

    private ChannelScale(float[] scales, float[] shifts) => (this.scales, this.shifts) = (scales, shifts);

    /// <summary>How many channels the student's input has; null where nothing stated tells.</summary>
    public int? StudentChannels { get; private init; }

    /// <summary>The scaling that an input states; null where it states none.</summary>
    /// <exception cref="ArgumentException">Figures are out of range or their numbers do not fit together.</exception>
    public static ChannelScale? Of(MentorInput input)
    {
        var student = Count(
            (input.StudentMean, nameof(input.StudentMean)), (input.StudentStandardDeviation, nameof(input.StudentStandardDeviation)));
        var mentor = Count(
            (input.MentorMean, nameof(input.MentorMean)), (input.MentorStandardDeviation, nameof(input.MentorStandardDeviation)));
        if (input.Channels is { } channels)
        {
            if (mentor is { } stated && stated != channels.Count)
                throw new ArgumentException(
                    $"MentorInput: figures for {channels.Count} channels of the mentor were expected, as Channels has, but {stated} came.");
            if (student is { } available && channels.Any(channel => channel >= available))
                throw new ArgumentException(
                    $"MentorInput: Channels [{string.Join(", ", channels)}] names a channel that the student's {available} do not have.");
        }
        else if (student is { } ofStudent && mentor is { } ofMentor && ofStudent != ofMentor)
        {
            throw new ArgumentException(
                $"MentorInput: the student has {ofStudent} channels and the mentor {ofMentor}; state in Channels which is which.");
        }
        if ((student ?? mentor) is null)
            return null;

        var count = input.Channels?.Count ?? mentor ?? student!.Value;
        var (scales, shifts) = (new float[count], new float[count]);
        for (var c = 0; c < count; c++)
        {
            var from = input.Channels?[c] ?? c;
            double deviation = input.MentorStandardDeviation?[c] ?? 1;
            scales[c] = (float)((input.StudentStandardDeviation?[from] ?? 1) / deviation);
            shifts[c] = (float)(((double)(input.StudentMean?[from] ?? 0) - (input.MentorMean?[c] ?? 0)) / deviation);
        }
        return new ChannelScale(scales, shifts) { StudentChannels = student ?? (input.Channels is null ? mentor : null) };
    }

    public Tensor Apply(Tensor input)
    {
        if (scale is null || scale.device_type != input.device_type || scale.device_index != input.device_index)
        {
            Dispose();
            scale = OnDevice(scales, input.device);
            shift = OnDevice(shifts, input.device);
        }
        return shift!.addcmul(input, scale, Scalars.One);
    }

    public void Dispose()
    {
        scale?.Dispose();
        shift?.Dispose();
        scale = shift = null;
    }

    private static Tensor OnDevice(float[] values, Device device)
    {
        using var scope = NewDisposeScope();
        return tensor(values).reshape(1, values.Length, 1, 1).to(device).DetachFromDisposeScope();
    }

    private static int? Count((IReadOnlyList<float>? Values, string Name) means, (IReadOnlyList<float>? Values, string Name) deviations)
    {
        foreach (var (values, name) in new[] { means, deviations })
            if (values is { Count: 0 } || values?.Any(value => !float.IsFinite(value)) == true)
                throw new ArgumentException(
                    $"MentorInput: {name} must hold a finite figure for each channel; it is [{string.Join(", ", values)}].");
        if (deviations.Values?.Any(value => value <= 0) == true)
            throw new ArgumentException($"MentorInput: {deviations.Name} must be above 0; it is [{string.Join(", ", deviations.Values)}].");
        if (means.Values is { } m && deviations.Values is { } d && m.Count != d.Count)
            throw new ArgumentException(
                $"MentorInput: {means.Name} has {m.Count} figures and {deviations.Name} {d.Count}; both need one for each channel.");
        return means.Values?.Count ?? deviations.Values?.Count;
    }
}
