using System.Text;
using ClassroomKD;
using ClassroomKD.Imaging;
using ClassroomKD.Onnx;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace Study;

/// <summary>Do the exported students, asked by the ONNX runtime, come in the same order on images that the study has not seen?</summary>
internal static class Examination
{
    /// <summary>Writes the lines of a study with the accuracies on other images in place of those of the last table.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="folder">Where the students lie.</param>
    /// <param name="images">The other images.</param>
    /// <param name="path">The file to write, for <c>report --lines</c>.</param>
    public static void Write(Grid grid, StudyFolder folder, ImageDataset images, string path)
    {
        var known = Results.ReadLines(folder.ResultsFile);
        List<ResultLine> examined = [];
        foreach (var line in known)
            examined.Add(line switch
            {
                RunLine { Test: not null } run => run with { Test = Accuracy(folder.OnnxOf(run.Run), images) },
                MentorLine mentor => mentor with { Test = null },
                DataLine data => data with { Test = images.Count },
                _ => line,
            });
        WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(string.Concat(examined.Select(line => line.ToJson() + "\n")))));
        foreach (var sentence in MethodOrder.Compare(grid, new(grid, known), new(grid, examined)))
            Console.WriteLine(sentence);
    }

    private static double Accuracy(string onnx, ImageDataset images)
    {
        var card = OnnxFile.ReadCard(onnx);
        if (!card.ClassNames.SequenceEqual(images.ClassNames))
            throw new ArgumentException(
                $"{onnx} knows the classes {string.Join(", ", card.ClassNames)}; the images have {string.Join(", ", images.ClassNames)}.");
        using var scope = NewDisposeScope();
        using var model = new OnnxModel(onnx);
        using var scale = new InputScale(new(card.Mean, card.StandardDeviation), CPU);
        return StudyData.Accuracy(StudyData.Answers(model.call, scale, images.Images.permute(0, 2, 3, 1)), images.Labels);
    }
}
