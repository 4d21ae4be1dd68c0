namespace ClassroomKD.Kernels.Cuda;

/// <summary>Driver or compiler is missing or refuses; the message says which and why.</summary>
internal sealed class CudaException(string message, Exception? inner = null) : Exception(message, inner);
