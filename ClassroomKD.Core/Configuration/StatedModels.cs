using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>Stands for all models of a classroom that configuration states, so that all their faults come at once.</summary>
internal sealed class StatedModels;

/// <summary>Refuses the models of one section of a classroom.</summary>
internal sealed class StatedModelsFaults(string classroom, Func<IEnumerable<string>> faults) : IValidateOptions<StatedModels>
{
    public ValidateOptionsResult Validate(string? name, StatedModels options)
    {
        if (name != classroom)
            return ValidateOptionsResult.Skip;
        var found = faults().Select(fault => $"Classroom '{classroom}': {fault}").ToList();
        return found.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(found);
    }
}
