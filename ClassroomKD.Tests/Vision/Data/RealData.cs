namespace ClassroomKD.Tests.Vision.Data;

/// <summary>Data sets beside the checkout: in <c>CLASSROOMKD_DATA</c>, else in the first <c>shared/data</c> on the way up.</summary>
internal static class RealData
{
    public static string Folder(string name)
    {
        var root = Environment.GetEnvironmentVariable("CLASSROOMKD_DATA");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); string.IsNullOrEmpty(root) && at is not null; at = at.Parent)
            if (Directory.Exists(Path.Combine(at.FullName, "shared", "data")))
                root = Path.Combine(at.FullName, "shared", "data");
        if (string.IsNullOrEmpty(root))
            Assert.Ignore("There are no data sets: CLASSROOMKD_DATA is not set, and no folder above has shared/data.");
        var folder = Path.Combine(root!, name);
        if (!Directory.Exists(folder))
            Assert.Ignore($"The data sets lack {name}.");
        return folder;
    }
}
