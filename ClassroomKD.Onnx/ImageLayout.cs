namespace ClassroomKD.Onnx;

/// <summary>The order of the dimensions of a file's input.</summary>
public enum ImageLayout
{
    /// <summary><c>[B, C, H, W]</c>, as batches come.</summary>
    ChannelsFirst,

    /// <summary><c>[B, H, W, C]</c>, as TensorFlow and Keras write files.</summary>
    ChannelsLast,
}
