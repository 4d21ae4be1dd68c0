using System.Reflection;
using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Conventions;

/// <summary>Every setting of what decides a training shows in its fingerprint, whatever class has it.</summary>
public sealed class ShippedSettingsTests
{
    private static readonly Type[] Kinds =
    [
        typeof(IBatchAugmentation), typeof(ILabelMixing), typeof(IImageFit), typeof(IMentorRanker), typeof(ILearningPaceScheduler),
        typeof(ILogitsDistillationLoss), typeof(IJointLogitsLoss), typeof(IDistillationTask<,>), typeof(IPoseLoss<>),
        typeof(IPoseDistillationLoss<>),
    ];

    // What decides a batch without being one of these kinds.
    private static readonly Type[] Others = [typeof(PoseAugmentation), typeof(ImageDecoder), typeof(HeatmapCodec), typeof(SimccCodec)];

    private static IEnumerable<Type> Shipped =>
        from assembly in Checkout.Packages.Select(Assembly.Load)
        from type in assembly.GetExportedTypes()
        where type is { IsClass: true, IsAbstract: false }
        where Others.Contains(type) || type.GetInterfaces().Any(face => Kinds.Contains(face.IsGenericType
            ? face.GetGenericTypeDefinition() : face))
        select type;

    [Test]
    public void All_kinds_are_among_them() =>
        Shipped.Should().Contain([typeof(RandAugment), typeof(CutMix), typeof(CenterFit), typeof(GapPace), typeof(TopKRanker),
            typeof(DkdLoss), typeof(LogitsTask), typeof(HeatmapTask), typeof(SimccTask), typeof(OhkmLoss), typeof(SpatialKlLoss)])
            .And.HaveCountGreaterThan(30);

    [TestCaseSource(nameof(Shipped))]
    public void Every_setting_shows(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(each => each.GetParameters().Length)!;
        var parameters = constructor.GetParameters();
        object?[] usual = [.. parameters.Select(parameter => parameter.HasDefaultValue ? parameter.DefaultValue
            : Values(parameter.ParameterType).First())];
        var expected = SettingsText.Of(constructor.Invoke(usual));
        SettingsText.Of(constructor.Invoke(usual)).Should().Be(expected, "the same settings have the same text");

        for (var i = 0; i < parameters.Length; i++)
        {
            var isOptions = parameters[i].ParameterType.Name.EndsWith("Options", StringComparison.Ordinal);
            if (!isOptions)
                Shows(
                    parameters[i].Name!,
                    Values(parameters[i].ParameterType).Select(value => (object?[])[.. usual[..i], value, .. usual[(i + 1)..]]));
            foreach (var property in isOptions ? Settable(parameters[i].ParameterType) : [])
                Shows(property.Name, Values(property.PropertyType).Select(value =>
                    (object?[])[.. usual[..i], With(Activator.CreateInstance(parameters[i].ParameterType)!, property, value),
                        .. usual[(i + 1)..]]));
        }

        foreach (var property in Settable(type))
            Values(property.PropertyType).Select(value => SettingsText.Of(With(constructor.Invoke(usual), property, value)))
                .Should().Contain(text => text != expected, property.Name);

        void Shows(string name, IEnumerable<object?[]> arguments) =>
            arguments.Select(each => Made(constructor, each)).OfType<object>().Select(SettingsText.Of)
                .Should().Contain(text => text != expected, $"{name} is a setting");
    }

    // Null where the values are out of range.
    private static object? Made(ConstructorInfo constructor, object?[] arguments)
    {
        try
        {
            return constructor.Invoke(arguments);
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties().Where(property => property.SetMethod is { IsPublic: true });

    private static object With(object target, PropertyInfo property, object? value)
    {
        property.SetValue(target, value);
        return target;
    }

    private static IEnumerable<object?> Values(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>();
        if (type == typeof(double))
            return [0.25, 0.6, 1.75, 40.0];
        if (type == typeof(int))
            return [3, 7, 300];
        if (type == typeof(long))
            return [3L, 7L];
        if (type == typeof(byte))
            return [(byte)9];
        if (type == typeof(bool))
            return [true, false];
        if (type == typeof(IReadOnlyList<double>))
            return [Enumerable.Repeat(0.3, JointLayout.Coco.Count).ToArray()];
        if (type == typeof(IReadOnlyList<ILabelMixing>) || type == typeof(IEnumerable<ILabelMixing>))
            return [new ILabelMixing[] { new MixUp() }, new ILabelMixing[] { new CutMix() }];
        object[] parts =
        [
            new UniformRanker(), new EntropyRanker(), new MixUp(), new DkdLoss(), new EnsembleLoss(), new OhkmLoss(), new JointsMseLoss(),
            new KlDiscretLoss(0.5), new SpatialKlLoss(3), new FastPoseDistillation(),
        ];
        return parts.Where(type.IsInstanceOfType) is var fitting && fitting.Any() ? fitting
            : throw new InvalidOperationException($"No value of {type} is known here.");
    }
}
