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

    [LoggerMessage(4, LogLevel.Warning, LibTorch.SpinningThreads)]
    public static partial void WaitsActively(ILogger logger);

    [LoggerMessage(5, LogLevel.Warning, "{Finding}")]
    public static partial void Found(ILogger logger, string finding);

    [LoggerMessage(6, LogLevel.Warning, "{Notice}")]
    public static partial void Noticed(ILogger logger, string notice);

    [LoggerMessage(7, LogLevel.Information, "Training '{Training}' begins with epoch {Epoch}.")]
    public static partial void TrainingStarted(ILogger logger, string training, int epoch);

    [LoggerMessage(8, LogLevel.Information,
        "Training '{Training}', epoch {Epoch}: loss {Loss:G5}, learning rate {LearningRate:G3}, score {Score}, {Seconds:F1} s.")]
    public static partial void EpochEnded(
        ILogger logger, string training, int epoch, double loss, double learningRate, double? score, double seconds);

    [LoggerMessage(9, LogLevel.Information, "Training '{Training}' is done after {Epochs} epochs; the best was epoch {Best}.")]
    public static partial void TrainingEnded(ILogger logger, string training, int epochs, int? best);

    [LoggerMessage(10, LogLevel.Information, "Training '{Training}' was ended by the host's shutdown.")]
    public static partial void TrainingCancelled(ILogger logger, string training);

    [LoggerMessage(21, LogLevel.Warning,
        "{Model} of classroom '{Classroom}' seems to answer with probabilities, which a second softmax makes nearly uniform: {Remedy}.")]
    public static partial void Probabilities(ILogger logger, string model, string classroom, string remedy);

    [LoggerMessage(22, LogLevel.Warning,
        "The ranker or the pace of classroom '{Classroom}' gave {Count} weights or temperatures that are NaN or out of range; " +
        "these mentors did not teach these samples.")]
    public static partial void RefusedDecisions(ILogger logger, string classroom, long count);
}
