namespace ClassroomKD.Testing;

/// <summary>One rule, and how it is tested.</summary>
/// <remarks>It shows its name where a test framework asks: use it as a case of NUnit's <c>TestCaseSource</c> or xUnit's
/// <c>MemberData</c>.</remarks>
public sealed class ConformanceTest
{
    private readonly Action run;

    internal ConformanceTest(string name, Action run) => (Name, this.run) = (name, run);

    /// <summary>The rule, such as "Permuting the mentors permutes the result".</summary>
    public string Name { get; }

    /// <summary>Tests the rule. It loads libtorch, computes on the CPU and on the meta device, and leaves no tensor behind.</summary>
    /// <exception cref="ConformanceException">The rule is broken.</exception>
    public void Run()
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        try
        {
            run();
        }
        catch (Exception broken)
        {
            var reason = broken is ConformanceException
                ? broken.Message
                : $"no exception was expected, got {FirstLine(broken)}";
            throw new ConformanceException($"{Name}: {reason}", broken is ConformanceException ? broken.InnerException : broken);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>What an exception says, without the frames that libtorch adds.</summary>
    internal static string FirstLine(Exception exception) => $"{exception.GetType().Name}: {exception.Message.Split('\n')[0]}";
}
