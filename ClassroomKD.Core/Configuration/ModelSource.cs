namespace ClassroomKD;

/// <summary>
/// A kind of model that configuration can state, such as the files of a format: a package derives from it, and the application adds it by
/// <c>AddModelSource</c>.
/// </summary>
/// <typeparam name="TAnswer">What the models answer with.</typeparam>
/// <typeparam name="TSettings">What configuration states below the key, as properties; keys that are none of them are refused.</typeparam>
public abstract class ModelSource<TAnswer, TSettings>
    where TSettings : class, new()
{
    /// <summary>A kind of model.</summary>
    /// <param name="key">The key that states a model of this kind, such as <c>Onnx</c>.</param>
    protected ModelSource(string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        Key = key;
    }

    /// <summary>The key that states a model of this kind.</summary>
    public string Key { get; }

    internal StatedSource<TAnswer> Stated => new(
        Key, () => new TSettings(), (settings, context) => Check((TSettings)settings, context),
        (settings, context) => Create((TSettings)settings, context));

    /// <summary>Refuses what cannot become a model, at the host's start, without making one.</summary>
    /// <param name="settings">What was stated; keys whose values were refused are as if they had not been.</param>
    /// <param name="context">Of which model; takes the faults, as many as there are.</param>
    protected abstract void Check(TSettings settings, ModelSourceContext context);

    /// <summary>Makes the model; called once, after <see cref="Check"/> found no fault.</summary>
    /// <param name="settings">What was stated.</param>
    /// <param name="context">Of which model.</param>
    /// <returns>
    /// The model, which its mentor or student owns. A TorchSharp module is then moved to <see cref="ModelSourceContext.Device"/>; another
    /// model must be there already.
    /// </returns>
    protected abstract nn.IModule<Tensor, TAnswer> Create(TSettings settings, ModelSourceContext context);
}

/// <summary>A <see cref="ModelSource{TAnswer, TSettings}"/> whatever its settings are.</summary>
internal sealed record StatedSource<TAnswer>(
    string Key,
    Func<object> CreateSettings,
    Action<object, ModelSourceContext> Check,
    Func<object, ModelSourceContext, nn.IModule<Tensor, TAnswer>> Create);
