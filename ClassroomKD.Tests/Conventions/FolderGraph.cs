using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClassroomKD.Tests.Conventions;

/// <summary>
/// Which folder of a project uses which: every name in its sources is bound by the compiler to what it names, and that to the
/// file that declares it.
/// </summary>
internal sealed class FolderGraph
{
    private static readonly ConcurrentDictionary<string, FolderGraph> Known = new();

    /// <summary>For a pair of folders the uses that make one know the other, as "file: names".</summary>
    public Dictionary<(string From, string To), SortedSet<string>> Edges { get; } = [];

    public static FolderGraph Of(string project) => Known.GetOrAdd(project, Read);

    /// <summary>Groups of folders each of which reaches all others of its group.</summary>
    public List<string[]> Circles(Func<string, string, bool> excepted)
    {
        var folders = Edges.Keys.SelectMany(edge => new[] { edge.From, edge.To }).Distinct().ToList();
        var next = folders.ToDictionary(
            folder => folder,
            folder => Edges.Keys.Where(edge => edge.From == folder && !excepted(edge.From, edge.To)).Select(edge => edge.To).ToList());
        HashSet<string> Reached(string from)
        {
            var reached = new HashSet<string>();
            var waiting = new Stack<string>(next[from]);
            while (waiting.TryPop(out var folder))
                if (reached.Add(folder))
                    foreach (var further in next[folder])
                        waiting.Push(further);
            return reached;
        }
        var reach = folders.ToDictionary(folder => folder, Reached);
        return [.. folders.Where(folder => reach[folder].Contains(folder))
            .GroupBy(folder => string.Join(", ", reach[folder].Where(other => reach[other].Contains(folder)).Order(StringComparer.Ordinal)))
            .Select(group => group.Order(StringComparer.Ordinal).ToArray())];
    }

    public string Describe(string[] circle) => string.Join('\n',
        from edge in Edges
        where circle.Contains(edge.Key.From) && circle.Contains(edge.Key.To)
        select $"{edge.Key.From} knows {edge.Key.To}: {string.Join("; ", edge.Value)}");

    private static FolderGraph Read(string project)
    {
        var trees = Checkout.Files(project, ".cs").Where(path => !path.Contains("/buildTransitive/"))
            .Select(path => Compilations.Tree(Checkout.Read(path), path));
        var compilation = Compilations.Of(project, trees);
        var graph = new FolderGraph();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(name => !name.IsVar))
                if (model.GetSymbolInfo(name) is var found && (found.Symbol ?? found.CandidateSymbols.FirstOrDefault()) is { } symbol)
                    graph.Add(tree.FilePath, symbol);
        }
        return graph;
    }

    private void Add(string file, ISymbol symbol)
    {
        symbol = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol;
        if (symbol is INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol or IRangeVariableSymbol or ILabelSymbol)
            return;
        var declared = symbol.OriginalDefinition.DeclaringSyntaxReferences;
        if (declared.IsEmpty && symbol.ContainingType is { } type)
            declared = type.OriginalDefinition.DeclaringSyntaxReferences;
        var folders = declared.Select(reference => Folder(reference.SyntaxTree.FilePath)).ToList();
        var from = Folder(file);
        if (folders.Count == 0 || folders.Contains(from))
            return;
        var edge = (from, folders[0]);
        if (!Edges.TryGetValue(edge, out var uses))
            Edges.Add(edge, uses = new SortedSet<string>(StringComparer.Ordinal));
        uses.Add($"{Path.GetFileName(file)} {(symbol as INamedTypeSymbol ?? symbol.ContainingType).Name}");
    }

    private static string Folder(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : path;
}
