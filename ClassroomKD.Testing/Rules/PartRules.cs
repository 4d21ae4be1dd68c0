using System.Reflection;

namespace ClassroomKD.Testing;

/// <summary>The rules that hold for every part, whatever it decides.</summary>
/// <param name="create">Makes the part with its settings.</param>
/// <param name="prepare">Draws the arguments of a call, in the current dispose scope.</param>
/// <param name="drawsAtRandom">Whether it may use libtorch's generator.</param>
internal sealed class PartRules<TPart>(Func<TPart> create, Func<Form, Call<TPart>> prepare, bool drawsAtRandom = false)
    where TPart : class
{
    // Of libtorch's message: most operations compute on the meta device, but not all.
    private const string NoMetaKernel = "no fake impl or Meta kernel";

    private static readonly Form First = new();
    private static readonly Form Other = new() { Seed = 11 };

    public IEnumerable<ConformanceTest> Tests =>
    [
        new("Computes on the device and reads nothing back", StaysOnTheDevice),
        new("Makes no temporary scalar", MakesNoTemporaryScalar),
        new("Leaves no tensor behind", LeavesNothing),
        new("Leaves its arguments as they were", LeavesArguments),
        new("Answers the same to the same arguments", IsDeterministic),
        new("Remembers nothing that a checkpoint does not hold", RemembersNothing),
        new("Settings tell apart, and do not change", HasStableSettings),
    ];

    /// <summary>Makes a part, hands it over, and disposes it if it can be.</summary>
    public static void With(Func<TPart> create, Action<TPart> use)
    {
        var part = create() ?? throw new ConformanceException("a part was expected of the factory, got null");
        try
        {
            use(part);
        }
        catch (Exception exception)
            when (exception is not ConformanceException && Calls.ReachedFrom(part, Calls.ReadsBack) is [_, ..] found)
        {
            // What is read has another type or size in another batch, and each rule would tell of that in place of the cause.
            throw new ConformanceException(
                $"no call that reads from the device was expected, got {string.Join("; ", found)}; it then failed, " +
                $"{exception.GetType().Name}: {exception.Message}", exception);
        }
        finally
        {
            (part as IDisposable)?.Dispose();
        }
    }

    private void StaysOnTheDevice()
    {
        ReachesNone(Calls.ReadsBack, "no call that reads from the device or waits for it was expected");
        Form.Each(form => With(create, part => ComputeWithoutNumbers(part, form)));
    }

    // The meta device has shapes and no numbers: what reads a number back, or mixes in a tensor of the CPU, fails there.
    private void ComputeWithoutNumbers(TPart part, Form form)
    {
        IReadOnlyList<(string Name, Tensor Tensor)> results;
        try
        {
            results = prepare(form with { Device = META }).Invoke(part);
        }
        catch (Exception exception) when (exception.Message.Contains(NoMetaKernel, StringComparison.Ordinal))
        {
            return; // libtorch itself cannot tell
        }
        catch (Exception exception) when (exception is not ConformanceException)
        {
            throw new ConformanceException(
                "operations on the arguments' device alone were expected; on the meta device, which has no numbers to read, got " +
                ConformanceTest.FirstLine(exception), exception);
        }

        foreach (var (name, tensor) in results)
            Expect.True(tensor.device_type == DeviceType.META, $"{name} was expected on the arguments' device, meta", $"{tensor.device}");
    }

    private void MakesNoTemporaryScalar() =>
        ReachesNone(Calls.MakesAScalar, "scalars that something keeps alive were expected (Scalars.Of, a static readonly field)");

    private void ReachesNone(Func<MethodBase, bool> forbidden, string expected) => With(create, part =>
    {
        var found = Calls.ReachedFrom(part, forbidden);
        Expect.True(found.Count == 0, expected, string.Join("; ", found));
    });

    private void LeavesNothing()
    {
        var before = Live();
        With(create, part =>
        {
            void Call()
            {
                using var scope = NewDisposeScope();
                prepare(First).Invoke(part);
            }

            // What it remembers is there after the first calls.
            Call();
            Call();
            var remembered = Live();
            for (var i = 0; i < 3; i++)
                Call();
            Expect.True(Live() <= remembered, "no more live tensors were expected after three more calls", $"{Live() - remembered} more");
        });
        if (typeof(IDisposable).IsAssignableFrom(Kind()))
            Expect.True(Live() <= before, "no live tensor was expected after Dispose", $"{Live() - before}");
    }

    private void LeavesArguments() => With(create, part =>
    {
        var call = prepare(First);
        var copies = call.Arguments.Select(argument => argument.Tensor.detach().clone()).ToList();
        call.Invoke(part);
        foreach (var ((name, tensor), copy) in call.Arguments.Zip(copies))
        {
            Expect.True(!tensor.IsInvalid, $"{name} was expected to stay as it was", "a disposed tensor");
            Expect.Close(name, tensor, copy, "after the call", 0);
        }
    });

    private void IsDeterministic() => Form.Each(form => With(create, one => With(create, two =>
    {
        var (first, second) = (Answers(one, form, seed: 1), Answers(two, form, seed: drawsAtRandom ? 1 : 2));
        Same(first, second, drawsAtRandom ? "of two objects, with libtorch's generator at one seed" : "of two objects");
    })));

    private void RemembersNothing() => With(create, part =>
    {
        var first = Answers(part, First, 1);
        Answers(part, Other, 2);
        if (part is not IStateful stateful)
        {
            Same(Answers(part, First, 1), first, "when asked again, after another batch");
            return;
        }

        var state = stateful.SaveState().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());
        var going = Answers(part, First, 3);
        With(create, resumed =>
        {
            ((IStateful)resumed).RestoreState(state);
            foreach (var tensor in state.Values)
                tensor.Dispose();
            Same(Answers(resumed, First, 3), going, "of an object that was given the state of another");
        });
    });

    private void HasStableSettings() => With(create, one => With(create, two =>
    {
        var before = SettingsText.Of(one);
        Expect.True(SettingsText.Of(two) == before, $"the settings of two objects were expected to agree, {before}", SettingsText.Of(two));
        Answers(one, First, 1);
        Answers(one, Other, 1);
        Expect.True(
            SettingsText.Of(one) == before,
            $"the settings were expected to stay, {before} (mark a cache [NonSerialized], and return what is remembered by " +
            $"{nameof(IStateful)})",
            SettingsText.Of(one));
    }));

    private IReadOnlyList<(string Name, Tensor Tensor)> Answers(TPart part, Form form, int seed)
    {
        manual_seed(seed);
        return prepare(form).Invoke(part);
    }

    private Type Kind()
    {
        Type? kind = null;
        With(create, part => kind = part.GetType());
        return kind!;
    }

    private static void Same(
        IReadOnlyList<(string Name, Tensor Tensor)> actual, IReadOnlyList<(string Name, Tensor Tensor)> expected, string reason)
    {
        foreach (var ((name, left), (_, right)) in actual.Zip(expected))
            Expect.Close(name, left, right, reason, 0);
    }

    /// <summary>Live tensors of this thread, so that tests beside this one do not count.</summary>
    public static long Live()
    {
        // The shells that new parameters leave of the tensors that they were made of count until they are finalized.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }
}
