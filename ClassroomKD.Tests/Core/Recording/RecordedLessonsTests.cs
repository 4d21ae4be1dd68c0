using Microsoft.Extensions.DependencyInjection;

namespace ClassroomKD.Tests.Core.Recording;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecordedLessonsTests
{
    private static readonly string[] Names = ["deep", "wide/1"];
    private readonly TemporaryFolder folder = new();
    private readonly LessonsCase lesson = new();

    [TearDown]
    public void Remove()
    {
        folder.Dispose();
        lesson.Dispose();
    }

    private static Mentor<Tensor>[] Mentors(RecordedLessons lessons) => [lessons.CreateMentor("wide/1"), lessons.CreateMentor("deep")];

    [Test]
    public void A_student_of_recorded_mentors_has_the_weights_of_one_of_the_mentors_themselves_bit_for_bit()
    {
        var progress = new ProgressList();
        lesson.Record(folder.Root, progress: progress);
        var lessons = RecordedLessons.Open(folder.Root);
        var recorded = Mentors(lessons);

        var (weights, losses, report) = lesson.Train(lessons, recorded);
        var live = lesson.Train(lessons, lesson.Mentors);

        weights.Should().Be(live.Weights);
        losses.Should().Equal(live.Losses);
        report.Should().BeEquivalentTo(live.Report, options => options.ComparingByMembers<TeachingReport>());
        progress.All[^1].Should().Be(new RecordingProgress(10, 10));
        lessons.Variants.Should().Be(2);
        lessons.Mentors.Select(mentor => mentor.Name).Should().Equal(Names);
        Array.ForEach(recorded, mentor => mentor.Dispose());
    }

    [TestCase("float16", 1e-3)]
    [TestCase("float32 top 11", 5e-2)]
    [TestCase("float16 top 8", 0.1)]
    public void In_a_smaller_form_the_loss_is_near(string form, double within)
    {
        lesson.Record(folder.Root, options => options.Form = RecordedForm.Parse(form)!);
        var lessons = RecordedLessons.Open(folder.Root);
        var recorded = Mentors(lessons);

        var (_, losses, _) = lesson.Train(lessons, recorded, epochs: 1);
        var live = lesson.Train(lessons, lesson.Mentors, epochs: 1);

        losses[0].Should().BeApproximately(live.Losses[0], within * live.Losses[0]);
        Array.ForEach(recorded, mentor => mentor.Dispose());
    }

    [Test]
    public void Mentors_can_be_added_later_and_the_recording_is_found_complete()
    {
        RecordedLessons.Record(folder.Root, [lesson.Mentors[0]], lesson.Data, new() { Variants = 2 });
        RecordedLessons.Record(folder.Root, [lesson.Mentors[1]], lesson.Data, new() { Variants = 2 });

        RecordedLessons.Open(folder.Root).Mentors.Select(mentor => mentor.Name).Should().Equal(Names);
        RecordedLessons.Open(folder.Root).Verify();
    }

    [Test]
    public void Answers_of_several_tensors_come_back_as_they_were()
    {
        using var mentor = new Mentor<(Tensor, Tensor)>("two", input => (input.mul(2), input.sum(1).unsqueeze(1)));
        RecordedLessons.Record(folder.Root, [mentor], lesson.Data);
        var lessons = RecordedLessons.Open(folder.Root);
        using var recorded = lessons.CreateMentor<(Tensor, Tensor)>("two");

        foreach (var batch in lessons.Replay(lesson.Data).Epoch(3))
        {
            using var scope = NewDisposeScope();
            var (twice, sum) = recorded.Answer(Question(batch));
            twice.ShouldBeBitwiseEqual(batch.Input.mul(2), "first");
            sum.ShouldBeBitwiseEqual(batch.Input.sum(1).unsqueeze(1), "second");
        }

        FluentActions.Invoking(() => lessons.CreateMentor("two")).Should().Throw<ArgumentException>().WithMessage("*2 tensors*");
    }

    [Test]
    public void A_mentors_class_map_is_recorded_and_can_be_replaced()
    {
        var map = ClassMap.FromIndices([3, -1, 5, 0], 12);
        using var mentor = new Mentor("other classes", nn.Linear(6, 12), new MentorOptions { Classes = map });
        RecordedLessons.Record(folder.Root, [mentor], lesson.Data, new() { ClassNames = ["a", "b"] });
        var lessons = RecordedLessons.Open(folder.Root);

        using var recorded = lessons.CreateMentor("other classes");
        recorded.Classes!.StudentIndices.Should().Equal(map.StudentIndices);
        recorded.Classes.MentorIndices.Should().Equal(map.MentorIndices);
        recorded.Classes.MentorClasses.Should().Be(12);
        recorded.Classes.StudentClasses.Should().Be(4);
        var own = ClassMap.FromIndices([1, 2], 12);
        using var replaced = lessons.CreateMentor("other classes", own);
        replaced.Classes.Should().BeSameAs(own);
    }

