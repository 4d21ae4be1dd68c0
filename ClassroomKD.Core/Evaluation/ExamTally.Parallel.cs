namespace ClassroomKD;

internal sealed partial class ExamTally
{
    // In the memory of the CPU, where they are about to be read: a process that answered nothing does not know the others' device.
    private unsafe void Unite(IDataParallel parallel)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var sizes = zeros([parallel.Size, 2], ScalarType.Int64);
        var numbers = new Span<long>(TensorMemory.Address<long>(sizes), 2 * parallel.Size);
        (numbers[2 * parallel.Rank], numbers[2 * parallel.Rank + 1]) = (classes, predictions.Sum(part => part.numel()));
        parallel.Sum(sizes);
        var (first, samples) = (0L, 0L);
        for (var rank = 0; rank < parallel.Size; rank++)
        {
            classes = Math.Max(classes, numbers[2 * rank]);
            if (rank < parallel.Rank)
                first += numbers[2 * rank + 1];
            samples += numbers[2 * rank + 1];
        }

        if (classes == 0)
            return;
        Begin(CPU);
        confusion = Summed(confusion!);
        calibration = Summed(calibration!);
        totals = Summed(totals!);
        Join(predictions);
        Join(truths);

        Tensor Summed(Tensor own)
        {
            var all = own.to(CPU, copy: true).DetachFromDisposeScope();
            own.Dispose();
            parallel.Sum(all);
            return all;
        }

        void Join(List<Tensor> own)
        {
            var all = zeros([samples], ScalarType.Int64).DetachFromDisposeScope();
            if (own.Count > 0)
            {
                var mine = cat(own).to(CPU);
                all.narrow(0, first, mine.numel()).copy_(mine);
            }

            parallel.Sum(all);
            own.ForEach(tensor => tensor.Dispose());
            own.Clear();
            own.Add(all);
        }
    }
}
