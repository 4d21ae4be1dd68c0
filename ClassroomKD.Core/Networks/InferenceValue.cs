using TorchSharp.Modules;

namespace ClassroomKD.Networks;

/// <summary>A tensor, or a convolution of it that waits for the layer after it.</summary>
internal readonly record struct InferenceValue(Tensor Tensor, Convolution? Waiting = null);