    [Test]
    public void Recorded_mentors_are_registered_like_others()
    {
        lesson.Record(folder.Root);
        var lessons = RecordedLessons.Open(folder.Root);
        var services = new ServiceCollection();
        services.AddClassroom("small").AddRecordedMentor("deep", _ => lessons)
            .AddRecordedMentor("wide/1", _ => RecordedLessons.Open(folder.Root));
        using var provider = services.BuildServiceProvider();
        var classroom = provider.GetRequiredKeyedService<Classroom>("small");

        foreach (var batch in lessons.Replay(lesson.Data).Epoch(1))
        {
            using var scope = NewDisposeScope();
            classroom.Teach(batch, zeros(batch.Input.size(0), LessonsCase.Classes).requires_grad_()).Loss.isfinite().item<bool>().Should()
                .BeTrue();
        }

        var report = classroom.ReadReport();
        report.Samples.Should().Be(AugmentedPoints.Count);
        report.Mentors.Select(mentor => mentor.Name).Should().Equal(Names);
    }

    [Test]
    public void Anyone_can_read_the_files()
    {
        lesson.Record(folder.Root, options => options.ClassNames = ["one", "two"]);
        using var file = SafetensorsFile.Read(Path.Combine(folder.Root, "mentor-wide%2F1", "variant-0001-batch-0000002.safetensors"));

        file["answers.0.values"].shape.Should().Equal(16, 12);
        file["samples"].shape.Should().Equal(16);
        file["offsets"].data<long>().ToArray().Should().Equal(0, 8, 16);
        file.Metadata.Should().Contain(new KeyValuePair<string, string>[]
        {
            new("mentor", "wide/1"), new("form", "float32"), new("variant", "1"), new("batches.first", "2"), new("input", "Float32 6"),
            new("answers.0.shape", "12"), new("data.seed", "1"), new("classNames", """["one","two"]"""),
        });
        using var scope = NewDisposeScope();
        foreach (var batch in lesson.Data.Epoch(1, firstBatch: 2).Take(1))
        {
            file["samples"].narrow(0, 0, 8).data<int>().ToArray().Should().Equal(batch.Samples);
            file["answers.0.values"].narrow(0, 0, 8).ShouldBeBitwiseEqual(lesson.Mentors[0].Answer(batch.Input), "answers");
        }
    }

    [Test]
    public void Fresh_answers_equal_the_recorded_ones_and_others_are_refused([Values("float32", "float16", "float32 top 3")] string form)
    {
        lesson.Record(folder.Root, options => options.Form = RecordedForm.Parse(form)!);
        var lessons = RecordedLessons.Open(folder.Root);

        lessons.Compare(lesson.Mentors[0], lesson.Data, batches: 10).Should().Be(0);

        using var others = new LessonsCase(seed: 4);
        FluentActions.Invoking(() => lessons.Compare(others.Mentors[0], lesson.Data)).Should().Throw<RecordingException>()
            .WithMessage("*other weights*");
        using var unknown = new Mentor("nobody", input => input);
        FluentActions.Invoking(() => lessons.Compare(unknown, lesson.Data)).Should().Throw<RecordingException>()
            .WithMessage("*no answers of a mentor 'nobody'*");
    }

    [Test]
    public void A_function_that_has_changed_shows_in_its_answers()
    {
        var factor = 2.0;
        using var mentor = new Mentor("function", input => input.mul(factor));
        RecordedLessons.Record(folder.Root, [mentor], lesson.Data);
        var lessons = RecordedLessons.Open(folder.Root);
        lessons.Compare(mentor, lesson.Data).Should().Be(0);

        factor = 2.1;

        FluentActions.Invoking(() => lessons.Compare(mentor, lesson.Data)).Should().Throw<RecordingException>()
            .WithMessage("*differ from the recorded ones*");
    }

    [Test]
    public void A_training_on_recorded_lessons_leaves_no_tensor_behind()
    {
        lesson.Record(folder.Root, options => options.Form = RecordedForm.TopK(4));
        var lessons = RecordedLessons.Open(folder.Root);
        var recorded = Mentors(lessons);
        long After(Action work)
        {
            work();
            return LiveTensors.Settled();
        }

        var before = After(() => lesson.Train(lessons, recorded, epochs: 1));

        After(() => lesson.Record(folder.Root + "/again")).Should().BeLessThanOrEqualTo(before, "after a recording");
        After(() => lessons.Compare(lesson.Mentors[0], lesson.Data)).Should().BeLessThanOrEqualTo(before, "after a comparison");
        var live = After(() => lesson.Train(lessons, lesson.Mentors, epochs: 1));
        After(() => lesson.Train(lessons, recorded, epochs: 40)).Should()
            .BeLessThanOrEqualTo(live + (live - before), "200 steps leave what five live ones leave");
        Array.ForEach(recorded, mentor => mentor.Dispose());
    }

    internal static MentorQuestion Question(in TrainingBatch<Tensor> batch) =>
        new() { Input = batch.Input, Number = batch.Number, Samples = batch.Samples, Variant = batch.Variant };
}
