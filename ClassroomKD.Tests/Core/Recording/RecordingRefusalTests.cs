namespace ClassroomKD.Tests.Core.Recording;

/// <summary>No stored answer is ever given to another image.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecordingRefusalTests
{
    private readonly TemporaryFolder folder = new();
    private readonly LessonsCase lesson = new();
    private RecordedLessons lessons = null!;
    private Mentor<Tensor> mentor = null!;

    [SetUp]
    public void Record()
    {
        lesson.Record(folder.Root);
        lessons = RecordedLessons.Open(folder.Root);
        mentor = lessons.CreateMentor("deep");
    }

    [TearDown]
    public void Remove()
    {
        mentor.Dispose();
        folder.Dispose();
        lesson.Dispose();
    }

    private void Refused(Func<TrainingBatch<Tensor>, TrainingBatch<Tensor>> change, string message)
    {
        foreach (var batch in lessons.Replay(lesson.Data).Epoch(1))
        {
            using var scope = NewDisposeScope();
            FluentActions.Invoking(() => mentor.Answer(RecordedLessonsTests.Question(change(batch)))).Should().Throw<MentorException>()
                .WithMessage(message);
        }
    }

    [Test]
    public void A_batch_without_samples_or_of_no_recorded_epoch()
    {
        Refused(batch => batch with { Samples = null },
            "Mentor 'deep' is recorded and needs to know which samples a batch holds*Replay(data)*");
        Refused(batch => batch with { Variant = null }, "*needs to know which samples a batch holds*");
        using var classroom = new Classroom([mentor]);
        foreach (var batch in lesson.Data.Epoch(0))
        {
            using var scope = NewDisposeScope();
            var answer = zeros(batch.Input.size(0), LessonsCase.Classes).requires_grad_();
            FluentActions.Invoking(() => classroom.Teach(batch.Input, answer, batch.Targets)).Should().Throw<MentorException>();
            FluentActions.Invoking(() => classroom.Teach(batch, answer)).Should().Throw<MentorException>().WithMessage("*Replay(data)*");
            FluentActions.Invoking(() => mentor.Answer(batch.Input)).Should().Throw<MentorException>().WithMessage("*Replay(data)*");
        }
    }

    [Test]
    public void Other_samples_another_order_another_number_another_epoch()
    {
        Refused(batch => batch with { Samples = [.. batch.Samples!.Skip(1)] }, "*other samples*");
        Refused(batch => batch with { Samples = [.. batch.Samples!.Reverse()] }, "*other samples*");
        Refused(batch => batch with { Number = (batch.Number + 1) % 4 }, "*other samples*");
        Refused(batch => batch with { Number = 5 }, "*not batch 5*");
        Refused(batch => batch with { Variant = new RecordedVariant(batch.Variant!.Data, 0) }, "*other samples*");
        Refused(batch => batch with { Variant = new RecordedVariant(batch.Variant!.Data, 2) }, "*2 epochs of 5 batches*");
        Refused(batch => batch with { Variant = new RecordedVariant("other", 1) }, "*other data*");
    }

    [Test]
    public void Another_size_or_type_of_input()
    {
        Refused(batch => batch with { Input = batch.Input.narrow(1, 0, 5) }, "*samples of Float32 6, not of Float32 5*");
        Refused(batch => batch with { Input = batch.Input.to(ScalarType.Float64) }, "*not of Float64 6*");
    }

    [Test]
    public void Other_data_when_it_is_replayed_names_what_differs() =>
        FluentActions.Invoking(() => lessons.Replay(new AugmentedPoints(seed: 2))).Should().Throw<RecordingException>()
            .WithMessage("*seed was 1 and is 2. Replay the data that was recorded*");

    [Test]
    public void A_folder_that_is_not_there() =>
        FluentActions.Invoking(() => RecordedLessons.Open(Path.Combine(folder.Root, "none"))).Should().Throw<DirectoryNotFoundException>()
            .WithMessage("There is no folder '*none' of a recording; RecordedLessons.Record makes one.");

    [Test]
    public void Another_recording_in_the_folder_names_what_differs_and_no_checksum_of_a_file()
    {
        var refusal = FluentActions.Invoking(() => lesson.Record(folder.Root, data: new AugmentedPoints(seed: 2))).Should()
            .Throw<RecordingException>().WithMessage("*is of another recording: data.*seed was 1 and is 2. Record into another folder*");
        refusal.Which.Message.Should().NotContain("checksum was").And.NotContain("absent");
    }

    [Test]
    public void Other_mentors_data_forms_and_sizes_when_the_recording_is_continued()
    {
        using var others = new LessonsCase(seed: 4);
        FluentActions.Invoking(() => others.Record(folder.Root)).Should().Throw<RecordingException>()
            .WithMessage("*another recording*mentor.fingerprint was*");
        FluentActions.Invoking(() => lesson.Record(folder.Root, data: new AugmentedPoints(seed: 2))).Should()
            .Throw<RecordingException>().WithMessage("*data.seed was 1 and is 2*");
        FluentActions.Invoking(() => lesson.Record(folder.Root, options => options.Form = RecordedForm.Half)).Should()
            .Throw<RecordingException>().WithMessage("*form was float32 and is float16*");
        FluentActions.Invoking(() => lesson.Record(folder.Root, options => options.Variants = 3)).Should()
            .Throw<RecordingException>().WithMessage("*variants was 2 and is 3*");
        using var narrow = new Mentor("deep", input => input.narrow(1, 0, 3));
        FluentActions.Invoking(() =>
            RecordedLessons.Record(folder.Root, [narrow], new AugmentedPoints { Features = 5 }, new() { Variants = 2, BatchesPerFile = 2 }))
            .Should().Throw<RecordingException>().WithMessage("*input was Float32 6 and is Float32 5*");
    }

    [Test]
    public void Mentors_recorded_on_different_data_are_no_recording()
    {
        using var third = new Mentor("third", input => input);
        RecordedLessons.Record(folder.Root, [third], new AugmentedPoints(seed: 2), new() { Variants = 2 });

        FluentActions.Invoking(() => RecordedLessons.Open(folder.Root)).Should().Throw<RecordingException>()
            .WithMessage("*different data*data.seed*");
    }

    [Test]
    public void Data_without_samples_names_that_are_equal_and_options_out_of_range()
    {
        FluentActions.Invoking(() => lesson.Record(folder.Root + "/x", data: new AugmentedPoints { Named = false })).Should()
            .Throw<RecordingException>().WithMessage("*does not say which samples*");
        FluentActions.Invoking(() => RecordedLessons.Record<Tensor, Tensor>(folder.Root, [], lesson.Data)).Should()
            .Throw<ArgumentException>();
        FluentActions.Invoking(() => RecordedLessons.Record(folder.Root, [lesson.Mentors[0], lesson.Mentors[0]], lesson.Data)).Should()
            .Throw<ArgumentException>();
        FluentActions.Invoking(() => lesson.Record(folder.Root, options => options.Worker = 1)).Should()
            .Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Worker*");
        FluentActions.Invoking(() => lesson.Record(folder.Root, options => options.Variants = 0)).Should()
            .Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Variants*");
    }

    [Test]
    public void Numbers_too_large_for_16_bits()
    {
        using var loud = new Mentor("loud", input => input.mul(1e6));
        FluentActions.Invoking(() =>
            RecordedLessons.Record(folder.Root + "/loud", [loud], lesson.Data, new() { Form = RecordedForm.Half })).Should()
            .Throw<RecordingException>().WithMessage("*65504*");
    }
}
