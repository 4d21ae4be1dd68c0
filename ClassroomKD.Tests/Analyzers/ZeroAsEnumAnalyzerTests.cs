using ClassroomKD.Analyzers;

namespace ClassroomKD.Tests.Analyzers;

public sealed class ZeroAsEnumAnalyzerTests
{
    [Test]
    public Task Zeros_taken_as_a_type_are_reported() => new Subject("""
        static class Program
        {
            const int Axis = 0;

            static Tensor Use(Tensor x, int given)
            {
                x = x.sum([|0|]) * torch.sum(x, [|0|]) * x.prod([|Axis|]) * torch.prod(x, [|0|]) * x.sum([|type: 0|]);
                ScalarType bytes = 0;
                x = x.sum(1) * x.sum(0L) * x.sum(given) * x.sum(dim: 0) * x.sum(0, keepdim: true) * x.sum(ScalarType.Byte) * x.sum(bytes);
                return x.softmax(0).unsqueeze(0).to([|0|], CPU).type([|0|]);
            }
        }
        """).ShouldReport(new ZeroAsEnumAnalyzer(), "CKD0006");

    [Test]
    public Task The_dimension_gets_its_name() => new Subject("""
        static class Program
        {
            static Tensor Use(Tensor x) => x.sum(0) * torch.prod(x, 0) /* of all */;
        }
        """).ShouldBecome("""
        static class Program
        {
            static Tensor Use(Tensor x) => x.sum(dim: 0) * torch.prod(x, dim: 0) /* of all */;
        }
        """, new ZeroAsEnumAnalyzer(), new DimensionFix(), "CKD0006");

    [Test]
    public Task Where_no_dimension_is_meant_none_is_offered() =>
        new Subject("static class Program { static Tensor Use(Tensor x) => x.type(0); }")
            .ShouldStay(new ZeroAsEnumAnalyzer(), new DimensionFix(), "CKD0006");

    [Test]
    public void TorchSharp_still_does_so()
    {
        using var scope = NewDisposeScope();
        using var x = ones(2, 3);
#pragma warning disable CKD0006
        x.sum(0).dtype.Should().Be(ScalarType.Byte);
#pragma warning restore CKD0006
        x.sum(dim: 0).shape.Should().Equal(3);
    }
}
