using Mono.Cecil;

namespace ClassroomKD.Tests.Conventions;

/// <summary>
/// Nothing in Core waits for the device but the report that is asked for, in Pose nothing but the evaluation of a data set, and nothing that draws
/// batches; loaders fill memory of the host.
/// </summary>
public sealed class HotPathTests
{
    // Members of TorchSharp that copy from the device, or wait for it, or branch on a value that lives there.
    private static readonly HashSet<string> ReadBacks =
    [
        "item", "cpu", "numpy", "tolist", "data", "get_bytes", "ToSingle", "ToDouble", "ToInt32", "ToInt64", "ToBoolean", "ToByte", "ToInt16",
        "op_Explicit", "nonzero", "masked_select", "allclose", "equal", "print", "ToString", "str", "synchronize",
    ];

    // What draws batches in Vision.
    private static readonly string[] Drawers =
    [
        "ImageBatches", "BatchSampler", "ImageLoader", "ImageFileSource", "RandomCropFlip", "RandomErasing", "RandAugment", "ColorOperations",
        "ToneOperations", "AffineSampling", "MixUp", "CutMix", "MixingChoice", "Partners",
    ];

    [TestCase(
        "ClassroomKD.Core", "ClassroomKD.TeachingTally::Values", "ClassroomKD.LessonRecorder`2::Packed", "ClassroomKD.RecordingComparison::Of")]
    [TestCase("ClassroomKD.Pose", "ClassroomKD.Pose.PosePredictor::Values")]
    public void Teaching_reads_nothing_back(string assembly, params string[] readers) =>
        Found(assembly, static _ => true).Should().BeEquivalentTo(readers);

    [Test]
    public void Drawing_batches_reads_nothing_back()
    {
        // The host's own memory is written through "bytes", which refuses tensors that live elsewhere.
        Found("ClassroomKD.Imaging", static _ => true, allowed: "get_bytes").Should().BeEmpty();
        Drawers.Should().AllSatisfy(name => typeof(ClassroomKD.Vision.ImageBatches).Assembly.GetType($"ClassroomKD.Vision.{name}").Should().NotBeNull());
        Found("ClassroomKD.Vision", static type => Drawers.Contains(type.Split('/')[0].Split('.')[^1]), allowed: "get_bytes")
            .Should().BeEmpty();
    }

    private static List<string> Found(string assembly, Func<string, bool> types, string allowed = "")
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        return (
            from type in module.GetTypes()
            where types(type.FullName)
            from method in type.Methods
            where method.HasBody
            from instruction in method.Body.Instructions
            let called = instruction.Operand as MethodReference
            where called is not null && called.DeclaringType.FullName.StartsWith("TorchSharp.", StringComparison.Ordinal)
                && ReadBacks.Contains(called.Name) && called.Name != allowed
            select $"{type.FullName}::{method.Name}").Distinct().ToList();
    }
}
