namespace ClassroomKD.Pickling;

/// <summary>
/// A value that is read past: nothing of it is kept but what it is. What a pickle calls, fills or sets on it gives it again, so that
/// nothing foreign is ever called or built.
/// </summary>
/// <param name="kind">Such as <c>an object of</c>.</param>
/// <param name="name">Such as <c>argparse.Namespace</c>; a reference, since a small file can make many objects of one long name.</param>
internal sealed class PickledForeign(string kind, string name = "")
{
    public static PickledForeign ObjectOf(string name) => new("an object of", name);

    public override string ToString() => $"{kind} {Pickled.Shown(name)}".TrimEnd();
}
