using Microsoft.Extensions.DependencyInjection;

namespace ClassroomKD;

/// <summary>A named classroom while it is being registered. Task packages and plugins add extension methods to it.</summary>
/// <remarks>
/// A plugin ships one extension method, such as <c>UseMarginRanker(this IClassroomBuilder builder, Action&lt;MarginRankerOptions&gt;?
/// configure)</c>, which registers its options under <see cref="Name"/> and calls <see cref="ClassroomBuilderExtensions.UseRanker"/>.
/// </remarks>
public interface IClassroomBuilder
{
    /// <summary>The classroom's name: the key of its services and the name of its options.</summary>
    string Name { get; }

    /// <summary>Where its services are registered.</summary>
    IServiceCollection Services { get; }
}
