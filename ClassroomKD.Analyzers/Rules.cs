using System.Reflection;
using Microsoft.CodeAnalysis;

namespace ClassroomKD.Analyzers;

/// <summary>The rules, as docs/analyzers.md describes them.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor NumberAsScalar = new(
        "CKD0001", "A number becomes a temporary scalar",
        "'{0}' becomes a temporary Scalar, which the garbage collector may free while native code reads it: pass one of Scalars",
        "Reliability", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Page("ckd0001"),
        description: "TorchSharp keeps nothing alive while a native function reads a scalar (TorchSharp#1496). " +
            "If another thread provokes a collection just then, the operation fails or the process dies. A dispose scope does not help.");

    public static readonly DiagnosticDescriptor HiddenScalar = new(
        "CKD0002", "An operation of TorchSharp makes a temporary scalar",
        "'{0}' makes a temporary Scalar inside TorchSharp, which the garbage collector may free while native code reads it: {1}",
        "Reliability", DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Page("ckd0002"),
        description: "The same danger as CKD0001, where the code shows no number: 'a + b' calls add(b, 1).");

    public static readonly DiagnosticDescriptor LoopWithoutScope = new(
        "CKD0003", "A training loop without a dispose scope",
        "This loop calls backward() and opens no dispose scope: its tensors stay in memory until the garbage collector finds them",
        "Reliability", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Page("ckd0003"),
        description: "Each step makes hundreds of tensors whose memory the garbage collector does not see. " +
            "'using var scope = torch.NewDisposeScope();' as the first line of the step frees them at its end.");

    public static readonly DiagnosticDescriptor AwaitInScope = new(
        "CKD0004", "An await inside a dispose scope",
        "A dispose scope belongs to a thread, and after this await another thread may go on: close the scope before",
        "Reliability", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Page("ckd0004"),
        description: "Scopes are kept per thread. After an await, new tensors join no scope or that of other work, " +
            "and the scope is closed on a thread that never opened it.");

    public static readonly DiagnosticDescriptor StudentAsMentor = new(
        "CKD0005", "A student that is its own mentor",
        "'{0}' is also the student: a mentor is frozen, so the student would not learn; give the mentor a network of its own",
        "Usage", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Page("ckd0005"),
        description: "A mentor's parameters are frozen and it is set to evaluation mode when it is made.");

    public static readonly DiagnosticDescriptor ZeroAsEnum = new(
        "CKD0006", "A zero taken as an enum value",
        "'{0}' is taken as {1}, not as a number: write '{2}'",
        "Usage", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Page("ckd0006"),
        description: "In C# the constant 0 converts to every enum, and sum(ScalarType?) has the fewest parameters: " +
            "'x.sum(0)' sums over all dimensions and returns bytes.");

    public static readonly DiagnosticDescriptor ScalarAsTensor = new(
        "CKD0007", "A scalar taken as a tensor",
        "'{0}' is a Scalar where a tensor is expected, which TorchSharp refuses when it runs: give a tensor, or call what takes a scalar",
        "Usage", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Page("ckd0007"),
        description: "TorchSharp declares an implicit conversion from Scalar to Tensor, so that it compiles, and throws in it.");

    // A release names the public repository; other builds have no page to link to.
    private static string? Page(string rule) =>
        typeof(Rules).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "RulesPage") is { } page
            ? page.Value + "#" + rule
            : null;
}
