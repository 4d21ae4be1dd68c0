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
    float studentMax = LOWEST;
    for (int first = 0; first < call.classes; first += tile())
    {
        readTile<STUDENT>(call.student, row, first, call.classes, student);
        studentMax = larger(studentMax, largest(student));
    }

    studentMax = together<Largest, 0>(studentMax);
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
        const float factor = LOG2E * call.scale / temperature, ownFactor = LOG2E * call.scale / studentTemperature;

        // Maximum and sum in one reading: what was summed shrinks when a larger logit comes.
        float ownMax = LOWEST, mentorPart = 0, studentPart = 0;
        for (int first = 0; first < call.classes; first += tile())
        {
            readTile<MENTOR>(call.mentors[m], row, first, call.classes, mentor);
            readTile<STUDENT>(call.student, row, first, call.classes, student);
            const float max = larger(ownMax, largest(mentor));
            mentorPart *= power2(product(ownMax - max, factor));
            ownMax = max;
#pragma unroll
            for (int i = 0; i < ITEMS; i++)
            {
                if (!inside(first, i, call.classes))
                    continue;
                mentorPart += power2(product(mentor[i] - ownMax, factor));
                studentPart += power2(product(student[i] - studentMax, ownFactor));
            }
        }

        const float mentorMax = together<Largest, 1>(ownMax);
        const float mentorSum = together<Sum, 2>(mentorPart * power2(product(ownMax - mentorMax, factor)));
        const float studentSum = together<Sum, 3>(studentPart);
        const float ofMentor = 1 / mentorSum, ofStudent = 1 / studentSum, logRatio = naturalLog(mentorSum / studentSum);
        const float slope = call.scale * weight * temperature;
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
                const float a = product(mentor[i] - mentorMax, factor), b = product(student[i] - studentMax, ownFactor);
                const float p = power2(a) * ofMentor, q = power2(b) * ofStudent;
                part += divergenceOf(p, q, LN2 * (a - b) - logRatio);
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

    if (groupThread() == 0)
        call.loss[row] = loss;
    if (gradient != 0 && !taught)
        for (int at = groupThread(); at < call.classes; at += groupThreads())
            gradient[at] = 0;
}
