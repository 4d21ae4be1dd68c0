using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>Refuses a training at the host's start whose student or mentors nobody registered. Without mentors the classroom is made to
/// see whether it is the application's own; else nothing is made.</summary>
internal sealed class MissingParts(string classroom, IServiceProvider services, Type student, Type mentor, Type room)
    : IValidateOptions<TrainerOptions>
{
    public ValidateOptionsResult Validate(string? name, TrainerOptions options)
    {
        if (name != classroom || services.GetService<IServiceProviderIsKeyedService>() is not { } registered)
            return ValidateOptionsResult.Skip;
        var missing = new List<string>();
        if (!registered.IsKeyedService(student, classroom))
            missing.Add($"Classroom '{classroom}' has no student to train; {nameof(ClassroomBuilderExtensions.AddStudent)} adds one.");
        if (!registered.IsKeyedService(mentor, classroom) && !IsOwn(room))
            missing.Add($"Classroom '{classroom}' has no mentor; {nameof(ClassroomBuilderExtensions.AddMentor)} adds one.");
        return missing.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(missing);
    }

    // One that the application registered itself may have its mentors from elsewhere.
    private bool IsOwn(Type room)
    {
        try
        {
            return services.GetRequiredKeyedService(room, classroom) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
