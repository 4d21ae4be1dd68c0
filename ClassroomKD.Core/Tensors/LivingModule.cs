namespace ClassroomKD;

/// <summary>Tells by name that a model was disposed, where TorchSharp names its handle or fails elsewhere.</summary>
internal static class LivingModule
{
    /// <param name="module">The model.</param>
    /// <param name="owner">Whose it is, such as "student".</param>
    /// <param name="name">The owner's name.</param>
    /// <exception cref="ObjectDisposedException">It was disposed, or a part of it was.</exception>
    public static void Require(nn.Module module, string owner, string name)
    {
        if (module.modules().Prepend(module).Any(IsGone) || module.state_dict().Values.Any(tensor => tensor.IsInvalid))
            throw Gone(module, owner, name);
    }

    /// <summary>Whether the model is in training mode.</summary>
    /// <param name="module">The model.</param>
    /// <param name="owner">Whose it is, such as "student".</param>
    /// <param name="name">The owner's name.</param>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public static bool IsTraining(nn.Module module, string owner, string name)
    {
        try
        {
            return module.training;
        }
        catch (ObjectDisposedException)
        {
            throw Gone(module, owner, name);
        }
    }

    private static bool IsGone(nn.Module module)
    {
        try
        {
            _ = module.training;
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private static ObjectDisposedException Gone(nn.Module module, string owner, string name) =>
        new(module.GetType().Name, $"The model of {owner} '{name}' was disposed, or a part of it was.");
}
