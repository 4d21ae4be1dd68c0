namespace ClassroomKD;

/// <summary>A registered training, ready to run.</summary>
/// <param name="Name">The classroom's name.</param>
/// <param name="Run">Trains to the end.</param>
internal sealed record HostedTraining(string Name, Action<CancellationToken> Run);
