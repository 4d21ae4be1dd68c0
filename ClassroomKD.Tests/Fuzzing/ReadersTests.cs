using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using ClassroomKD.Testing;
using ClassroomKD.Tests.Conventions;
using Microsoft.Extensions.Configuration;

namespace ClassroomKD.Tests.Fuzzing;

/// <summary>What opens or parses files is fuzzed: see <see cref="FuzzTests"/>.</summary>
public sealed class ReadersTests
{
    private static readonly string[] Opening =
    [
        nameof(InputFile), nameof(FileStream), nameof(StreamReader), nameof(BinaryReader), nameof(ZipFile), nameof(ZipArchive),
        nameof(GZipStream), nameof(ZLibStream), nameof(JsonDocument), nameof(Utf8JsonReader), "TarReader", "CodedInputStream",
        "MessageParser`1", "MemoryMappedFile", "SKCodec", "InferenceSession", nameof(torch.jit), nameof(torch.export),
        nameof(ConfigurationBinder),
    ];

    [Test]
    public void Everything_that_opens_or_parses_a_file_is_in_the_table()
    {
        var reading =
            from assembly in Checkout.Packages.Select(Assembly.Load)
            from type in assembly.GetTypes()
            // What measures coverage adds types of its own.
            where type.FullName!.StartsWith(nameof(ClassroomKD), StringComparison.Ordinal)
            from method in type.GetMembers(Any).OfType<MethodBase>()
            from instruction in Instruction.Of(method)
            where instruction is { IsCall: true, Method: { } called } && Opens(called)
            select Outermost(type).FullName;
        var known = Readers.All.SelectMany(reader => reader.Types).Concat(Readers.Excepted.Keys).Select(type => type.FullName).ToHashSet();
        var found = reading.ToHashSet();
        found.Except(known).Select(type => $"{type} opens or parses files and is no row of {nameof(Readers)}")
            .Concat(known.Except(found).Select(type => $"{type} opens and parses none, and is in {nameof(Readers)}")).ShouldBeNone();
    }

    [Test]
    public void Names_and_types_are_there_once()
    {
        Readers.All.Select(reader => reader.Name).Should().OnlyHaveUniqueItems();
        Readers.All.SelectMany(reader => reader.Types).Concat(Readers.Excepted.Keys).Select(type => type.FullName)
            .Should().OnlyHaveUniqueItems();
    }

    private const BindingFlags Any =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static bool Opens(MethodBase called)
    {
        return called.DeclaringType is { } type && (Opening.Contains(type.Name)
            || (type == typeof(File) && Begins("Read", "Open")) || (type == typeof(JsonSerializer) && Begins("Deserialize")));

        bool Begins(params string[] names) => names.Any(name => called.Name.StartsWith(name, StringComparison.Ordinal));
    }

    // Lambdas and iterators are types of their own.
    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
