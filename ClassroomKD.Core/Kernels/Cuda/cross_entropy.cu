// Each group judges one row of one answer, and reads it once.
#include "device.cu"
#include "rows.cu"

// One call of MultiMentorCrossEntropy; CudaCrossEntropyCall in C# has the same layout. Tables are [answers, rows].
struct CrossEntropyCall
{
    const void* student;
    const long long* labels;   // or null: then
    const float* distribution; // [rows, classes] is the truth
    long long ignoreIndex;
    float* crossEntropy;
    unsigned char* correct;
    unsigned char* finite;
    int rows;
    int classes;
    const void* mentors[MENTORS];
};

template <class T>
DEVICE void judge(const CrossEntropyCall& call, const void* logits, int row, int answer)
{
    float values[ITEMS], truth[ITEMS];
    float max = LOWEST, sum = 0, infinite = 0, mass = 0, distance = 0, top = LOWEST, maskedMass = 0;
    int maxAt = NOWHERE, topAt = NOWHERE;
    for (int first = 0; first < call.classes; first += tile())
    {
        readTile<T>(logits, row, first, call.classes, values);
        if (call.labels == 0)
            readTile<Float32>(call.distribution, row, first, call.classes, truth);

        // What was summed is relative to the largest logit so far, and moves with it.
        const float before = max;
#pragma unroll
        for (int i = 0; i < ITEMS; i++)
        {
            if (values[i] > max)
            {
                max = values[i];
                maxAt = first + place(i);
            }
        }

        sum *= power2((before - max) * LOG2E);
        if (mass != 0)
            distance += mass * (max - before);
#pragma unroll
        for (int i = 0; i < ITEMS; i++)
        {
            if (!inside(first, i, call.classes))
                continue;
            sum += power2((values[i] - max) * LOG2E);
            infinite += values[i] < INFINITE ? 0 : 1;
            if (call.labels != 0)
                continue;
            if (values[i] == -INFINITE)
                maskedMass += truth[i];
            else
            {
                mass += truth[i];
                distance += truth[i] * (max - values[i]);
            }
            if (truth[i] > top)
            {
                top = truth[i];
                topAt = first + place(i);
            }
        }
    }

    const float groupMax = together<Largest, 0>(max);
    const int groupMaxAt = together<Least, 1>(max == groupMax ? maxAt : NOWHERE);
    const float wholeSum = together<Sum, 2>(sum * power2((max - groupMax) * LOG2E)), logSum = naturalLog(wholeSum);
    const bool finite = together<Sum, 3>(infinite) == 0 && wholeSum > 0; // of masked classes alone the sum is 0
    float crossEntropy, right;
    if (call.labels != 0)
    {
        // A class that does not exist cannot be refused without waiting for the device: it gives NaN.
        const long long label = call.labels[row];
        const bool known = label >= 0 && label < call.classes;
        crossEntropy = label == call.ignoreIndex ? 0
            : !finite ? INFINITE
            : !known ? UNKNOWN
            : logSum + (groupMax - T::one((const char*)logits + ((long long)row * call.classes + label) * T::Size));
        right = finite && label != call.ignoreIndex && label == groupMaxAt;
    }
    else
    {
        const float wholeMass = together<Sum, 4>(mass);
        const float wholeDistance = together<Sum, 5>(mass == 0 ? distance : distance + mass * (groupMax - max));
        const float groupTop = together<Largest, 6>(top);
        const int groupTopAt = together<Least, 7>(top == groupTop ? topAt : NOWHERE);
        const float wholeMasked = together<Sum, 8>(maskedMass);
        const bool topMasked = groupTopAt != NOWHERE
            && T::one((const char*)logits + ((long long)row * call.classes + groupTopAt) * T::Size) == -INFINITE;

        // What the truth gives to masked classes is given to the others in proportion.
        const float share = wholeMass > 0 ? (wholeMass + wholeMasked) / wholeMass : 1;
        crossEntropy = finite && !topMasked ? share * (wholeMass * logSum + wholeDistance) : INFINITE;
        right = finite && groupMaxAt == groupTopAt && groupTopAt != NOWHERE;
    }

    if (groupThread() != 0)
        return;
    const long long cell = (long long)answer * call.rows + row;
    call.crossEntropy[cell] = crossEntropy;
    call.correct[cell] = right ? 1 : 0;
    call.finite[cell] = finite ? 1 : 0;
}

KERNEL(cross_entropy, CrossEntropyCall)
{
    const int row = groupRow(), answer = blockAnswer();
    if (row >= call.rows)
        return;
    if (answer == 0)
        judge<STUDENT>(call, call.student, row, answer);
    else
        judge<MENTOR>(call, call.mentors[answer - 1], row, answer);
}
