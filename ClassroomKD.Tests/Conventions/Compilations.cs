using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClassroomKD.Tests.Conventions;

/// <summary>Sources compiled against what this test runs with.</summary>
internal static class Compilations
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    private static readonly Lazy<MetadataReference[]> All = new(() =>
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Select(path => MetadataReference.CreateFromFile(path)),
        ]);

    private static readonly string[] Implicit =
        [
            "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http",
            "System.Threading", "System.Threading.Tasks",
        ];

    public static SyntaxTree Tree(string text, string path) => CSharpSyntaxTree.ParseText(text, Parsing, path);

    /// <param name="name">Of the assembly; an assembly of this name is not referenced.</param>
    /// <param name="usings">Beside those that the SDK adds.</param>
    public static CSharpCompilation Of(
        string name, IEnumerable<SyntaxTree> trees, OutputKind kind = OutputKind.DynamicallyLinkedLibrary, params string[] usings)
    {
        var global = Tree(string.Concat(Implicit.Concat(usings).Select(space => $"global using {space};\n")), "Usings.cs");
        var options = new CSharpCompilationOptions(kind, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        var references = All.Value.Where(reference => Path.GetFileNameWithoutExtension(reference.Display) != name);
        return CSharpCompilation.Create(name, [global, .. trees], references, options);
    }
}
