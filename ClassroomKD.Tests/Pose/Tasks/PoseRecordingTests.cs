using ClassroomKD.Pose;
using Microsoft.Extensions.DependencyInjection;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>A student of poses that is trained from recorded mentors.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PoseRecordingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Mentor<PoseAnswer>[] mentors;
    private readonly PoseLoader data = SmallPoses.Data();

    public PoseRecordingTests()
    {
        manual_seed(5);
        mentors = SmallPoses.Mentors();
    }

    public void Dispose()
    {
        Array.ForEach(mentors, mentor => mentor.Dispose());
        folder.Dispose();
    }

    [Test]
    public void A_student_of_recorded_poses_has_the_weights_of_one_of_the_mentors_themselves_bit_for_bit([Values] bool bins)
    {
        var lessons = Record(RecordedForm.Full);

        var recorded = Train(lessons, Recorded(lessons), bins);
        var live = Train(lessons, mentors, bins);

        recorded.Weights.Should().Be(live.Weights);
        recorded.Report.Should().BeEquivalentTo(live.Report, options => options.ComparingByMembers<TeachingReport>());
        recorded.Report.Groups!.Kind.Should().Be("joint");
        recorded.Report.Mentors.Should().OnlyContain(mentor => mentor.EligibleShare > 0);
    }

    [Test]
    public void Fewer_bits_and_fewer_numbers_move_the_loss_little([Values] bool bins)
    {
        var exact = Loss(Record(RecordedForm.Full));

        Loss(Record(RecordedForm.Half)).Should().BeApproximately(exact, 2e-3 * exact);
        // Untrained networks are the worst case: what they leave out is as large as what they keep. So mentors are a part of the loss here,
        // not nearly all of it.
        var part = Loss(Record(RecordedForm.Full), factor: 0.1);
        Loss(Record(RecordedForm.SparseMaps(42), RecordedForm.TopK(40)), factor: 0.1).Should().BeApproximately(part, 0.3 * part);

        double Loss(RecordedLessons recording, double factor = 1) =>
            Train(recording, Recorded(recording), bins, epochs: 1, factor).Loss;
    }

    [Test]
    public void A_recorded_pose_is_read_by_its_own_codec_and_joint_map()
    {
        using var other = new Mentor<PoseAnswer>("other joints", SmallPoses.Maps(4, JointMap.CocoToMpii));
        RecordedLessons.Record(folder.Root, [.. mentors, other], data);
        var lessons = RecordedLessons.Open(folder.Root);
        var recorded = Recorded(lessons);
        using var mapped = lessons.CreatePoseMentor("other joints");

        foreach (var batch in lessons.Replay(data).Epoch(0))
        {
            using var scope = NewDisposeScope();
            var question = new MentorQuestion
            {
                Input = batch.Input, Number = batch.Number, Samples = batch.Samples, Variant = batch.Variant,
            };
            foreach (var (stored, fresh) in recorded.Append(mapped).Zip(mentors.Append(other)))
            {
                PoseAnswer found = stored.Answer(question), expected = fresh.Answer(batch.Input);
                found.Should().BeOfType(expected.GetType());
                ((IRecordableAnswer)found).Statement.Should().Be(((IRecordableAnswer)expected).Statement);
                found.Positions(soft: true).ShouldBeBitwiseEqual(expected.Positions(soft: true), stored.Name);
            }
        }

        using var replaced = lessons.CreatePoseMentor("maps", JointMap.CocoToMpii);
        recorded[0].Identity.Should().NotEqual(replaced.Identity, "a training that is resumed must find the same joints");
        using var again = lessons.CreatePoseMentor("maps");
        recorded[0].Identity.Should().Equal(again.Identity);
        lessons.Compare(other, data).Should().Be(0);
        Array.ForEach(recorded, mentor => mentor.Dispose());
    }

    [Test]
    public void Recorded_poses_are_registered_like_others()
    {
        var lessons = Record(RecordedForm.Full);
        var services = new ServiceCollection();
        services.AddClassroom<PoseAnswer, PoseTarget>("poses").UseHeatmapTask()
            .AddRecordedPoseMentor("maps", _ => lessons).AddRecordedPoseMentor("bins", _ => lessons);
        using var provider = services.BuildServiceProvider();
        var classroom = provider.GetRequiredKeyedService<Classroom<PoseAnswer, PoseTarget>>("poses");

        foreach (var batch in lessons.Replay(data).Epoch(2))
        {
            using var scope = NewDisposeScope();
            using var student = SmallPoses.Maps(4);
            classroom.Teach(batch, student.call(batch.Input)).Loss.Number().Should().BePositive();
        }

        classroom.ReadReport().Mentors.Select(mentor => mentor.Name).Should().Equal("maps", "bins");
    }

    [Test]
    public void What_is_no_recording_of_poses_is_refused_by_name()
    {
        using var plain = new Mentor("plain", input => input.flatten(2));
        RecordedLessons.Record(folder.Root, [plain], data);
        var lessons = RecordedLessons.Open(folder.Root);

        FluentActions.Invoking(() => lessons.CreatePoseMentor("plain")).Should().Throw<RecordingException>()
            .WithMessage("*'plain' holds no poses*");
        FluentActions.Invoking(() => lessons.CreatePoseMentor("nobody")).Should().Throw<RecordingException>()
            .WithMessage("*no answers of a mentor 'nobody'*");
        var calls = 0;
        FluentActions.Invoking(() => RecordedLessons.Record(folder.Root + "/more", [new Mentor<PoseAnswer>("changing", Changing)], data))
            .Should().Throw<RecordingException>().WithMessage("*'changing' said of its first answer*");

        PoseAnswer Changing(Tensor input) => new HeatmapPose(
            input.narrow(1, 0, 1), new(24, 32, 24, 32), new HeatmapCodec(HeatmapEncoding.Dark, ++calls > 2 ? 2 : 3));
    }

    private RecordedLessons Record(RecordedForm maps, RecordedForm? bins = null)
    {
        var path = Path.Combine(folder.Root, maps.ToString());
        RecordedLessons.Record(path, mentors[..1], data, new() { Variants = 2, Form = maps });
        RecordedLessons.Record(path, mentors[1..], data, new() { Variants = 2, Form = bins ?? maps });
        var lessons = RecordedLessons.Open(path);
        foreach (var mentor in mentors)
            lessons.Compare(mentor, data).Should().BeLessThan(1e-3);
        return lessons;
    }

    private static Mentor<PoseAnswer>[] Recorded(RecordedLessons lessons) =>
        [lessons.CreatePoseMentor("maps"), lessons.CreatePoseMentor("bins")];

    private (string Weights, double Loss, TeachingReport Report) Train(
        RecordedLessons lessons, Mentor<PoseAnswer>[] teachers, bool bins, int epochs = 3, double factor = 1)
    {
        manual_seed(6);
        using var student = new Student<PoseAnswer>("student", bins ? SmallPoses.Rows(6) : SmallPoses.Maps(6));
        using var optimizer = new AdamWOptimizer(student.Module.parameters(), 5e-3);
        using PoseTask task = bins
            ? new SimccTask(new() { DistillationFactor = factor }) : new HeatmapTask(new() { DistillationFactor = factor });
        using var classroom = new Classroom<PoseAnswer, PoseTarget>(teachers, task);
        var result = new Trainer<PoseAnswer, PoseTarget>(student, optimizer, lessons.Replay(data), classroom, new() { Epochs = epochs })
            .Run();
        if (!ReferenceEquals(teachers, mentors))
            Array.ForEach(teachers, mentor => mentor.Dispose());
        return (Sha256.OfTensors(student.Module.state_dict()), result.Epochs[^1].Loss, result.Epochs[^1].Teaching!);
    }
}
