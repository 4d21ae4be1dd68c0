namespace ClassroomKD.Pickling;

/// <summary>
/// A value that is read past: nothing of it is kept but a description. What a pickle calls, fills or sets on it gives it again, so that
/// nothing foreign is ever called or built.
/// </summary>
/// <param name="description">Such as <c>an object of argparse.Namespace</c>.</param>
internal sealed class PickledForeign(string description)
{
    public static PickledForeign ObjectOf(string name) => new($"an object of {Pickled.Shown(name)}");

    public override string ToString() => description;
}
