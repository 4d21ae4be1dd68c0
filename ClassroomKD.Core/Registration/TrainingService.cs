using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClassroomKD;

/// <summary>Runs the registered trainings one after another, since libtorch has one random generator, and then stops the host.</summary>
internal sealed class TrainingService(
    IEnumerable<HostedTraining> trainings, IHostApplicationLifetime lifetime, ILoggerFactory? loggers = null) : BackgroundService
{
    private readonly ILogger logger = loggers?.CreateLogger("ClassroomKD") ?? NullLogger.Instance;

    // A thread of its own: dispose scopes belong to a thread, and a step is long.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Factory.StartNew(
        () => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc/>
    /// <remarks>What ended the training is thrown here, since a host that stops for it would else end as if all were well.</remarks>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (ExecuteTask is { IsFaulted: true } failed)
            await failed.ConfigureAwait(false);
    }

    private void Run(CancellationToken stopping)
    {
        foreach (var training in trainings)
        {
            try
            {
                training.Run(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                Log.TrainingCancelled(logger, training.Name);
                return;
            }
        }

        lifetime.StopApplication();
    }
}
