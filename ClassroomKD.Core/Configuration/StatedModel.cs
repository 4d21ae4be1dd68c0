using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ClassroomKD;

/// <summary>A mentor or student that a section states: read and checked, not made.</summary>
/// <typeparam name="TAnswer">What the model answers with.</typeparam>
/// <typeparam name="TSettings">What the section states beside the source.</typeparam>
internal sealed class StatedModel<TAnswer, TSettings>
    where TSettings : ModelSettings, new()
{
    private readonly string path;
    private readonly List<string> faults = [];
    private readonly StatedSource<TAnswer>? source;
    private readonly object? settings;
    private readonly ModelSourceContext? context;

    /// <summary>Reads a section.</summary>
    /// <param name="section">The section, which need not exist.</param>
    /// <param name="classroom">The classroom whose sources are taken.</param>
    /// <param name="services">The application's services.</param>
    public StatedModel(IConfiguration section, string classroom, IServiceProvider services)
    {
        path = ConfiguredSection.Of(section).Path;
        var sources = Sources(classroom, services);
        string At(StatedSource<TAnswer> one) => path.Length == 0 ? one.Key : ConfigurationPath.Combine(path, one.Key);
        var reading = ConfigurationReading.Of(section, typeof(TSettings), [.. sources.Select(At)]);
        faults.AddRange(reading.Faults);
        reading.Bind(Settings);
        Device = Find(Settings.Device);

        var stated = sources.Where(one => section.GetSection(one.Key).Exists()).ToList();
        if (stated is not [var only])
        {
            faults.Add(
                $"'{path}' states {(stated.Count == 0 ? "no model" : string.Join(" and ", stated.Select(one => one.Key)))} " +
                $"(expected one of {string.Join(", ", sources.Select(one => one.Key))}; AddModelSource adds others)");
            return;
        }
        (source, settings) = (only, only.CreateSettings());
        context = new ModelSourceContext(At(only), typeof(TSettings) == typeof(StudentSettings), Device, services, faults);
        reading = ConfigurationReading.Of(section.GetSection(only.Key), settings.GetType());
        faults.AddRange(reading.Faults);
        reading.Bind(settings);
        // Where a single text stands, every key would be missing.
        if (section.GetSection(only.Key).GetChildren().Any())
            only.Check(settings, context);
    }

    /// <summary>What is wrong, each with its full path.</summary>
    public List<string> Faults => faults;

    /// <summary>What the section states beside the source.</summary>
    public TSettings Settings { get; } = new();

    /// <summary>The stated device; null: none, or none that there is.</summary>
    public Device? Device { get; }

    /// <summary>Makes what configuration cannot hold as such, or adds a fault.</summary>
    public TResult? Make<TResult>(string key, Func<TResult> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException exception)
        {
            // Names of parameters say nothing to whoever writes configuration.
            var message = exception.Message.Split(" (Parameter '")[0].TrimEnd('.');
            faults.Add($"'{ConfigurationPath.Combine(path, key)}' is no use ({message})");
            return default;
        }
    }

    /// <summary>Makes the model, on the stated device.</summary>
    public nn.IModule<Tensor, TAnswer> Create()
    {
        var model = source!.Create(settings!, context!);
        if (Device is not null && model is nn.Module module)
            module.to(Device);
        return model;
    }

    private static List<StatedSource<TAnswer>> Sources(string classroom, IServiceProvider services) =>
    [
        .. new object[] { new TorchScriptSource().Stated }.OfType<StatedSource<TAnswer>>()
            .Concat(services.GetKeyedServices<StatedSource<TAnswer>>(classroom))
            .GroupBy(source => source.Key, StringComparer.OrdinalIgnoreCase).Select(same => same.Last()),
    ];

    private Device? Find(string? text)
    {
        if (text is null)
            return null;
        var key = ConfigurationPath.Combine(path, nameof(Device));
        var (type, number) = text.ToLowerInvariant().Split(':') switch
        {
            ["cpu" or "cuda" or "mps"] => (text.ToLowerInvariant(), 0),
            ["cuda", var digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var one) => ("cuda", one),
            _ => ("", 0),
        };
        if (type.Length == 0)
            faults.Add($"'{key}' is '{text}' (expected cpu, cuda or mps, or cuda and a number, such as cuda:1)");
        else if (type == "cuda" && (cuda.is_available() ? cuda.device_count() : 0) is var count && number >= count)
            faults.Add($"'{key}' is '{text}' (libtorch finds {count} CUDA devices)");
        else if (type == "mps" && !mps_is_available())
            faults.Add($"'{key}' is '{text}' (libtorch finds no such device)");
        else
            return torch.device(text.ToLowerInvariant());
        return null;
    }
}
