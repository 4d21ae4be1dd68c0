using ClassroomKD.Tests.Onnx;

namespace ClassroomKD.Tests.Core.Mentors;

public sealed class TorchScriptTests
{
    [TestCase("net.pt")]
    [TestCase("net-frozen.pt")]
    public void A_file_of_an_older_PyTorch_is_a_mentor(string file)
    {
        using var scope = NewDisposeScope();
        var module = TorchScript.Load(MentorFile.Path(file));
        using var mentor = new Mentor("file", module);
        var batch = randn(6, 3, 8, 8);
        var answer = mentor.Answer(batch);
        answer.shape.Should().Equal(6, 5);
        answer.requires_grad.Should().BeFalse();
        mentor.Answer(batch.narrow(0, 0, 2)).ShouldEqual(answer.narrow(0, 0, 2), 1e-5, "statistics of the batch do not matter");
    }

    [Test]
    public void A_file_put_into_training_mode_is_frozen_again()
    {
        using var scope = NewDisposeScope();
        var module = TorchScript.Load(MentorFile.Path("net.pt"));
        using var mentor = new Mentor("file", module);
        var batch = randn(6, 3, 8, 8);
        var answer = mentor.Answer(batch);
        module.train();
        mentor.Answer(batch).ShouldBeBitwiseEqual(answer, "answer");
    }

    [Test]
    public void Files_that_are_no_TorchScript_are_named()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(MentorFile.Path("net.pt"));
        (string, byte[])[] broken =
            [("truncated.pt", whole[..(whole.Length / 2)]), ("empty.pt", []), ("text.pt", "no archive"u8.ToArray())];
        foreach (var (name, bytes) in broken)
            FluentActions.Invoking(() => TorchScript.Load(folder.Write(name, bytes)))
                .Should().Throw<InvalidDataException>().WithMessage($"*{name}*");
        FluentActions.Invoking(() => TorchScript.Load(MentorFile.Path("weights-alone.pt")))
            .Should().Throw<InvalidDataException>().WithMessage("*weights-alone.pt*weights alone*");
        FluentActions.Invoking(() => TorchScript.Load("nowhere.pt")).Should().Throw<FileNotFoundException>().WithMessage("*nowhere.pt*");
    }
}
