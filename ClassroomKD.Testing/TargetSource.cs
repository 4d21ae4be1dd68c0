namespace ClassroomKD.Testing;

/// <summary>Makes the truth of a batch.</summary>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <param name="batch">The number of samples B.</param>
/// <param name="type">The type of the answers, for truths of floating point.</param>
/// <param name="device">The device of the answers, the meta device too.</param>
/// <returns>The truth, in the current dispose scope.</returns>
public delegate TTarget TargetSource<out TTarget>(int batch, ScalarType type, Device device);
