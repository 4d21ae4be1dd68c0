namespace ClassroomKD.Tests;

/// <summary>A fixture whose tensors live as long as a test: they are disposed after its own tear-down.</summary>
public abstract class TensorFixture
{
    /// <summary>Of the test that runs.</summary>
    protected DisposeScope Scope { get; private set; } = null!;

    [SetUp]
    public void OpenScope() => Scope = NewDisposeScope();

    [TearDown]
    public void CloseScope() => Scope.Dispose();
}
