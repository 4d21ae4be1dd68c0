namespace ClassroomKD.Testing;

/// <summary>A part of a classroom breaks a rule. The message names the rule, what was expected and what came.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>A rule that is broken.</summary>
    /// <param name="message">The rule, what was expected and what came.</param>
    /// <param name="innerException">What the part threw, if it did.</param>
    public ConformanceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
