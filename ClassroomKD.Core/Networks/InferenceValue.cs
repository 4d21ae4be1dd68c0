using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>A tensor, or a convolution of one that waits for what follows it.</summary>
internal readonly record struct InferenceValue(Tensor Tensor, Convolution? Waiting = null);
