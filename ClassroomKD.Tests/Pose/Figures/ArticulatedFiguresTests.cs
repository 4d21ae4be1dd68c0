using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Figures;

public sealed class ArticulatedFiguresTests
{
    private const string FrozenHash = "9BBC5F67E012D43D2D5E7E66275560B9CED638868FCA01C0362875753CF15983";

    [Test]
    public void Gives_the_same_bytes_on_every_machine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var data = ArticulatedFigures.Generate(40, seed: 1);
        for (var i = 0; i < 40; i++)
        {
            hash.AppendData(Pixels(data, i));
            hash.AppendData(MemoryMarshal.AsBytes<double>([.. data.Persons[i].Keypoints, data.Persons[i].Area]));
        }
        Convert.ToHexString(hash.GetHashAndReset()).Should().Be(FrozenHash);
    }

    [Test]
    public void More_images_do_not_change_the_first_ones_and_seeds_share_none()
    {
        var (few, many, other) = (ArticulatedFigures.Generate(5, 3), ArticulatedFigures.Generate(9, 3), ArticulatedFigures.Generate(5, 4));
        for (var i = 0; i < 5; i++)
        {
            Pixels(few, i).Should().Equal(Pixels(many, i));
            Pixels(few, i).Should().NotEqual(Pixels(other, i));
        }
    }

    [Test]
    public void Persons_are_as_varied_as_promised()
    {
        var persons = ArticulatedFigures.Generate(1000, 5).Persons;
        var v = persons.SelectMany(person => person.Keypoints.Where((_, i) => i % 3 == 2)).ToList();
        v.Count(x => x == 1).Should().BeInRange(v.Count / 25, v.Count / 4);
        persons.Count(person => person.Keypoints[2] == 0).Should().BeInRange(200, 400);
        foreach (var person in persons)
        {
            person.Area.Should().BeInRange(100, .8 * person.Box.Area);
            for (var k = 0; k < 17; k++)
            {
                if (person.Keypoints[3 * k + 2] == 0)
                    continue;
                person.Keypoints[3 * k].Should().BeInRange(person.Box.X - 1, person.Box.X + person.Box.Width);
                person.Keypoints[3 * k + 1].Should().BeInRange(person.Box.Y - 1, person.Box.Y + person.Box.Height);
            }
        }
        // Who faces us has the left shoulder at the right of the image, who does not at the left.
        persons.Should().OnlyContain(person => person.Keypoints[17] == 0 || person.Keypoints[20] == 0 || person.Keypoints[8] == 0
            || person.Keypoints[15] > person.Keypoints[18] == person.Keypoints[3] > person.Keypoints[6]);
    }

    private static byte[] Pixels(PersonDataset data, int index)
    {
        using var image = data.ReadImage(index);
        return Imaging.Images.TestImages.Rgb(image);
    }
}
