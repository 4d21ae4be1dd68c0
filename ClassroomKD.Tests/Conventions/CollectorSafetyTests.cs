using ClassroomKD.Analyzers;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace ClassroomKD.Tests.Conventions;

/// <summary>
/// No code of ours makes a temporary <see cref="Scalar"/>, itself or through TorchSharp: the collector may free it under a native call.
/// </summary>
public sealed class CollectorSafetyTests
{
    private static readonly string[] Assemblies = Checkout.Packages;

    // The one place that makes scalars, and keeps them.
    private static readonly string[] Keepers = ["ClassroomKD.Scalars"];

    [Test]
    public void The_finder_sees_what_it_looks_for()
    {
        var makers = Makers();
        makers.Should().Contain(name => name.Contains("torch/Tensor::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)"));
        makers.Should().NotContain(name => name.Contains("torch/Tensor::mul(TorchSharp.torch/Tensor)"));
    }

    [TestCaseSource(nameof(Assemblies))]
    public void No_temporary_scalars(string assembly)
    {
        var makers = Makers();
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        var offenses =
            from type in module.GetTypes()
            where !Keepers.Contains(type.FullName.Split('/')[0])
            from method in type.Methods
            where method.HasBody && !method.IsConstructor || method.HasBody && !method.IsStatic
            from instruction in method.Body.Instructions
            where instruction.Operand is MethodReference called && makers.Contains(Name(called))
            select $"{method.FullName} calls {((MethodReference)instruction.Operand).FullName}";
        offenses.ShouldBeNone();
    }

    [Test]
    public void The_analyzers_know_all_that_users_call()
    {
        var makers = Makers();
        using var module = ModuleDefinition.ReadModule(typeof(torch).Assembly.Location);
        var called =
            from type in module.GetTypes()
            where type.FullName.Split('/') is ["TorchSharp.torch", ..]
                && type.Name is "torch" or "Tensor" or "functional" or "linalg" or "special"
            from method in type.Methods
            where method.IsPublic && makers.Contains(Name(method)) && method.Name != "ToScalar"
            // With a number the caller makes the scalar, or the operator does so in its place.
            where !method.IsSpecialName || !method.Parameters.Any(parameter => parameter.ParameterType.IsPrimitive)
            select DocCommentId.GetDocCommentId(method);
        HiddenScalars.Methods.Should().BeEquivalentTo(called);
    }

    // Every method of TorchSharp that converts a number to a Scalar, or calls one that does.
    private static HashSet<string> Makers()
    {
        using var module = ModuleDefinition.ReadModule(typeof(torch).Assembly.Location);
        var bodies = module.GetTypes().SelectMany(type => type.Methods)
            .Where(method => method.HasBody && !(method.IsConstructor && method.IsStatic)).ToList();
        var makers = module.GetTypes().SelectMany(type => type.Methods)
            .Where(method => method.DeclaringType.Name == "Scalar" && method.Name == "op_Implicit" || method.Name == "ToScalar")
            .Select(Name).ToHashSet();
        for (var before = -1; before != makers.Count;)
        {
            before = makers.Count;
            foreach (var method in bodies)
                if (method.Body.Instructions.Any(i => i.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj
                    && i.Operand is MethodReference called && makers.Contains(Name(called))))
                    makers.Add(Name(method));
        }
        return makers;
    }

    private static string Name(MethodReference method)
    {
        var parameters = string.Join(",", method.Parameters.Select(p => p.ParameterType.FullName));
        return $"{method.DeclaringType.GetElementType().FullName}::{method.Name}({parameters})";
    }
}
