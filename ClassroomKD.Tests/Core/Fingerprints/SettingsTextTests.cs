namespace ClassroomKD.Tests.Core.Fingerprints;

public sealed class SettingsTextTests : TensorFixture
{
    [Test]
    public void Private_settings_of_any_kind_are_told_apart()
    {
        Differ(new Captured(1), new Captured(2)).Should().Be("Captured(strength=1)");
        Differ(new Derived(1, 5), new Derived(2, 5)).Should().Be("Derived(hidden=1, own=5)");
        Differ(new Derived(1, 5), new Derived(1, 6));
        Differ(Holding(new float[] { 1, 2 }), Holding(new float[] { 1, 3 })).Should().Be("Holder(value=[1, 2])");
        Differ(Holding(Scalars.Of(0.1)), Holding(Scalars.Of(0.2))).Should().Be("Holder(value=0.1)");
        Differ(Holding(Scalars.OfInteger(3)), Holding(Scalars.OfInteger(4)));
        Differ(Holding(tensor(new[] { 1, 2 })), Holding(tensor(new[] { 1, 3 })));
        Differ(Holding(tensor(new[] { 1, 2 })), Holding(tensor(new[] { 1L, 2 })));
        Differ(Holding(new Dictionary<string, int> { ["b"] = 1, ["a"] = 2 }), Holding(new Dictionary<string, int> { ["b"] = 1, ["a"] = 3 }))
            .Should().Be("Holder(value=[a: 2, b: 1])");
        Differ(Holding(Captured(2)), Holding(Captured(3))).Should().StartWith("Holder(value=function(");
        Differ(Holding((Func<double, double>)Math.Sqrt), Holding((Func<double, double>)Math.Exp)).Should().Be("Holder(value=Sqrt)");
        Differ(Holding((1, 2.5)), Holding((1, 2.6))).Should().Be("Holder(value=(1, 2.5))");
        Differ(Holding(new int[5000]), Holding(Enumerable.Range(0, 5000).ToArray())).Should()
            .StartWith("Holder(value=[5000: ").And.EndWith("])");

        static Holder Holding(object value) => new(value);
        static Func<double, double> Captured(double factor) => x => factor * x;
    }

    [Test]
    public void Networks_are_told_apart_by_their_weights()
    {
        using nn.Module one = nn.Linear(3, 2), two = nn.Linear(3, 2);
        Differ(new Holder(one), new Holder(two)).Should().StartWith("Holder(value=Linear(");
    }

    [Test]
    public void Caches_handles_circles_and_objects_of_others_are_no_settings()
    {
        var used = new Caching(3);
        used.Use();
        SettingsText.Of(used).Should().Be(SettingsText.Of(new Caching(3))).And.Be("Caching(size=3)");
        var circle = new Holder(null);
        circle.Value = new List<object> { circle, 1 };
        SettingsText.Of(circle).Should().Be("Holder(value=[Holder, 1])");
        SettingsText.Of(new Holder(new Random(5))).Should().Be("Holder(value=Random)");
        SettingsText.Of(new Holder((nint)77)).Should().Be("Holder(value=handle)");
        SettingsText.Of(null).Should().Be("none");
        SettingsText.Of(new double[] { 0.5 }).Should().Be("[0.5]");
    }

    [Test]
    public void A_checkpoint_knows_the_settings_of_ranker_pace_and_task()
    {
        var before = Entries(new LogitsTask(), new GapPace(new() { Tau = 12 }), new TopKRanker(2));
        Difference(new LogitsTask(), new GapPace(new() { Tau = 12 }), new TopKRanker(2)).Should().BeEmpty();
        Difference(new LogitsTask(new() { LabelSmoothing = 0.1 }), new GapPace(new() { Tau = 12 }), new TopKRanker(2))
            .Should().Equal("classroom.task");
        Difference(new LogitsTask(), new GapPace(new() { Tau = 3 }), new TopKRanker(2)).Should().Equal("classroom.pace");
        Difference(new LogitsTask(), new GapPace(new() { Tau = 12 }), new TopKRanker(3)).Should().Equal("classroom.ranker");

        static IReadOnlyDictionary<string, string> Entries(LogitsTask task, GapPace pace, TopKRanker ranker)
        {
            using var classroom = new Classroom(Classes.Mentors(1), task: task, ranker: ranker, pace: pace);
            return classroom.Fingerprint;
        }

        IEnumerable<string> Difference(LogitsTask task, GapPace pace, TopKRanker ranker) =>
            Entries(task, pace, ranker).Where(entry => before[entry.Key] != entry.Value).Select(entry => entry.Key);
    }

    private static string Differ(object one, object other)
    {
        SettingsText.Of(one).Should().NotBe(SettingsText.Of(other)).And.Be(SettingsText.Of(one));
        return SettingsText.Of(one);
    }

    private sealed class Captured(double strength)
    {
        public double Twice => 2 * strength;
    }

    private class Base(int hidden)
    {
        public int Hidden() => hidden;
    }

    private sealed class Derived(int hidden, int own) : Base(hidden)
    {
        public int Own() => own;
    }

    private sealed class Holder(object? value)
    {
        public object? Value
        {
            set => this.value = value;
        }

        private object? value = value;
    }

    private sealed class Caching(int size)
    {
        [NonSerialized]
        private int[]? cache;

        public void Use() => cache ??= new int[size];
    }
}
