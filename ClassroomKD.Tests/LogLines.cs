using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClassroomKD.Tests;

/// <summary>A logger that keeps what is written, from whatever thread.</summary>
internal sealed class LogLines(LogLevel least = LogLevel.Warning) : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> All { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            All.Enqueue(formatter(state, exception) + exception?.Message);
    }

    public void Dispose()
    {
    }
}
