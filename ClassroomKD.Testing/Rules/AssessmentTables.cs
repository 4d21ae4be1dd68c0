using System.Reflection;

namespace ClassroomKD.Testing;

/// <summary>All that an assessment tells in tensors.</summary>
internal static class AssessmentTables
{
    /// <summary>Its tables by name, with those of a class of its own; without what it says it does not have.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor)> Of(Assessment assessment)
    {
        using var noGradient = no_grad();
        return [..
            from member in assessment.GetType().GetMethods()
            where member.ReturnType == typeof(Tensor) && member.GetParameters().Length == 0
            let table = Ask(assessment, member)
            where table is not null
            select (member.IsSpecialName ? member.Name["get_".Length..] : member.Name, table)];
    }

    private static Tensor? Ask(Assessment assessment, MethodInfo member)
    {
        try
        {
            return (Tensor?)member.Invoke(assessment, BindingFlags.DoNotWrapExceptions, null, null, null);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }
}
