// Rows that a group holds in registers: every logit is read once.
#include "device.cu"
#include "rows.cu"
#include "divergence_call.cu"

DEVICE float weightOf(const DivergenceCall& call, int mentor, int row)
{
    return mentor < call.mentorCount ? call.weights[(long long)mentor * call.rows + row] : 0;
}

KERNEL(divergence, DivergenceCall)
{
    const int row = groupRow();
    if (row >= call.rows)
        return;

    // A mentor's logits are under way while the one before is computed, its weight one mentor earlier still.
    float student[ITEMS], studentPowers[ITEMS], mentor[ITEMS], mentorPowers[ITEMS], next[ITEMS], gradient[ITEMS];
    float weight = 0, nextWeight = weightOf(call, 0, row), weightAfter = weightOf(call, 1, row);
    readTile<STUDENT>(call.student, row, 0, call.classes, student);
    if (nextWeight != 0)
        readTile<MENTOR>(call.mentors[0], row, 0, call.classes, next);
    Pair pair = {0, 0, 0, together<Largest, 0>(largest(student)), 0, 0};
    float loss = 0;
#pragma unroll
    for (int i = 0; i < ITEMS; i++)
        studentPowers[i] = gradient[i] = 0;
    for (int m = 0; m < call.mentorCount; m++)
    {
        const long long cell = (long long)m * call.rows + row;
#pragma unroll
        for (int i = 0; i < ITEMS; i++)
            mentor[i] = next[i];
        weight = nextWeight;
        nextWeight = weightAfter;
        weightAfter = weightOf(call, m + 2, row);
        if (nextWeight != 0)
            readTile<MENTOR>(call.mentors[m + 1], row, 0, call.classes, next);
        if (weight == 0)
        {
            if (groupThread() == 0)
                call.perMentor[cell] = 0;
            continue;
        }

        const float temperature = call.temperatures[cell], studentTemperature = call.studentTemperatures[cell];
        const float studentFactor = LOG2E * call.scale / studentTemperature;
        pair.mentorFactor = LOG2E * call.scale / temperature;
        pair.mentorMax = together<Largest, 1>(largest(mentor));

        // One temperature for all mentors is common: the student's powers are then those of the mentor before.
        const bool studentToo = pair.studentFactor != studentFactor;
        pair.studentFactor = studentFactor;
        float mentorPart = 0, studentPart = 0;
#pragma unroll
        for (int i = 0; i < ITEMS; i++)
        {
            mentorPowers[i] = 0;
            if (!inside(0, i, call.classes))
                continue;
            mentorPowers[i] = power2(exponent(mentor[i], pair.mentorMax, pair.mentorFactor));
            mentorPart += mentorPowers[i];
            if (studentToo)
            {
                studentPowers[i] = power2(exponent(student[i], pair.studentMax, studentFactor));
                studentPart += studentPowers[i];
            }
        }

        pair.mentorSum = together<Sum, 2>(mentorPart);
        if (studentToo)
            pair.studentSum = together<Sum, 3>(studentPart);
        const float ofMentor = 1 / pair.mentorSum, ofStudent = 1 / pair.studentSum, logOfSums = naturalLog(pair.mentorSum / pair.studentSum);
        const float slope = call.upstream * call.scale * weight * temperature;
        float part = 0;
#pragma unroll
        for (int i = 0; i < ITEMS; i++)
        {
            if (!inside(0, i, call.classes))
                continue;
            const float p = mentorPowers[i] * ofMentor, q = studentPowers[i] * ofStudent;
            part += divergenceOf(p, q, logRatio(pair, mentor[i], student[i], logOfSums));
            gradient[i] += slope * (q - p);
        }

        const float share = weight * temperature * studentTemperature * together<Sum, 4>(part);
        loss += share;
        if (groupThread() == 0)
            call.perMentor[cell] = share;
    }

    if (groupThread() == 0)
        call.loss[row] = loss;
    if (call.gradient == 0)
        return;
    float* target = call.gradient + (long long)row * call.classes;
#pragma unroll
    for (int i = 0; i < ITEMS; i += VECTOR)
        if (inside(0, i, call.classes))
            writeVector(target + place(i), gradient + i);
}
