namespace ClassroomKD.Kernels.Cuda;

/// <summary>The CUDA C of one kernel, and the files it includes.</summary>
internal sealed record CudaSource(string Name, string Text, IReadOnlyList<(string Name, string Text)> Headers)
{
    private static readonly string[] Included = ["device.cu", "rows.cu", "divergence_call.cu"];

    /// <summary>As it stands in this assembly.</summary>
    public static CudaSource Of(string kernel) =>
        new($"{kernel}.cu", Read($"{kernel}.cu"), [.. Included.Select(name => (name, Read(name)))]);

    private static string Read(string name)
    {
        using var stream = typeof(CudaSource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"Resource {name} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
