namespace Study;

/// <summary>Makes mentors and trains students; what it made lies in the folder of the study.</summary>
internal interface IWorkshop : IDisposable
{
    /// <summary>Makes a mentor: loads, trains or spoils it.</summary>
    MentorLine Make(string name, CancellationToken cancellation);

    /// <summary>Trains a student and keeps its weights.</summary>
    RunLine Train(Run run, CancellationToken cancellation);
}
