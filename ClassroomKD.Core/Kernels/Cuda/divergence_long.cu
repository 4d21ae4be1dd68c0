// Rows longer than a block's registers: each mentor's row is read twice, the second time mostly from the caches.
#include "device.cu"
#include "rows.cu"
#include "divergence_call.cu"

KERNEL(divergence_long, DivergenceCall)
{
    const int row = groupRow();
    if (row >= call.rows)
        return;
    float student[ITEMS], mentor[ITEMS];
    float* gradient = call.gradient == 0 ? 0 : call.gradient + (long long)row * call.classes;
    Pair pair = {0, 0, 0, LOWEST, 0, 0};
    for (int first = 0; first < call.classes; first += tile())
    {
        readTile<STUDENT>(call.student, row, first, call.classes, student);
        pair.studentMax = larger(pair.studentMax, largest(student));
    }

    pair.studentMax = together<Largest, 0>(pair.studentMax);
    float loss = 0;
    bool taught = false;
    for (int m = 0; m < call.mentorCount; m++)
    {
        const long long cell = (long long)m * call.rows + row;
        const float weight = call.weights[cell];
        if (weight == 0)
        {
            if (groupThread() == 0)
                call.perMentor[cell] = 0;
            continue;
        }

        const float temperature = call.temperatures[cell], studentTemperature = call.studentTemperatures[cell];
        pair.mentorFactor = LOG2E * call.scale / temperature;
        pair.studentFactor = LOG2E * call.scale / studentTemperature;

        // Maximum and sum in one reading: what was summed shrinks when a larger logit comes.
        float ownMax = LOWEST, mentorPart = 0, studentPart = 0;
        for (int first = 0; first < call.classes; first += tile())
        {
            readTile<MENTOR>(call.mentors[m], row, first, call.classes, mentor);
            readTile<STUDENT>(call.student, row, first, call.classes, student);
            const float max = larger(ownMax, largest(mentor));
            mentorPart *= power2(exponent(ownMax, max, pair.mentorFactor));
            ownMax = max;
#pragma unroll
            for (int i = 0; i < ITEMS; i++)
            {
                if (!inside(first, i, call.classes))
                    continue;
                mentorPart += power2(exponent(mentor[i], ownMax, pair.mentorFactor));
                studentPart += power2(exponent(student[i], pair.studentMax, pair.studentFactor));
            }
        }

        pair.mentorMax = together<Largest, 1>(ownMax);
        pair.mentorSum = together<Sum, 2>(mentorPart * power2(exponent(ownMax, pair.mentorMax, pair.mentorFactor)));
        pair.studentSum = together<Sum, 3>(studentPart);
        const float ofMentor = quotient(1, pair.mentorSum), ofStudent = quotient(1, pair.studentSum);
        const float logOfSums = naturalLog(quotient(pair.mentorSum, pair.studentSum));
        const bool same = alike(pair);
        const float slope = call.upstream * call.scale * weight * temperature;
        float part = 0;
        for (int first = 0; first < call.classes; first += tile())
        {
            readTile<MENTOR>(call.mentors[m], row, first, call.classes, mentor);
            readTile<STUDENT>(call.student, row, first, call.classes, student);
#pragma unroll
            for (int i = 0; i < ITEMS; i++)
            {
                if (!inside(first, i, call.classes))
                    continue;
                const int at = first + place(i);
                const float p = power2(exponent(mentor[i], pair.mentorMax, pair.mentorFactor)) * ofMentor;
                const float q = power2(exponent(student[i], pair.studentMax, pair.studentFactor)) * ofStudent;
                const float d = same ? logRatio<true>(pair, mentor[i], student[i], logOfSums)
                    : logRatio<false>(pair, mentor[i], student[i], logOfSums);
                part += divergenceOf(p, q - p, d);
                if (gradient != 0)
                    gradient[at] = (taught ? gradient[at] : 0) + slope * (q - p);
            }
        }

        taught = true;
        const float share = weight * temperature * studentTemperature * together<Sum, 4>(part);
        loss += share;
        if (groupThread() == 0)
            call.perMentor[cell] = share;
    }

    if (loss * 0 != 0)
    {
        groupBarrier();
        if (warpInGroup() == 0)
            loss = withoutMasked(call, row);
    }
    if (groupThread() == 0)
        call.loss[row] = loss;
    if (gradient != 0 && !taught)
        for (int at = groupThread(); at < call.classes; at += groupThreads())
            gradient[at] = 0;
}
