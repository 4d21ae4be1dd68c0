namespace ClassroomKD.Tests.Onnx;

/// <summary>The committed mentor files, written by <c>make_fixtures.py</c>.</summary>
internal static class MentorFile
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Onnx", name);
}
