using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>Refuses options whose configuration has faults: all of them at once, beside those of the options' own rules.</summary>
internal sealed class ConfigurationFaults<TOptions>(string classroom, IConfiguration section, IServiceProvider services)
    : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        if (name != classroom)
            return ValidateOptionsResult.Skip;
        IReadOnlyList<string> faults = ConfiguredSection.Absence(section, services) is { } absence
            ? [absence]
            : ConfigurationReading.Of(section, typeof(TOptions), ConfiguredSection.All(services)).Faults;
        return faults.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(faults.Select(fault => $"Classroom '{classroom}': {fault}"));
    }
}
