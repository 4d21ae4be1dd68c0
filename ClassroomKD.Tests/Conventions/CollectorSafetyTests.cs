using System.Reflection;
using ClassroomKD.Analyzers;
using ClassroomKD.Testing;
using Mono.Cecil;
using Mono.Cecil.Rocks;

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

    [Test]
    public void The_analyzers_know_all_that_users_call()
    {
        using var module = ModuleDefinition.ReadModule(typeof(torch).Assembly.Location);
        var called =
            from type in module.GetTypes()
            where type.FullName.Split('/') is ["TorchSharp.torch", ..]
                && type.Name is "torch" or "Tensor" or "functional" or "linalg" or "special"
            from method in type.Methods
            // Those that read a number from the device make a scalar too, and read it in C#.
            where method.IsPublic && method.ReturnType.FullName.Contains("torch/Tensor", StringComparison.Ordinal)
                && Calls.MakesAScalar(typeof(torch).Module.ResolveMethod(method.MetadataToken.ToInt32())!)
            // With a number the caller makes the scalar, or the operator does so in its place.
            where !method.IsSpecialName || !method.Parameters.Any(parameter => parameter.ParameterType.IsPrimitive)
            select DocCommentId.GetDocCommentId(method);
        HiddenScalars.Methods.Should().BeEquivalentTo(called);
    }

    [Test]
    public void The_analyzers_know_all_modules()
    {
        var making =
            from maker in typeof(nn).GetMethods(BindingFlags.Public | BindingFlags.Static)
            where maker.ReturnType.IsSubclassOf(typeof(nn.Module))
            where maker.ReturnType.GetMethods().Any(method => method.Name == "forward" && Calls.MakesAScalar(method))
            select maker.Name;
        HiddenScalars.Modules.Should().BeEquivalentTo(making.Distinct());
    }
}
