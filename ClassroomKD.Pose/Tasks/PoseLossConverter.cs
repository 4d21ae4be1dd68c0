using System.ComponentModel;
using System.Globalization;

namespace ClassroomKD.Pose;

/// <summary>Lets a configuration choose among the shipped losses by name, each with its default settings.</summary>
/// <param name="kind">The interface that the loss must implement.</param>
internal sealed class PoseLossConverter(Type kind) : TypeConverter
{
    private static readonly Dictionary<string, object> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["JointsMse"] = new JointsMseLoss(),
        ["KeypointMse"] = new KeypointMseLoss(),
        ["JointsOhkm"] = new OhkmLoss(),
        ["KeypointOhkm"] = new OhkmLoss(halved: false),
        ["KlDiscret"] = new KlDiscretLoss(),
        ["SpatialKl"] = new SpatialKlLoss(),
        ["FastPose"] = new FastPoseDistillation(),
    };

    /// <summary>Makes configuration find the names.</summary>
    public static void Register()
    {
        Type[] kinds =
        [
            typeof(IPoseLoss<Tensor>), typeof(IPoseDistillationLoss<Tensor>),
            typeof(IPoseLoss<SimccAnswer>), typeof(IPoseDistillationLoss<SimccAnswer>),
        ];
        foreach (var kind in kinds)
            TypeDescriptor.AddAttributes(kind, new TypeConverterAttribute(typeof(PoseLossConverter)));
    }

    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string name && Named.TryGetValue(name, out var loss) && kind.IsInstanceOfType(loss)
            ? loss
            : throw new FormatException($"Expected one of {string.Join(", ", Fitting)}, found '{value}'.");

    private IEnumerable<string> Fitting => Named.Where(pair => kind.IsInstanceOfType(pair.Value)).Select(pair => pair.Key);
}
