using System.Text;

namespace ClassroomKD.Tests.Core.Mentors;

public sealed class CodePointComparerTests
{
    [Test]
    public void Sorts_as_code_points_are_sorted()
    {
        string Text(int[] runes) => string.Concat(runes.Select(rune => char.ConvertFromUtf32(rune)));
        var rune = Gen.OneOf(Gen.Int[0, 0x7F], Gen.Int[0xE000, 0xFFFF], Gen.Int[0x10000, 0x10FFFF]);
        Gen.Select(rune.Array[0, 4], rune.Array[0, 4]).Sample((x, y) =>
        {
            var (a, b) = (Text(x), Text(y));
            // UTF-8 keeps the order of code points.
            var expected = Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
            Math.Sign(CodePointComparer.Instance.Compare(a, b)).Should().Be(Math.Sign(expected));
        });
    }

    [Test]
    public void Null_comes_first()
    {
        CodePointComparer.Instance.Compare(null, "").Should().BeNegative();
        CodePointComparer.Instance.Compare("", null).Should().BePositive();
        CodePointComparer.Instance.Compare(null, null).Should().Be(0);
    }
}
