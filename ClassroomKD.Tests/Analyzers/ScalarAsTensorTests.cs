using ClassroomKD.Analyzers;

namespace ClassroomKD.Tests.Analyzers;

public sealed class ScalarAsTensorTests
{
    [Test]
    public Task Scalars_taken_as_tensors_are_reported() => new Subject("""
        static class Program
        {
            static readonly Scalar Half = 0.5;

            static Tensor Use(Tensor x, Tensor places)
            {
                Tensor half = [|Half|];
                x = x.scatter(1, places, [|Half|]) * (Tensor)[|Half|];
                return x.masked_fill(places, Half).scatter(1, places, x).add(half);
            }
        }
        """).ShouldReport(new ScalarAnalyzer(), "CKD0007");

    [Test]
    public void TorchSharp_still_does_so() => FluentActions.Invoking(() =>
    {
#pragma warning disable CKD0007
        Tensor half = Scalars.Half;
#pragma warning restore CKD0007
        half.Dispose();
    }).Should().Throw<Exception>().WithMessage("*Should not be called*");
}
