using System.Globalization;

namespace ClassroomKD.Pose;

/// <summary>A person whom mentors see differently. <see cref="ToString"/> is a caption for its picture.</summary>
/// <param name="Person">The sample's place in the data set.</param>
/// <param name="Similarity">
/// The mean object keypoint similarity between any two of the mentors, with the person's area, over the labeled joints; over all joints
/// of a person without any. 1 where they agree, 0 where they see different persons.
/// </param>
/// <param name="Answers">What each said, in the order of the mentors; a student's answer, if there is one, comes last.</param>
public sealed record PoseDisagreement(int Person, double Similarity, IReadOnlyList<GivenPose> Answers)
{
    /// <summary>Finds the persons on whom mentors agree least.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="mentors">At least two mentors' predictions of it. A person that a mentor did not predict, or at NaN, has no answer of
    /// it.</param>
    /// <param name="student">The student's predictions, which are shown and count for nothing. Default null.</param>
    /// <param name="count">How many persons, at least 1. Default 12.</param>
    /// <returns>The least similar first; persons of fewer than two answers are left out.</returns>
    /// <exception cref="ArgumentException">There are fewer than two mentors, or a prediction has other joints.</exception>
    public static IReadOnlyList<PoseDisagreement> Find(
        PersonDataset data, IReadOnlyList<NamedPredictions> mentors, NamedPredictions? student = null, int count = 12)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(mentors);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (mentors.Count < 2)
            throw new ArgumentException(
                $"At least two mentors were expected, got {mentors.Count}: one alone cannot disagree.", nameof(mentors));
        var similarity = new ObjectKeypointSimilarity(data.Joints.Sigmas);
        List<NamedPredictions> asked = student is null ? [.. mentors] : [.. mentors, student];
        var places = asked.ConvertAll(one => one.Predictions.ToDictionary(prediction => prediction.Person));
        return [.. Enumerable.Range(0, data.Persons.Count)
            .Select(person => Of(data, similarity, person, asked, mentors.Count, [.. places.Select(of => of.GetValueOrDefault(person))]))
            .OfType<PoseDisagreement>().OrderBy(found => found.Similarity).Take(count)];
    }

    /// <summary>A line for each answer, such as "resnet50: OKS 0.93".</summary>
    public override string ToString() => string.Join('\n', Answers);

    private static PoseDisagreement? Of(
        PersonDataset data, ObjectKeypointSimilarity similarity, int person, List<NamedPredictions> asked, int mentors,
        PosePrediction?[] predictions)
    {
        var answers = asked.Zip(predictions, (one, prediction) =>
        {
            var known = prediction is not null && prediction.Keypoints.All(double.IsFinite) ? prediction : null;
            return new GivenPose(
                one.Name, known, known is null ? double.NaN : similarity.Compute(Truth(data.Persons[person]), known.Keypoints));
        }).ToList();
        var said = answers.Take(mentors).Select(answer => answer.Prediction).OfType<PosePrediction>().ToList();
        var pairs = said.SelectMany((one, i) => said.Skip(i + 1).Select(other => similarity.Compute(
            Truth(data.Persons[person], one.Keypoints), other.Keypoints))).ToList();
        return pairs.Count == 0 ? null : new(person, pairs.Average(), answers);
    }

    // The person as annotated, or as somebody sees it: then with the labels' visibility, and where no joint is labeled, all visible.
    private static CocoAnnotation Truth(PersonSample person, IReadOnlyList<double>? seen = null)
    {
        var labeled = person.Keypoints.Where((_, i) => i % 3 == 2).Any(v => v > 0);
        return new CocoAnnotation
        {
            Id = person.Id, ImageId = person.ImageId, CategoryId = person.CategoryId, Box = person.Box, Area = person.Area,
            IsCrowd = false, LabeledJoints = 0,
            Keypoints = seen is null ? person.Keypoints
                : [.. seen.Select((value, i) => i % 3 < 2 ? value : labeled ? person.Keypoints[i] : 1)],
        };
    }
}

/// <summary>What a network says about the persons of a data set.</summary>
/// <param name="Name">The mentor's or student's name.</param>
/// <param name="Predictions">What <see cref="PosePredictor"/> returned.</param>
public sealed record NamedPredictions(string Name, IReadOnlyList<PosePrediction> Predictions);

/// <summary>What a mentor or student says about one person.</summary>
/// <param name="Name">Who says it.</param>
/// <param name="Prediction">Its joints; null: it did not answer, or with NaN.</param>
/// <param name="Oks">The object keypoint similarity to the annotated joints, 0 to 1; NaN without an answer.</param>
public sealed record GivenPose(string Name, PosePrediction? Prediction, double Oks)
{
    /// <summary>Such as "resnet50: OKS 0.93".</summary>
    public override string ToString() =>
        Prediction is null ? $"{Name}: no answer" : string.Create(CultureInfo.InvariantCulture, $"{Name}: OKS {Oks:0.00}");
}
