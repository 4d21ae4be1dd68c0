namespace ClassroomKD;

/// <summary>Finds out whether a model's classes are the labels' in another order, from how often each was taken for each.</summary>
internal static class ClassOrder
{
    /// <summary>The assignment of classes that would make most answers right, where it is better beyond doubt.</summary>
    /// <param name="result">Of the exam.</param>
    /// <param name="significance">The largest probability that no order is better than the present one.</param>
    /// <returns>
    /// For each label's class the prediction that stands for it, and the accuracy with it on samples that it was not sought on; null where
    /// the present order is as good. Found on every second sample and tested on the others by a sign test.
    /// </returns>
    public static (int[] PredictionOf, double Accuracy)? Find(ClassificationResult result, double significance)
    {
        var classes = result.ClassNames.Count;
        var gains = new long[classes, classes];
        // Without samples, a class stays where it is.
        for (var c = 0; c < classes; c++)
            gains[c, c] = 1;
        var samples = Enumerable.Range(0, result.Truth.Count).Where(i => result.Truth[i] >= 0).ToList();
        for (var i = 0; i < samples.Count; i += 2)
            if (result.Predictions[samples[i]] is >= 0 and var prediction)
                gains[result.Truth[samples[i]], prediction] += 2;

        var order = Assign(gains);
        var (right, gained, lost, tested) = (0L, 0L, 0L, 0L);
        for (var i = 1; i < samples.Count; i += 2)
        {
            var (truth, prediction) = (result.Truth[samples[i]], result.Predictions[samples[i]]);
            var (before, after) = (prediction == truth, prediction == order[truth]);
            tested++;
            right += after ? 1 : 0;
            gained += after && !before ? 1 : 0;
            lost += before && !after ? 1 : 0;
        }

        return gained > lost && Binomial.AtLeast(gained, gained + lost, 0.5) < significance ? (order, (double)right / tested) : null;
    }

    /// <summary>The order in words, such as "shifted by 1".</summary>
    public static string Describe(IReadOnlyList<int> order, ClassificationResult result)
    {
        var present = Enumerable.Range(0, order.Count).Where(c => !double.IsNaN(result.PerClass[c])).ToList();
        bool Is(Func<int, int> rule) => present.TrueForAll(c => order[c] == rule(c));
        var shift = order[present[0]] - present[0];
        if (Is(c => ((c + shift) % order.Count + order.Count) % order.Count))
            return $"shifted by {shift}";
        if (Is(c => order.Count - 1 - c))
            return "in reverse order";
        var alphabet = Enumerable.Range(0, order.Count).OrderBy(c => result.ClassNames[c], CodePointComparer.Instance).ToList();
        if (Is(c => alphabet.IndexOf(c)))
            return "in alphabetical order";
        var moved = present.Where(c => order[c] != c).ToList();
        var named = moved.Take(6).Select(c => $"{result.ClassNames[c]} is its {order[c]}");
        return $"in another order ({string.Join(", ", named)}{(moved.Count > 6 ? $", and {moved.Count - 6} more" : "")})";
    }

    // The Hungarian algorithm with potentials (Kuhn, 1955), O(n³): the column of each row.
    private static int[] Assign(long[,] gains)
    {
        var n = gains.GetLength(0);
        var (ofRow, ofColumn, rowOf, before) = (new long[n + 1], new long[n + 1], new int[n + 1], new int[n + 1]);
        for (var row = 1; row <= n; row++)
        {
            rowOf[0] = row;
            var column = 0;
            var (least, used) = (new long[n + 1], new bool[n + 1]);
            Array.Fill(least, long.MaxValue);
            do
            {
                used[column] = true;
                var (current, delta, next) = (rowOf[column], long.MaxValue, 0);
                for (var c = 1; c <= n; c++)
                {
                    if (used[c])
                        continue;
                    var reduced = -gains[current - 1, c - 1] - ofRow[current] - ofColumn[c];
                    if (reduced < least[c])
                        (least[c], before[c]) = (reduced, column);
                    if (least[c] < delta)
                        (delta, next) = (least[c], c);
                }

                for (var c = 0; c <= n; c++)
                {
                    if (used[c])
                        (ofRow[rowOf[c]], ofColumn[c]) = (ofRow[rowOf[c]] + delta, ofColumn[c] - delta);
                    else if (least[c] != long.MaxValue)
                        least[c] -= delta;
                }

                column = next;
            }
            while (rowOf[column] != 0);
            for (; column != 0; column = before[column])
                rowOf[column] = rowOf[before[column]];
        }

        var assigned = new int[n];
        for (var c = 1; c <= n; c++)
            assigned[rowOf[c] - 1] = c - 1;
        return assigned;
    }
}
