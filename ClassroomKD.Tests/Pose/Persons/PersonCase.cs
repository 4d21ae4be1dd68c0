using System.Text;
using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Imaging.Images;
using SkiaSharp;

namespace ClassroomKD.Tests.Pose.Persons;

/// <summary>Persons on images made by formula.</summary>
internal static class PersonCase
{
    public const int Side = 120;

    /// <summary>Red is 2 x, green is 2 y: each pixel says where it was.</summary>
    public static RgbImage Coordinates(PersonSample person)
    {
        var image = new RgbImage(person.ImageWidth, person.ImageHeight);
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            var pixel = image.Pixels[(4 * i)..];
            (pixel[0], pixel[1], pixel[2]) = ((byte)(2 * (i % image.Width)), (byte)(2 * (i / image.Width)), 200);
        }
        return image;
    }

    /// <summary>Persons somewhere on such images; the last joint of each is not labeled.</summary>
    public static PersonDataset Some(int count, double size = 60, Func<PersonSample, RgbImage>? read = null)
    {
        var random = SplitMix64.Of(11);
        var persons = Enumerable.Range(0, count).Select(i =>
        {
            var box = new KeypointBox(
                random.Between(5, 30), random.Between(5, 25), size * random.Between(.5, 1), size * random.Between(.8, 1.3));
            return new PersonSample
            {
                Id = 100 + i, ImageId = i, File = $"{i}.jpg", ImageWidth = Side, ImageHeight = Side, Box = box, Area = .5 * box.Area,
                Keypoints = [.. Enumerable.Range(0, 17).SelectMany(k => new[]
                {
                    random.Between(box.X, box.X + box.Width), random.Between(box.Y, box.Y + box.Height), k == 16 ? 0 : 1 + k % 2,
                })],
            };
        }).ToArray();
        return new PersonDataset(persons, JointLayout.Coco, read ?? Coordinates);
    }

    /// <summary>A COCO annotation as text.</summary>
    public static string Annotation(
        long id, long image = 1, string box = "10,8,20,12", double area = 100, int crowd = 0, int v = 2, int joints = 17)
    {
        var keypoints = string.Join(',', Enumerable.Repeat(v > 0 ? $"15,12,{v}" : "0,0,0", joints));
        return $$"""
            {"id":{{id}},"image_id":{{image}},"category_id":1,"num_keypoints":{{(v > 0 ? 17 : 0)}},
             "iscrowd":{{crowd}},"area":{{area}},"bbox":[{{box}}],"keypoints":[{{keypoints}}]}
            """;
    }

    /// <summary>A COCO folder with the part "part": images 1 (40 x 24) and 2 (damaged).</summary>
    public static string CocoFolder(TemporaryFolder folder, params string[] annotations)
    {
        folder.Write("part/1.jpg", TestImages.Encoded(SKEncodedImageFormat.Jpeg));
        folder.Write("part/2.jpg", TestImages.Encoded(SKEncodedImageFormat.Jpeg)[..400]);
        folder.Write("outside.jpg", TestImages.Encoded(SKEncodedImageFormat.Jpeg));
        (int Id, string Name, int Width)[] files =
            [(1, "1.jpg", 40), (2, "2.jpg", 40), (3, "3.jpg", 40), (4, "../outside.jpg", 40), (5, "1.jpg", 50)];
        var images = string.Join(',', files.Select(
            image => $$"""{"id":{{image.Id}},"file_name":"{{image.Name}}","width":{{image.Width}},"height":24}"""));
        var json = $$"""{"images":[{{images}}],"annotations":[{{string.Join(',', annotations)}}]}""";
        folder.Write("annotations/person_keypoints_part.json", Encoding.UTF8.GetBytes(json));
        return folder.Root;
    }
}
