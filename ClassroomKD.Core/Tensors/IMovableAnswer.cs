namespace ClassroomKD;

/// <summary>An answer of a task's own type that can be moved to another device: see <see cref="MentorOptions.Device"/>.</summary>
public interface IMovableAnswer
{
    /// <summary>The same answer on a device.</summary>
    /// <param name="device">Where its tensors shall be.</param>
    /// <returns>An answer of the same type, in the current dispose scope; this one is not disposed.</returns>
    object MovedTo(Device device);
}
