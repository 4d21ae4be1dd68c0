namespace ClassroomKD.Pose;

/// <summary>A detection, numbered from 1 in file order, with the area that decides whether its misses count.</summary>
internal sealed record CocoCandidate(int Number, CocoDetection Detection, double Area);

/// <summary>The persons and detections of one image, and who is matched with whom.</summary>
internal sealed class CocoImageMatches
{
    private readonly double[] similarities;

    public CocoImageMatches(
        long imageId, List<CocoAnnotation> truths, List<CocoCandidate> candidates, ObjectKeypointSimilarity oks, int maxDetections)
    {
        ImageId = imageId;
        Found = candidates.Count;
        Truths = [.. truths];
        Candidates = [.. candidates.OrderByDescending(candidate => candidate.Detection.Score).Take(maxDetections)];
        similarities = new double[Candidates.Length * Truths.Length];
        for (var d = 0; d < Candidates.Length; d++)
        {
            for (var g = 0; g < Truths.Length; g++)
                similarities[d * Truths.Length + g] = oks.Compute(Truths[g], Candidates[d].Detection.Keypoints);
        }
    }

    public long ImageId { get; }

    /// <summary>How many detections there are, those that are cut off included.</summary>
    public int Found { get; }

    /// <summary>In file order.</summary>
    public CocoAnnotation[] Truths { get; }

    /// <summary>By falling score, equal scores in file order, cut to the number that counts.</summary>
    public CocoCandidate[] Candidates { get; }

    public double Similarity(int candidate, int truth) => similarities[candidate * Truths.Length + truth];

    /// <summary>Whether a person does not count in a range of sizes.</summary>
    public bool Ignored(int truth, double smallest, double largest)
    {
        var person = Truths[truth];
        return person.IsCrowd || person.LabeledJoints == 0 || person.Area < smallest || person.Area > largest;
    }

    /// <summary>Matches greedily by score at one threshold.</summary>
    /// <param name="threshold">The least OKS of a match.</param>
    /// <param name="smallest">The smallest area that counts.</param>
    /// <param name="largest">The largest area that counts.</param>
    /// <param name="matches">Receives for each candidate the truth found, or -1.</param>
    /// <param name="ignored">Receives for each candidate whether it counts neither as right nor as wrong.</param>
    public void Match(double threshold, double smallest, double largest, Span<int> matches, Span<bool> ignored)
    {
        Span<int> order = Truths.Length <= 256 ? stackalloc int[Truths.Length] : new int[Truths.Length];
        var regular = Order(smallest, largest, order);
        Span<bool> taken = Truths.Length <= 256 ? stackalloc bool[Truths.Length] : new bool[Truths.Length];
        taken.Clear();
        for (var d = 0; d < Candidates.Length; d++)
        {
            var best = Math.Min(threshold, 1 - 1e-10);
            var match = -1;
            for (var i = 0; i < order.Length; i++)
            {
                // A regular match is not given up for an ignored person.
                if (i == regular && match >= 0)
                    break;
                var g = order[i];
                if ((taken[g] && !Truths[g].IsCrowd) || Similarity(d, g) < best)
                    continue;
                best = Similarity(d, g);
                match = i;
            }
            matches[d] = match < 0 ? -1 : order[match];
            ignored[d] = match >= regular;
            if (match >= 0)
                taken[order[match]] = true;
            // The reference keeps the id of the match and reads 0 as none.
            if (match < 0 || Truths[order[match]].Id == 0)
                ignored[d] |= Candidates[d].Area < smallest || Candidates[d].Area > largest;
        }
    }

    // Persons that count first, each group in file order; returns how many count.
    private int Order(double smallest, double largest, Span<int> order)
    {
        var next = 0;
        for (var g = 0; g < Truths.Length; g++)
        {
            if (!Ignored(g, smallest, largest))
                order[next++] = g;
        }
        var regular = next;
        for (var g = 0; g < Truths.Length; g++)
        {
            if (Ignored(g, smallest, largest))
                order[next++] = g;
        }
        return regular;
    }
}
