namespace ClassroomKD.Distributed;

/// <summary>A reduction that nobody has to wait for.</summary>
internal sealed class CompletedReduction : IPendingReduction
{
    public static readonly CompletedReduction Instance = new();

    public void Wait()
    {
    }
}
