using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ClassroomKD.Tests.Conventions;

/// <summary>The walls of the house: who may know whom.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Projects = Checkout.Packages;

    // Kernels choose between their two implementations, which share the kernels' arguments and results.
    private static readonly string[] Kernels =
        ["ClassroomKD.Core/Kernels", "ClassroomKD.Core/Kernels/Cuda", "ClassroomKD.Core/Kernels/Simd"];

    // It puts the parts together, and only applications know it.
    private const string Registration = "ClassroomKD.Core/Registration";

    private static IEnumerable<TestCaseData> Known =>
    [
        new("ClassroomKD.Core", Array.Empty<string>()),
        new("ClassroomKD.Imaging", new[] { "ClassroomKD.Core" }),
        new("ClassroomKD.Vision", new[] { "ClassroomKD.Core", "ClassroomKD.Imaging" }),
        new("ClassroomKD.Pose", new[] { "ClassroomKD.Core", "ClassroomKD.Imaging" }),
        new("ClassroomKD.Onnx", new[] { "ClassroomKD.Core" }),
        new("ClassroomKD.Distributed", new[] { "ClassroomKD.Core" }),
    ];

    [TestCaseSource(nameof(Known))]
    public void A_package_knows_only_those_below_it(string project, string[] known) =>
        Assembly.Load(project).GetReferencedAssemblies().Select(assembly => assembly.Name)
            .Where(name => name!.StartsWith("ClassroomKD.", StringComparison.Ordinal)).Should().BeSubsetOf(known);

    [TestCaseSource(nameof(Projects))]
    public void No_folders_know_each_other(string project)
    {
        var graph = FolderGraph.Of(project);
        graph.Circles(static (from, to) => Kernels.Contains(from) && Kernels.Contains(to)).Select(graph.Describe).ShouldBeNone();
    }

    [Test]
    public void Nothing_in_Core_knows_the_registration() =>
        FolderGraph.Of("ClassroomKD.Core").Edges.Where(edge => edge.Key.To == Registration).SelectMany(edge => edge.Value).ShouldBeNone();

    [Test]
    public void Core_names_no_task_and_no_data_set()
    {
        var named =
            from path in Checkout.Files("ClassroomKD.Core", ".cs", ".cu")
            from word in Task().Matches(path + '\n' + Checkout.Read(path)).Select(match => match.Value).Distinct()
            select $"{path}: {word}";
        named.ShouldBeNone();
    }

    [TestCaseSource(nameof(Projects))]
    public void Arguments_are_readonly_structs(string project)
    {
        var others =
            from type in Assembly.Load(project).GetTypes()
            where type.Name.Split('`')[0].EndsWith("Arguments", StringComparison.Ordinal)
            where !type.IsValueType || !type.IsDefined(typeof(IsReadOnlyAttribute))
            select type.FullName!;
        others.ShouldBeNone();
    }

    [GeneratedRegex(@"heatmap|cifar|coco|simcc|keypoint|imagenet|mpii|\bpose", RegexOptions.IgnoreCase)]
    private static partial Regex Task();
}
