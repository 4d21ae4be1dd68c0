using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

/// <summary>What the processes of a distributed test do: <c>mpirun -n 2 dotnet ClassroomKD.Tests.dll SCENARIO [ARGUMENT...]</c>.</summary>
internal static class Scenarios
{
    private static readonly Dictionary<string, Action<IProcessGroup, string[]>> All = new()
    {
        ["equality"] = EqualityScenario.Run,
        ["collectives"] = CollectivesScenario.Run,
        ["train"] = FaultScenarios.Train,
        ["throw"] = FaultScenarios.Throw,
        ["leave"] = FaultScenarios.Leave,
        ["forget"] = FaultScenarios.Forget,
        ["differ"] = FaultScenarios.Differ,
    };

    public static int Run(string[] arguments)
    {
        if (arguments is not [var name, .. var rest] || !All.TryGetValue(name, out var scenario))
        {
            Console.Error.WriteLine($"A scenario was expected: {string.Join(", ", All.Keys)}.");
            return 2;
        }

        LibTorch.UsePassiveWaiting();
        LibTorch.Load();
        var group = ProcessGroup.Create();
        scenario(group, rest);
        group.Dispose();
        return 0;
    }
}
