using System.Diagnostics;

namespace ClassroomKD;

/// <summary>The activity source <c>ClassroomKD</c>: a training, its epochs and their validations. Without a listener no activity is
/// made.</summary>
internal static class ClassroomActivities
{
    private static readonly ActivitySource Source = new("ClassroomKD");

    public static Activity? Training(string student, long steps) =>
        Source.StartActivity("classroomkd.training")?.SetTag("student", student).SetTag("steps", steps);

    public static Activity? Epoch(int epoch) => Source.StartActivity("classroomkd.epoch")?.SetTag("epoch", epoch);

    public static Activity? Validation(int epoch) => Source.StartActivity("classroomkd.validation")?.SetTag("epoch", epoch);

    /// <summary>Marks what an exception ends; for an exception filter.</summary>
    /// <returns>False.</returns>
    public static bool Failed(Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
        return false;
    }
}
