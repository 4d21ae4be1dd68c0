using System.Text.Json;

namespace ClassroomKD.Pose;

/// <summary>Recorded mentors that answer with poses.</summary>
public static class RecordedPoseExtensions
{
    /// <summary>A mentor that gives recorded poses, read by the codec that it was recorded with.</summary>
    /// <param name="lessons">The recording.</param>
    /// <param name="name">The mentor's name.</param>
    /// <param name="joints">The map from its joints to the classroom's. Default null: as it was recorded.</param>
    /// <returns>The mentor, which answers batches of <see cref="RecordedLessons.Replay{TTarget}"/>; the caller disposes it.</returns>
    /// <exception cref="RecordingException">There is no recording of it, or it is none of poses.</exception>
    public static Mentor<PoseAnswer> CreatePoseMentor(this RecordedLessons lessons, string name, JointMap? joints = null)
    {
        ArgumentNullException.ThrowIfNull(lessons);
        var recording = lessons.Mentors.FirstOrDefault(mentor => mentor.Name == name);
        // Without one, the making of the mentor says so.
        var read = recording is null ? _ => throw new InvalidOperationException()
            : Reader(recording.Statement, name, joints);
        return lessons.CreateMentor(name, (_, parts) => read(parts));
    }

    /// <summary>
    /// Adds a mentor that gives recorded poses; the classroom is then taught on <see cref="RecordedLessons.Replay{TTarget}"/>.
    /// </summary>
    /// <param name="builder">The classroom, made by <c>AddClassroom&lt;PoseAnswer, PoseTarget&gt;(name)</c>.</param>
    /// <param name="name">The mentor's name in the recording.</param>
    /// <param name="lessons">Gives the recording; called once.</param>
    /// <param name="joints">The map from its joints to the classroom's. Default null: as it was recorded.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddRecordedPoseMentor(
        this IClassroomBuilder builder, string name, Func<IServiceProvider, RecordedLessons> lessons, JointMap? joints = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(lessons);
        return builder.AddMentor(provider => lessons(provider).CreatePoseMentor(name, joints));
    }

    /// <summary>Makes answers of recorded tensors as the statement says.</summary>
    /// <param name="statement">The text; null: the recording has none.</param>
    /// <param name="mentor">Whose it is, for exceptions.</param>
    /// <param name="joints">The map to the classroom's joints, in place of the one that was recorded.</param>
    /// <exception cref="RecordingException">It does not state a pose.</exception>
    private static Func<IReadOnlyList<Tensor>, PoseAnswer> Reader(string? statement, string mentor, JointMap? joints)
    {
        try
        {
            var stated = statement is null ? null : PoseStatement.Parse(statement);
            var map = joints ?? (stated?.Joints is { } own ? new JointMap(own.From, own.Sources) : null);
            if (stated?.Heatmaps is { } maps)
            {
                var geometry = new HeatmapGeometry(maps.InputWidth, maps.InputHeight, maps.Width, maps.Height);
                var codec = new HeatmapCodec(maps.Encoding, maps.Sigma);
                return parts => new HeatmapPose(parts[0], geometry, codec, map);
            }

            if (stated?.Simcc is { } bins)
            {
                var codec = new SimccCodec(bins.InputWidth, bins.InputHeight, bins.Split, bins.SigmaX, bins.SigmaY);
                return parts => new SimccPose(new SimccAnswer(parts[0], parts[1]), codec, map, bins.Sharpness);
            }
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new RecordingException(
                $"The recording of mentor '{mentor}' does not state how poses are read: {exception.Message}", exception);
        }

        throw new RecordingException($"The recording of mentor '{mentor}' holds no poses: it states '{statement ?? "nothing"}'.");
    }
}
