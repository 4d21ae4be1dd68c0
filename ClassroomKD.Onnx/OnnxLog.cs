using Microsoft.Extensions.Logging;

namespace ClassroomKD.Onnx;

/// <summary>The log messages of ClassroomKD.Onnx.</summary>
internal static partial class OnnxLog
{
    [LoggerMessage(101, LogLevel.Warning,
        "{File} is computed on {SessionDevice}, but batches come on {BatchDevice}: each one is copied there and its answer back, " +
        "which waits for the device.")]
    public static partial void Copies(ILogger logger, string file, string sessionDevice, string batchDevice);
}
