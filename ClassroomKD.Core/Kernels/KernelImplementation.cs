namespace ClassroomKD;

/// <summary>How the divergence from the mentors is computed.</summary>
public enum KernelImplementation
{
    /// <summary>The fastest that serves the device and the type.</summary>
    Auto,

    /// <summary>Tensor operations: any device, any floating-point type.</summary>
    Reference,
}
