using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>Lets constructors enforce the rules that dependency injection enforces, so that there is one set of rules.</summary>
public static class OptionsValidation
{
    /// <summary>Validates options that were handed to a constructor.</summary>
    /// <typeparam name="TOptions">The type of the options.</typeparam>
    /// <param name="validator">The rules, the same instance type that is registered for dependency injection.</param>
    /// <param name="options">The options.</param>
    /// <returns>The options.</returns>
    /// <exception cref="OptionsValidationException">A setting is out of range.</exception>
    public static TOptions ThrowIfInvalid<TOptions>(this IValidateOptions<TOptions> validator, TOptions options)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(validator);
        ArgumentNullException.ThrowIfNull(options);
        var result = validator.Validate(Microsoft.Extensions.Options.Options.DefaultName, options);
        return result.Failed
            ? throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(TOptions), result.Failures)
            : options;
    }
}
