using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Options;
using Mono.Cecil;

namespace ClassroomKD.Tests.Conventions;

/// <summary>Public options that can be wrong have a validator or check themselves, and everything public that takes them runs it.</summary>
public sealed class OptionsTests
{
    private static readonly string[] Projects = Checkout.Packages;

    private static readonly string[] OwnChecks = ["Check", "Checked", "Validate", "ThrowIfInvalid"];

    [TestCaseSource(nameof(Projects))]
    public void Are_checked_by_all_that_takes_them(string project)
    {
        var assembly = Assembly.Load(project);
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        var careless =
            from options in assembly.GetExportedTypes()
            where options is { IsClass: true, IsAbstract: false }
                && options.Name.EndsWith("Options", StringComparison.Ordinal) && CanBeWrong(options)
            let checks = Checks(assembly, options)
            from type in module.GetTypes()
            where type.IsPublic && type.FullName != options.FullName
            from method in type.Methods
            where method is { IsPublic: true, IsSetter: false, HasBody: true }
                && method.Parameters.Any(parameter => parameter.ParameterType.FullName == options.FullName)
            where !Reaches(method, checks)
            select $"{method.DeclaringType.Name}.{method.Name} takes {options.Name} unchecked";
        careless.ShouldBeNone();
    }

    [Test]
    public void Those_of_the_classroom_have_a_validator() =>
        Checks(typeof(ClassroomOptions).Assembly, typeof(ClassroomOptions)).Should().Contain(name => name.Contains("OptionsValidator::"));

    // Numbers and enumerations have ranges; a switch has none, and an object checked itself when it was made.
    private static bool CanBeWrong(Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .Select(property => property.PropertyType)
            .Select(type => IsList(type) ? type.GetGenericArguments()[0] : type)
            .Select(type => Nullable.GetUnderlyingType(type) ?? type)
            .Any(type => type.IsEnum || type.IsPrimitive && type != typeof(bool));

    private static bool IsList(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) && type.IsGenericType;

    private static HashSet<string> Checks(Assembly assembly, Type options)
    {
        var validator = typeof(IValidateOptions<>).MakeGenericType(options);
        var own = Enumerable.Range(0, 4).Aggregate(
            new List<Type> { options }, (types, _) => types[^1].BaseType is { } up ? [.. types, up] : types);
        return [
            .. assembly.GetTypes().Where(validator.IsAssignableFrom).Select(type => type.FullName + "::.ctor"),
            .. from type in own from name in OwnChecks select $"{type.FullName}::{name}",
        ];
    }

    // Whether calls from the method lead, within its module, to one of the checks.
    private static bool Reaches(MethodDefinition from, HashSet<string> checks)
    {
        var seen = new HashSet<MethodDefinition> { from };
        var waiting = new Stack<MethodDefinition>(seen);
        while (waiting.TryPop(out var method))
            foreach (var called in method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>()
                .Select(call => call.GetElementMethod()))
            {
                if (checks.Contains($"{called.DeclaringType.GetElementType().FullName}::{called.Name}"))
                    return true;
                if (called.DeclaringType.GetElementType().Module == from.Module && called.DeclaringType.Scope == from.Module
                    && called.Resolve() is { HasBody: true } definition && seen.Add(definition))
                    waiting.Push(definition);
            }
        return false;
    }
}
