using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ClassroomKD;

/// <summary>Of which model a <see cref="ModelSource{TAnswer, TSettings}"/> is asked.</summary>
public sealed class ModelSourceContext
{
    private const int MostNames = 12;

    private readonly string section;
    private readonly List<string> faults;

    internal ModelSourceContext(string section, bool isStudent, Device? device, IServiceProvider services, List<string> faults)
    {
        (this.section, this.faults) = (section, faults);
        (IsStudent, Device, Services) = (isStudent, device, services);
    }

    /// <summary>Whether the model is to learn; a mentor needs trained weights, a student none.</summary>
    public bool IsStudent { get; }

    /// <summary>The device that was stated.</summary>
    /// <value>Null: none was.</value>
    public Device? Device { get; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }

    /// <summary>The full path of a file; what is stated is relative to the host's content root.</summary>
    /// <param name="file">The path as it was stated.</param>
    public string FullPath(string file) => Path.GetFullPath(
        file, Services.GetService<IHostEnvironment>() is { ContentRootPath.Length: > 0 } host
            ? Path.GetFullPath(host.ContentRootPath) : Directory.GetCurrentDirectory());

    /// <summary>Refuses a key.</summary>
    /// <param name="key">The key within the source's section.</param>
    /// <param name="fault">What came and what was expected, as the rest of a sentence that begins with the key's path.</param>
    /// <remarks>A key that was refused before, such as one whose value is none of its type, is not refused again.</remarks>
    public void Refuse(string key, string fault)
    {
        var subject = $"'{ConfigurationPath.Combine(section, key)}' ";
        if (!faults.Any(known => known.StartsWith(subject, StringComparison.OrdinalIgnoreCase)))
            faults.Add(subject + fault);
    }

    /// <summary>Refuses a key that names no file which can be read.</summary>
    /// <param name="key">The key within the source's section.</param>
    /// <param name="file">Its value.</param>
    public void RequireFile(string key, string? file)
    {
        if (string.IsNullOrWhiteSpace(file))
        {
            Refuse(key, "is missing (expected the path of a file)");
            return;
        }
        try
        {
            InputFile.Open(FullPath(file)).Dispose();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            Refuse(key, $"is '{file}' (there is no file {FullPath(file)})");
        }
        catch (Exception exception) when (exception is IOException or ArgumentException)
        {
            Refuse(key, $"is '{file}' ({exception.Message.TrimEnd('.')})");
        }
    }

    /// <summary>Refuses a key that names no file of weights which can be read; a student may go without.</summary>
    /// <param name="key">The key within the source's section.</param>
    /// <param name="file">Its value.</param>
    public void RequireWeights(string key, string? file)
    {
        if (!IsStudent || file is not null)
            RequireFile(key, file);
    }

    /// <summary>Loads the weights that were stated, if any were.</summary>
    /// <typeparam name="TModule">The network's type.</typeparam>
    /// <param name="network">The network; it is disposed where its weights cannot be loaded.</param>
    /// <param name="file">The path as it was stated; null: the weights stay as they are.</param>
    /// <param name="options">How names are matched. Default: strictly.</param>
    /// <returns>The network.</returns>
    /// <exception cref="WeightsException">The weights do not fit, or the file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public TModule LoadWeights<TModule>(TModule network, string? file, WeightsLoadingOptions? options = null)
        where TModule : nn.Module
    {
        ArgumentNullException.ThrowIfNull(network);
        try
        {
            if (file is not null)
                network.LoadWeights(FullPath(file), options);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a key whose value is not one of some names, without regard to case.</summary>
    /// <param name="key">The key within the source's section.</param>
    /// <param name="value">Its value.</param>
    /// <param name="names">The names; the message lists the nearest.</param>
    public void RequireOneOf(string key, string? value, IEnumerable<string> names)
    {
        var known = names.ToList();
        if (known.Contains(value ?? "", StringComparer.OrdinalIgnoreCase))
            return;
        var some = string.Join(", ", ConfigurationKeys.Nearest(value ?? "", known).Take(MostNames));
        var others = known.Count > MostNames ? $" and {known.Count - MostNames} others" : "";
        Refuse(key, $"{(string.IsNullOrEmpty(value) ? "is missing" : $"is '{value}'")} (expected one of {some}{others})");
    }
}
