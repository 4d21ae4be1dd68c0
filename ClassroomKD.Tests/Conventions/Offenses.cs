namespace ClassroomKD.Tests.Conventions;

internal static class Offenses
{
    /// <summary>Fails with all of them, a line each.</summary>
    public static void ShouldBeNone(this IEnumerable<string> offenses)
    {
        var all = offenses.Distinct().ToList();
        if (all.Count > 0)
            Assert.Fail($"{all.Count} offenses:\n{string.Join('\n', all)}");
    }
}
