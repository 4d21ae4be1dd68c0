namespace ClassroomKD.Distributed;

/// <summary>Makes networks the same in all processes.</summary>
public static class ModuleSynchronization
{
    /// <summary>Gives all processes the student's parameters and buffers of rank 0.</summary>
    /// <typeparam name="TAnswer">What the student answers with.</typeparam>
    /// <param name="student">The student, of the same architecture in all processes.</param>
    /// <param name="group">The processes.</param>
    /// <exception cref="DistributedException">The architectures differ, which the message names; or the communication failed.</exception>
    public static void Synchronize<TAnswer>(this Student<TAnswer> student, IProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(student);
        student.Module.Synchronize(group);
    }

    /// <summary>Gives all processes the parameters and buffers of rank 0.</summary>
    /// <param name="module">A network of the same architecture in all processes.</param>
    /// <param name="group">The processes.</param>
    /// <exception cref="DistributedException">The architectures differ, which the message names; or the communication failed.</exception>
    public static void Synchronize(this nn.Module module, IProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(group);
        var state = module.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        group.RequireSame(
            "network", state.ToDictionary(entry => entry.Key, entry => $"{entry.Value.dtype} [{string.Join(", ", entry.Value.shape)}]"));
        using var noGradient = no_grad();
        foreach (var (_, tensor) in state)
            group.Broadcast(tensor);
    }

    /// <summary>Makes the running statistics of batch normalization the mean of those of all processes.</summary>
    /// <param name="module">A network of the same architecture in all processes.</param>
    /// <param name="group">The processes.</param>
    /// <remarks>
    /// Each rank normalizes by the statistics of its own part of a batch and keeps running means of them. Call it before the network is
    /// examined or saved; when and how often changes nothing in what comes out, since running means are linear.
    /// </remarks>
    /// <exception cref="DistributedException">The communication failed.</exception>
    public static void AverageBuffers(this nn.Module module, IProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(group);
        if (group.Size == 1)
            return;
        using var parallel = new DataParallel(group);
        BufferAverage.Take([.. module.buffers()], parallel);
    }
}
