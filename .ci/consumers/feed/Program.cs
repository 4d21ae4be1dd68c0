// Opens every package of a feed and says what is missing: feed <feed> <root of the sources> <the sources' remote>.
using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

var (feed, root) = (args[0], args[1]);
var hosted = args.Length > 2 && args[2].Contains("github.com"); // a host for which the SDK links sources
// Besides other packages of ClassroomKD. A new one is a decision: every consumer gets it.
var allowed = new Dictionary<string, string[]>
{
    ["ClassroomKD.Core"] =
    [
        "TorchSharp", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "Microsoft.Extensions.Options.ConfigurationExtensions",
        "Microsoft.Extensions.Options.DataAnnotations",
    ],
    ["ClassroomKD.Distributed"] = ["Microsoft.Extensions.Options", "Microsoft.Extensions.Options.DataAnnotations"],
    ["ClassroomKD.Imaging"] = ["SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies"],
    ["ClassroomKD.Onnx"] = ["Google.Protobuf", "Microsoft.ML.OnnxRuntime.Managed"],
    ["ClassroomKD.Pose"] = ["Microsoft.Extensions.Options"],
    ["ClassroomKD.Reports"] = [],
    ["ClassroomKD.Testing"] = [],
    ["ClassroomKD.Vision"] = [],
};
var faults = new List<string>();
var packages = Directory.GetFiles(feed, "ClassroomKD.*.nupkg").Order().ToList();
foreach (var path in packages)
    Inspect(path);
foreach (var name in allowed.Keys.Where(name => !packages.Any(path => Path.GetFileName(path).StartsWith(name + ".0"))))
    faults.Add($"{name}: not in the feed");
faults.ForEach(Console.Error.WriteLine);
Console.WriteLine($"{packages.Count} packages, {faults.Count} faults");
return faults.Count == 0 ? 0 : 1;

void Inspect(string path)
{
    using var package = ZipFile.OpenRead(path);
    var spec = XDocument.Load(package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec")).Open()).Root!;
    XElement? Element(string name) => spec.Descendants().FirstOrDefault(element => element.Name.LocalName == name);
    string Text(string name) => Element(name)?.Value ?? "";
    var id = Text("id");
    void Must(bool condition, string what)
    {
        if (!condition)
            faults.Add($"{id}: {what}");
    }
    byte[] Read(string name)
    {
        if (package.GetEntry(name) is not { } entry)
            return [];
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    Must(Text("license") == "MIT" && Element("license")?.Attribute("type")?.Value == "expression", "no licence");
    foreach (var name in new[] { "description", "authors", "copyright", "tags" })
        Must(Text(name).Length > 0, $"no {name}");
    var readme = Encoding.UTF8.GetString(Read(Text("readme")));
    Must(readme.StartsWith($"# {id}\n"), "no README of its own");
    var icon = Read(Text("icon"));
    Must(icon.Length > 24 && icon[1..4].AsSpan().SequenceEqual("PNG"u8)
        && BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)) == 128 && BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20)) == 128,
        "no icon of 128 x 128");

    var files = package.Entries.Select(entry => entry.FullName).ToList();
    var libraries = files.Where(name => name.StartsWith("lib/")).Order().ToList();
    var analyzers = files.Where(name => name.StartsWith("analyzers/")).Order().ToList();
    foreach (var name in libraries.Concat(analyzers).Where(name => name.EndsWith(".dll")))
    {
        using var image = new PEReader(new MemoryStream(Read(name)));
        Must(image.ReadDebugDirectory().Any(entry => entry.Type == DebugDirectoryEntryType.Reproducible), $"{name} is not deterministic");
        Must(!Encoding.UTF8.GetString(Read(name)).Contains(root), $"{name} tells where it was built");
    }
    if (id == "ClassroomKD.Templates")
        return;
    if (!allowed.TryGetValue(id, out var known))
        known = [];
    Must(libraries.SequenceEqual([$"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"]), $"holds {string.Join(", ", libraries)}");
    var symbols = Path.ChangeExtension(path, ".snupkg");
    Must(File.Exists(symbols), "no symbols");
    if (File.Exists(symbols))
        InspectSymbols(symbols, Must, id);
    foreach (var dependency in spec.Descendants().Where(element => element.Name.LocalName == "dependency"))
    {
        var name = dependency.Attribute("id")!.Value;
        Must(known.Contains(name) || allowed.ContainsKey(name), $"depends on {name}");
        Must(name != "ClassroomKD.Core" || !$"{dependency.Attribute("exclude")?.Value}".Contains("Analyzers"), "keeps the analyzers back");
    }
    string[] rules = ["analyzers/dotnet/cs/ClassroomKD.Analyzers.CodeFixes.dll", "analyzers/dotnet/cs/ClassroomKD.Analyzers.dll"];
    Must(analyzers.SequenceEqual(id == "ClassroomKD.Core" ? rules : []), $"holds {string.Join(", ", analyzers)}");
    Must(files.All(name => !name.StartsWith("build") || name.StartsWith("buildTransitive/net10.0/")), "targets for every framework");
}

// Sources are found: by a link to a host that the SDK knows, where the clone has one.
void InspectSymbols(string path, Action<bool, string> must, string id)
{
    using var package = ZipFile.OpenRead(path);
    var entry = package.GetEntry($"lib/net10.0/{id}.pdb");
    must(entry is not null, "symbols without a PDB");
    if (entry is null)
        return;
    using var stream = new MemoryStream();
    using (var packed = entry.Open())
        packed.CopyTo(stream);
    stream.Position = 0;
    using var provider = MetadataReaderProvider.FromPortablePdbStream(stream);
    var reader = provider.GetMetadataReader();
    var local = reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))
        .FirstOrDefault(name => !name.StartsWith("/_"));
    must(local is null, $"{local} is a path of one machine");
    var kinds = reader.CustomDebugInformation.Select(each => reader.GetGuid(reader.GetCustomDebugInformation(each).Kind));
    must(!hosted || kinds.Contains(new Guid("CC110556-A091-4D38-9FEC-25AB9A351A6A")), "no source link");
}
