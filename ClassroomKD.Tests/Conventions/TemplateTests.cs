using System.Xml.Linq;

namespace ClassroomKD.Tests.Conventions;

/// <summary>What <c>dotnet new classroomkd</c> writes fits the packages of the same commit.</summary>
public sealed class TemplateTests
{
    [Test]
    public void Packages_have_the_versions_that_the_repository_has()
    {
        var version = XDocument.Parse(Checkout.Read("Directory.Build.props")).Descendants("Version").Single().Value;
        var central = XDocument.Parse(Checkout.Read("Directory.Packages.props"));
        string Resolved(string text) => text.StartsWith("$(", StringComparison.Ordinal)
            ? central.Descendants(text[2..^1]).Single().Value : text;
        var versions = central.Descendants("PackageVersion").ToDictionary(
            package => package.Attribute("Include")!.Value, package => Resolved(package.Attribute("Version")!.Value));

        var references = XDocument.Parse(Checkout.Read("ClassroomKD.Templates/classroomkd/ClassroomTrainer.csproj"))
            .Descendants("PackageReference")
            .Select(reference => (Name: reference.Attribute("Include")!.Value, Version: reference.Attribute("Version")!.Value)).ToList();
        references.Should().HaveCountGreaterThan(3).And.OnlyContain(reference => reference.Version
            == (reference.Name.StartsWith("ClassroomKD.", StringComparison.Ordinal) ? version : versions[reference.Name]));
    }
}
