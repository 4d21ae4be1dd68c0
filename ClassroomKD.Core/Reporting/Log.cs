using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Every message that ClassroomKD logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning,
        "Mentor '{Mentor}' of classroom '{Classroom}' answered {Count} of {Samples} samples with NaN or infinity; it taught none of them.")]
    public static partial void NonFiniteAnswers(ILogger logger, string mentor, string classroom, long count, long samples);

    [LoggerMessage(2, LogLevel.Debug,
        "Classroom '{Classroom}' gave {Lessons} lessons on {Samples} samples; the student's mean performance was {Performance:F4}.")]
    public static partial void Reported(ILogger logger, string classroom, long lessons, long samples, double performance);

    [LoggerMessage(3, LogLevel.Warning,
        "The CUDA kernels do not run, and tensor operations take over for classroom '{Classroom}': {Reason}")]
    public static partial void CudaRefused(ILogger logger, string classroom, string reason);
}
