using System.Reflection;
using System.Runtime.InteropServices;

namespace ClassroomKD;

/// <summary>What a training runs with, for logs and reports.</summary>
internal static class TrainingVersions
{
    public static IReadOnlyDictionary<string, string> Current() => new Dictionary<string, string>
    {
        ["ClassroomKD"] = Of(typeof(TrainingVersions)),
        ["TorchSharp"] = Of(typeof(torch)),
        ["libtorch"] = torch.__version__,
        [".NET"] = RuntimeInformation.FrameworkDescription,
        ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
        ["threads"] = torch.get_num_threads().ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string Of(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? type.Assembly.GetName().Version!.ToString();
}
