using ClassroomKD.Imaging;

namespace ClassroomKD.Tests.Imaging.Loading;

public sealed class DataFingerprintTests
{
    [TestCase("/data/a.jpg b.jpg", "/data/a.jpg b.jpg")]
    [TestCase("/data/a.jpg /data/b.jpg", "a.jpg b.jpg")]
    [TestCase("/data/x/a.jpg /data/y/b.jpg", "x/a.jpg y/b.jpg")]
    [TestCase("/a.jpg /b.jpg", "a.jpg b.jpg")]
    [TestCase("data/a.jpg /data/a.jpg", "data/a.jpg /data/a.jpg")]
    [TestCase(@"C:\data\a.jpg C:\data\b.jpg", "a.jpg b.jpg")]
    [TestCase(@"\\server\a.jpg C:\b.jpg", "//server/a.jpg C:/b.jpg")]
    public void Names_lose_the_folders_that_all_have_in_common(string paths, string names) =>
        DataFingerprint.RelativeNames(paths.Split(' ')).Should().Equal(names.Split(' '));
}
