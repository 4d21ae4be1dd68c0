namespace ClassroomKD;

/// <summary>Turns the student's batches into a mentor's, as its <see cref="MentorInput"/> states.</summary>
internal sealed class InputAdapter : IDisposable
{
    private readonly MentorInput stated;
    private readonly ChannelScale? scale;
    private readonly long[]? size;
    private readonly long[]? channels;
    private Tensor? channelIndices; // on the device seen last

    /// <exception cref="ArgumentException">What is stated is out of range or contradicts itself.</exception>
    public InputAdapter(MentorInput stated)
    {
        if (stated.Size is { } s && (s.Height < 1 || s.Width < 1))
            throw new ArgumentException($"MentorInput: Size must be at least 1 x 1; it is {s.Height} x {s.Width}.", nameof(stated));
        if (stated.Interpolation is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
            throw new ArgumentException(
                $"MentorInput: Interpolation must be Bilinear or Bicubic; it is {stated.Interpolation}.", nameof(stated));
        if (stated.Channels is { } c && (c.Count == 0 || c.Any(channel => channel < 0)))
            throw new ArgumentException($"MentorInput: Channels must hold indices from 0; it is [{string.Join(", ", c)}].", nameof(stated));
        if (stated.Type is { } type && type is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
            throw new ArgumentException($"MentorInput: Type must be a floating type; it is {type}.", nameof(stated));
        this.stated = stated;
        scale = ChannelScale.Of(stated);
        size = stated.Size is { } wanted ? [wanted.Height, wanted.Width] : null;
        channels = stated.Channels?.Select(channel => (long)channel).ToArray();
    }

    /// <summary>The mentor's batch, in the current dispose scope. The input is not changed.</summary>
    public Tensor Adapt(Tensor input)
    {
        if (input.dim() != 4 || !input.is_floating_point())
            throw new ArgumentException(
                $"MentorInput: a floating-point batch [B, C, H, W] was expected, got {input.dtype} [{string.Join(", ", input.shape)}].",
                nameof(input));
        var result = scale is not null || size is not null || channels is not null ? Changed(input) : input;
        return result.to(stated.Type ?? input.dtype);
    }

    public void Dispose()
    {
        scale?.Dispose();
        channelIndices?.Dispose();
        channelIndices = null;
    }

    private Tensor Changed(Tensor input)
    {
        var available = input.size(1);
        if (scale?.StudentChannels is { } expected && expected != available)
            throw new ArgumentException(
                $"MentorInput: {expected} channels were expected, as the figures have, but {available} came.", nameof(input));
        var result = input;
        if (channels is not null)
        {
            if (channels.Max() >= available)
                throw new ArgumentException(
                    $"MentorInput: channel {channels.Max()} was expected, but {available} channels came.", nameof(input));
            result = result.index_select(1, ChannelsBeside(input));
        }
        // Both are linear and the weights of a resize add up to 1: in either order the result is the same, so the smaller tensor is scaled.
        var grows = size is not null && size[0] * size[1] > input.size(2) * input.size(3);
        if (scale is not null && grows)
            result = scale.Apply(result);
        if (size is not null && (size[0] != input.size(2) || size[1] != input.size(3)))
            result = nn.functional.interpolate(result, size, mode: stated.Interpolation, align_corners: false, antialias: stated.Antialias);
        return scale is not null && !grows ? scale.Apply(result) : result;
    }

    private Tensor ChannelsBeside(Tensor input)
    {
        if (channelIndices is not null
            && channelIndices.device_type == input.device_type && channelIndices.device_index == input.device_index)
            return channelIndices;
        channelIndices?.Dispose();
        using var scope = NewDisposeScope();
        return channelIndices = tensor(channels!).to(input.device).DetachFromDisposeScope();
    }
}
