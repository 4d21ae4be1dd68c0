namespace ClassroomKD;

/// <summary>Tells by name that a model was disposed, where TorchSharp names its handle, fails elsewhere or finds no weights.</summary>
internal static class LivingModule
{
    /// <param name="module">The model.</param>
    /// <param name="owner">Whose it is, such as "student".</param>
    /// <param name="name">The owner's name.</param>
    /// <exception cref="ObjectDisposedException">It was disposed, or a part of it was.</exception>
    public static void Require(nn.Module module, string owner, string name)
    {
        if (IsGone(module))
            throw new ObjectDisposedException(
                module.GetType().Name, $"The model of {owner} '{name}' was disposed, or a part of it was.");
    }

    /// <summary>Whether the model or a part of it was disposed.</summary>
    public static bool IsGone(nn.Module module) => module.modules().Prepend(module).Any(IsPartGone);

    // Some layers lose their weights alone, others their handle; lists of parameters leave out those that are lost.
    private static bool IsPartGone(nn.Module part)
    {
        try
        {
            _ = part.training;
            return part.get_parameter("weight") is { IsInvalid: true };
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
