namespace ClassroomKD.Testing;

/// <summary>The rules that a part of a classroom must keep: its ranker, pace, loss, task or mentor.</summary>
public abstract class ConformanceSuite
{
    private protected ConformanceSuite()
    {
    }

    /// <summary>One test for each rule. They are independent: run them in any order, or in parallel on several threads.</summary>
    public abstract IReadOnlyList<ConformanceTest> Tests { get; }

    /// <summary>Runs all tests.</summary>
    /// <exception cref="ConformanceException">Rules are broken; the message has a line for each.</exception>
    public void Check()
    {
        var broken = new List<ConformanceException>();
        foreach (var test in Tests)
        {
            try
            {
                test.Run();
            }
            catch (ConformanceException exception)
            {
                broken.Add(exception);
            }
        }

        if (broken.Count > 0)
            throw new ConformanceException(
                $"Broken rules: {broken.Count} of {Tests.Count}.\n" + string.Join('\n', broken.Select(rule => $"- {rule.Message}")),
                broken[0].InnerException);
    }
}
