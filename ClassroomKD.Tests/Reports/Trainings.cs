using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ClassroomKD.Reports;

namespace ClassroomKD.Tests.Reports;

/// <summary>Trainings made up for reports: alone, with one mentor, in a classroom of three, one of whom never teaches.</summary>
internal static class Trainings
{
    private static readonly string[] Mentors = ["resnet56", "wrn-40-2", "vgg8"];

    public static IReadOnlyList<TrainingRecord> Three(int epochs = 30) =>
        [Run("alone", [], epochs, 0.62, 8), Run("with resnet56", [0], epochs, 0.68, 11),
            Run("in the classroom", [0, 1, 2], epochs, 0.71, 15.5)];

    public static HtmlReport Report(int epochs = 30) => new()
    {
        Runs = Three(epochs), Title = "resnet8 on generated images", ScoreName = "accuracy",
        Tables = [new("What else is known", ["mentor", "published"], [["resnet56", "72.3 %"]], "From its authors.")],
        Images = [.. Enumerable.Range(0, 6).Select(i =>
            new ReportImage(Png(32, i), $"star\nresnet56: star 0.9{i}\nwrn-40-2: circle 0.5{i}"))],
    };

    public static TrainingRecord Run(string name, int[] taughtBy, int epochs, double score, double seconds)
    {
        var random = new Random(name.Length);
        double Noise(double size) => size * (random.NextDouble() - 0.5);
        return new TrainingRecord
        {
            Name = name, Ended = true, Starts = [new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero)],
            Epochs = [.. Enumerable.Range(0, epochs).Select(epoch =>
            {
                var way = (epoch + 1.0) / epochs;
                var teaching = taughtBy.Length == 0 ? null : new TeachingReport(
                    40, 2560, 0.2 + 0.6 * way, 1.2 * way * Math.Exp(-way), 2.3 * Math.Exp(-2 * way), 0,
                        [.. taughtBy.Select(m => Mentor(m, way, Noise))])
                {
                    TaskGradient = 0.1 * way, MentorGradient = 0.1 * (1 - 0.7 * way),
                    Groups = new(
                        "class", [900, 900, 760], [.. taughtBy.Select(m => Shares(m, 1 - 0.6 * way))],
                        [.. taughtBy.Select(m => Shares(m, 0.3))]),
                };
                return new EpochResult(
                    epoch, 40 * (epoch + 1), (taughtBy.Length + 1) * 2.1 * Math.Exp(-2 * way) +
                        Noise(0.05), LearningRates.Cosine(epoch, epochs, 0.05), seconds + Noise(1),
                    new ValidationResult(
                        score * (1 - Math.Exp(-4 * way)) + Noise(0.02), new Dictionary<string, double> { ["top5"] = 0.9 * way }), teaching);
            })],
            Fingerprint = new Dictionary<string, string>
            {
                ["seed"] = "2", ["epochs"] = $"{epochs}", ["data.name"] = "generated", ["data.seed"] = "7",
                    ["mentor.resnet56"] = new string('a', taughtBy.Length > 0 ? 64 : 0),
            },
            Versions = new Dictionary<string, string> { ["ClassroomKD"] = "0.1.0", ["TorchSharp"] = "0.107.0" },
            GroupNames = ["circle", "square", "star"],
            Mentors = [.. taughtBy.Select(m =>
                new MentorFacts(Mentors[m], 100_000 * (m + 1), 0.012 * (m + 1), m == 2 ? null : 0.74 - 0.03 * m))],
            Notices = taughtBy.Length == 0 ? []
                : [new(new DateTimeOffset(2026, 3, 1, 9, 31, 0, TimeSpan.Zero),
                "Resumed from step-000000000120.safetensors: epoch 3, batch 0, step 120.")],
        };
    }

    /// <summary>A square picture of one gradient.</summary>
    public static byte[] Png(int side, int shift)
    {
        using var stream = new MemoryStream();
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, side);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), side);
        (head[8], head[9]) = (8, 2);
        Chunk("IHDR", head);
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal))
            for (var y = 0; y < side; y++)
            {
                zip.WriteByte(0);
                for (var x = 0; x < side; x++)
                    zip.Write([(byte)(x * 8), (byte)(y * 8), (byte)(shift * 40)]);
            }
        Chunk("IDAT", packed.ToArray());
        Chunk("IEND", []);
        return stream.ToArray();

        void Chunk(string type, byte[] data)
        {
            byte[] content = [.. Encoding.ASCII.GetBytes(type), .. data];
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            stream.Write(number);
            stream.Write(content);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc(content));
            stream.Write(number);
        }
    }

    private static uint Crc(byte[] data)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }

        return ~crc;
    }

    private static double[] Shares(int m, double most) =>
        m == 0 ? [0.9 * most, 0.2 * most, 0.5 * most] : m == 1 ? [0.1 * most, 0.6 * most, 0.4 * most] : [0, 0, 0];

    private static MentorReport Mentor(int m, double way, Func<double, double> noise)
    {
        if (m == 2)
            return new MentorReport(Mentors[m], 0, 0, double.NaN, 0.1, 0, 0, 1, double.NaN, 0.11, 0.97);
        var taught = Math.Clamp((m == 0 ? 0.9 - 0.7 * way : 0.5 - 0.2 * way) + noise(0.05), 0, 1);
        return new MentorReport(
            Mentors[m], taught, 0.5 + 0.1 * m, 3 - 1.5 * way + 0.4 * m +
                noise(0.1), 0.85 - 0.05 * m, 0.6 * taught * (m + 1) * Math.Exp(-way), 0, 1, 0.3 * (1 - way) + 0.05,
            0.3 + 0.5 * way, 0.1 + 0.5 * way + 0.1 * m);
    }
}
