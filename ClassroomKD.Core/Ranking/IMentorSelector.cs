namespace ClassroomKD;

/// <summary>A ranker that lets only some of the mentors answer a batch; the others cost nothing, and do not teach it.</summary>
/// <remarks>An <see cref="IMentorRanker"/> implements it beside. It then ranks the mentors that were chosen, in their order.</remarks>
public interface IMentorSelector
{
    /// <summary>Chooses who answers a batch, before anybody has.</summary>
    /// <param name="mentors">The number of mentors M.</param>
    /// <param name="lessons">How many the classroom has given before: the choice must depend on nothing else that changes, so that a
    /// resumed training makes the same one.</param>
    /// <returns>Indices of mentors, ascending, at least one.</returns>
    IReadOnlyList<int> Choose(int mentors, long lessons);
}
