using System.Text;
using System.Text.RegularExpressions;
using ClassroomKD.Tests.Conventions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClassroomKD.Tests.Docs;

/// <summary>The messages that docs/troubleshooting.md explains are messages of the sources.</summary>
public sealed partial class MessageTests
{
    // What stands for a value in a text.
    private const char Value = '\0';

    private const string Page = "docs/troubleshooting.md", Others = "## Messages of others";

    private static readonly Lazy<string> Texts = new(() => string.Join('\n',
        from project in Checkout.Packages
        from path in Checkout.Files(project, ".cs")
        from text in TextsOf(Compilations.Tree(Checkout.Read(path), path).GetRoot())
        select text));

    private static IEnumerable<string> Quoted =>
        Row().Matches(Checkout.Read(Page).Split(Others)[0]).Select(match => match.Groups[1].Value);

    [TestCaseSource(nameof(Quoted))]
    public void A_quoted_message_is_in_the_sources(string message) => Pattern(message).IsMatch(Texts.Value).Should().BeTrue(
        "'{0}' should be a text of the sources, with '...' for values", message);

    [Test]
    public void There_are_messages() => Quoted.Count().Should().BeGreaterThan(30);

    [TestCase("Mentor '...' has a class map.", "Mentor '\0' has a class map.", ExpectedResult = true)]
    [TestCase("Mentor '...' has a class map.", "Mentor '\0'\nhas a class map.", ExpectedResult = false)]
    [TestCase("Mentor '...' has a map.", "Mentor '\0' has a class map.", ExpectedResult = false)]
    public bool Values_alone_may_differ(string message, string text) => Pattern(message).IsMatch(text);

    private static Regex Pattern(string message) =>
        new(string.Join("[^\n]*?", message.Split("...").Select(part => Regex.Escape(part))), RegexOptions.CultureInvariant);

    // The literals of each expression, joined as the program joins them.
    private static IEnumerable<string> TextsOf(SyntaxNode root) =>
        root.DescendantNodes().OfType<ExpressionSyntax>()
            .Where(node => node is InterpolatedStringExpressionSyntax || node.IsKind(SyntaxKind.StringLiteralExpression)
                || node.IsKind(SyntaxKind.AddExpression))
            .Where(node => !node.Parent.IsKind(SyntaxKind.AddExpression))
            .Select(node => Append(new StringBuilder(), node).ToString());

    private static StringBuilder Append(StringBuilder text, ExpressionSyntax node) => node switch
    {
        BinaryExpressionSyntax sum when sum.IsKind(SyntaxKind.AddExpression) => Append(Append(text, sum.Left), sum.Right),
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => text.Append(literal.Token.ValueText),
        InterpolatedStringExpressionSyntax interpolated => interpolated.Contents.Aggregate(text, (all, part) =>
            part is InterpolatedStringTextSyntax plain ? all.Append(plain.TextToken.ValueText) : all.Append(Value)),
        _ => text.Append(Value),
    };

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
