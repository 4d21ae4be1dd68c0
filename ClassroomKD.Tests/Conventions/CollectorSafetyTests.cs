using System.Reflection;
using ClassroomKD.Testing;

namespace ClassroomKD.Tests.Conventions;

/// <summary>
/// No code of ours makes a temporary <see cref="Scalar"/>, itself or through TorchSharp: the collector may free it under a native call.
/// </summary>
public sealed class CollectorSafetyTests
{
    private static readonly string[] Assemblies = Checkout.Packages;

    [Test]
    public void The_finder_sees_what_it_looks_for()
    {
        static MethodInfo Of(string name, params Type[] parameters) => typeof(Tensor).GetMethod(name, parameters)!;
        Calls.MakesAScalar(Of("op_Addition", typeof(Tensor), typeof(Tensor))).Should().BeTrue();
        Calls.MakesAScalar(Of(nameof(Tensor.mul), typeof(Tensor))).Should().BeFalse();
    }

    [TestCaseSource(nameof(Assemblies))]
    public void No_temporary_scalars(string assembly) =>
        Calls.Of(Assembly.Load(assembly), Calls.MakesAScalar).ShouldBeNone();
}
