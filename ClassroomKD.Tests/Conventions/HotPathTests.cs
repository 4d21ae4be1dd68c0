using Mono.Cecil;

namespace ClassroomKD.Tests.Conventions;

/// <summary>Nothing in Core waits for the device but the report that is asked for, and in Pose nothing but the evaluation of a data set; loaders fill memory of the host.</summary>
public sealed class HotPathTests
{
    // Members of TorchSharp that copy from the device, or wait for it, or branch on a value that lives there.
    private static readonly HashSet<string> ReadBacks =
    [
        "item", "cpu", "numpy", "tolist", "data", "get_bytes", "ToSingle", "ToDouble", "ToInt32", "ToInt64", "ToBoolean", "ToByte", "ToInt16",
        "op_Explicit", "nonzero", "masked_select", "allclose", "equal", "print", "ToString", "str", "synchronize",
    ];

    [TestCase("ClassroomKD.Core", "ClassroomKD.TeachingTally::Values")]
    [TestCase("ClassroomKD.Pose", "ClassroomKD.Pose.HostTensor::Bytes", "ClassroomKD.Pose.PosePredictor::Values")]
    public void Teaching_reads_nothing_back(string assembly, params string[] readers)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        var found = (
            from type in module.GetTypes()
            from method in type.Methods
            where method.HasBody
            from instruction in method.Body.Instructions
            let called = instruction.Operand as MethodReference
            where called is not null && called.DeclaringType.FullName.StartsWith("TorchSharp.", StringComparison.Ordinal) && ReadBacks.Contains(called.Name)
            select $"{type.FullName}::{method.Name}").Distinct().ToList();
        found.Should().Equal(readers);
    }
}
