// Rows that a group holds in registers: every logit is read once, and a block passes one barrier for each mentor.
#include "device.cu"
#include "rows.cu"
#include "divergence_call.cu"

#define GROUPS (WARPS == 1 ? 4 : 1)

// What a mentor that teaches the row brings along.
struct Teacher
{
    float factor, studentFactor; // of the exponents
    float slope;                 // of the gradient
    float worth;                 // what the divergence is multiplied by
};

// The mentors that teach the group's row, their places among all, and what each warp found for each.
SHARED Teacher teachers[GROUPS][MENTORS];
SHARED int places[GROUPS][MENTORS];
SHARED float parts[GROUPS][MENTORS][WARPS];

// How many mentors teach the row. A lane looks at a mentor, so that all tables are waited for once.
DEVICE int findTeachers(const DivergenceCall& call, int row)
{
    const int group = groupInBlock();
    int count = 0;
    for (int first = 0; first < call.mentorCount; first += 32)
    {
        const int m = first + lane();
        const bool exists = m < call.mentorCount;
        const long long cell = (long long)m * call.rows + row;
        const float weight = exists ? call.weights[cell] : 0;
        const unsigned teaching = lanesWhere(weight != 0);
        if (warpInGroup() == 0 && weight != 0)
        {
            const int at = count + setBits(teaching & ((1u << lane()) - 1));
            const float temperature = call.temperatures[cell], studentTemperature = call.studentTemperatures[cell];
            const Teacher teacher = {LOG2E * call.scale / temperature, LOG2E * call.scale / studentTemperature,
                call.upstream * call.scale * weight * temperature, weight * temperature * studentTemperature};
            teachers[group][at] = teacher;
            places[group][at] = m;
        }
        else if (warpInGroup() == 0 && exists)
            call.perMentor[cell] = 0;
        count += setBits(teaching);
    }
    return count;
}

// Three sums over a warp in six steps: that of x is then in lanes 0 to 7, that of y in 8 to 15, that of z in 16 to 23.
DEVICE float threeSums(float x, float y, float z)
{
    const bool high = lane() & 16, odd = lane() & 8;
    const float xz = (high ? z : x) + fromLane(high ? x : z, 16);
    y += fromLane(y, 16);
    float sum = (odd ? y : xz) + fromLane(odd ? xz : y, 8);
    sum += fromLane(sum, 4);
    sum += fromLane(sum, 2);
    return sum + fromLane(sum, 1);
}

// What the warps of a block found, of which each has its own maxima and sums relative to them, made one by all warps alike.
DEVICE void combine(Pair& pair, const float* mentorMaxes, const float* studentMaxes, const float* mentorSums, const float* studentSums)
{
    const int holders = WARPS <= 2 ? 2 : WARPS <= 4 ? 4 : WARPS <= 8 ? 8 : 16;
    const int warp = lane() % holders;
    const bool holds = warp < WARPS;
    const float max = holds ? mentorMaxes[warp] : LOWEST;
    pair.mentorMax = max;
#pragma unroll
    for (int mask = holders / 2; mask > 0; mask /= 2)
        pair.mentorMax = larger(pair.mentorMax, fromLane(pair.mentorMax, mask));
    pair.mentorSum = holds ? mentorSums[warp] * power2(exponent(max, pair.mentorMax, pair.mentorFactor)) : 0;
    pair.studentSum = holds ? studentSums[warp] * power2(exponent(studentMaxes[warp], pair.studentMax, pair.studentFactor)) : 0;
#pragma unroll
    for (int mask = holders / 2; mask > 0; mask /= 2)
    {
        pair.mentorSum += fromLane(pair.mentorSum, mask);
        pair.studentSum += fromLane(pair.studentSum, mask);
    }
}

// A thread's items: what they add to the divergence, and to the gradient.
template <bool same>
DEVICE float compare(const Pair& pair, const DivergenceCall& call, float ofMentor, float ofStudent, float slope, const float* mentor,
    const float* mentorPowers, const float* student, const float* studentPowers, float* gradient)
{
    const float logOfSums = naturalLog(quotient(pair.mentorSum, pair.studentSum));
    float part = 0;
#pragma unroll
    for (int i = 0; i < ITEMS; i += VECTOR)
    {
        if (!inside(0, i, call.classes))
            continue;
#pragma unroll
        for (int j = i; j < i + VECTOR; j++)
        {
            const float p = mentorPowers[j] * ofMentor, more = studentPowers[j] * ofStudent - p;
            part += divergenceOf(p, more, logRatio<same>(pair, mentor[j], student[j], logOfSums));
            gradient[j] += slope * more;
        }
    }
    return part;
}

// The powers of a thread's items, and their sum.
DEVICE float powersOf(const float* logits, float max, float factor, int classes, float* powers)
{
    float sum = 0;
#pragma unroll
    for (int i = 0; i < ITEMS; i += VECTOR)
    {
        if (!inside(0, i, classes))
            continue;
#pragma unroll
        for (int j = i; j < i + VECTOR; j++)
        {
            powers[j] = power2(exponent(logits[j], max, factor));
            sum += powers[j];
        }
    }
    return sum;
}

KERNEL(divergence, DivergenceCall)
{
    SHARED float studentMaxes[WARPS], found[2][3][WARPS];
    const int row = groupRow(), group = groupInBlock(), warp = warpInGroup();
    if (row >= call.rows)
        return;

    float student[ITEMS], studentPowers[ITEMS], mentor[ITEMS], mentorPowers[ITEMS], next[ITEMS], gradient[ITEMS];
    readTile<STUDENT>(call.student, row, 0, call.classes, student);
    const int count = findTeachers(call, row);
    const float studentMax = largestOfLanes(largest(student));
    if (WARPS > 1 && lane() == 0)
        studentMaxes[warp] = studentMax;
    groupBarrier();
    Pair pair = {0, 0, 0, studentMax, 0, 0};
#pragma unroll
    for (int w = 0; WARPS > 1 && w < WARPS; w++)
        pair.studentMax = larger(pair.studentMax, studentMaxes[w]);
#pragma unroll
    for (int i = 0; i < ITEMS; i++)
        studentPowers[i] = gradient[i] = 0;

    // A mentor's logits are under way while the one before is computed.
    float part = 0, studentPart = 0;
    if (count > 0)
        readTile<MENTOR>(call.mentors[places[group][0]], row, 0, call.classes, next);
    for (int k = 0; k < count; k++)
    {
        const Teacher teacher = teachers[group][k];
#pragma unroll
        for (int i = 0; i < ITEMS; i++)
            mentor[i] = next[i];
        if (k + 1 < count)
            readTile<MENTOR>(call.mentors[places[group][k + 1]], row, 0, call.classes, next);

        // One temperature for all mentors is common: the student's powers are then those of the mentor before.
        const float mentorMax = largestOfLanes(largest(mentor));
        const float mentorPart = powersOf(mentor, mentorMax, teacher.factor, call.classes, mentorPowers);
        if (pair.studentFactor != teacher.studentFactor)
            studentPart = powersOf(student, studentMax, teacher.studentFactor, call.classes, studentPowers);
        pair.mentorFactor = teacher.factor;
        pair.studentFactor = teacher.studentFactor;

        // What the mentor before adds to the divergence is summed on the way. Two tables take turns, so that one barrier is enough.
        const float sum = threeSums(mentorPart, studentPart, part);
        if (lane() == 16 && k > 0)
            parts[group][k - 1][warp] = sum;
        float ofMentor = 1, ofStudent = 1;
        if (WARPS == 1)
        {
            pair.mentorMax = mentorMax;
            pair.mentorSum = ofLane(sum, 0);
            pair.studentSum = ofLane(sum, 8);
        }
        else
        {
            float (*table)[WARPS] = found[k % 2];
            if (lane() == 0)
            {
                table[0][warp] = mentorMax;
                table[1][warp] = sum;
            }
            if (lane() == 8)
                table[2][warp] = sum;
            barrier();
            combine(pair, table[0], studentMaxes, table[1], table[2]);
            ofMentor = power2(exponent(mentorMax, pair.mentorMax, pair.mentorFactor));
            ofStudent = power2(exponent(studentMax, pair.studentMax, pair.studentFactor));
        }

        ofMentor = quotient(ofMentor, pair.mentorSum);
        ofStudent = quotient(ofStudent, pair.studentSum);
        part = alike(pair)
            ? compare<true>(pair, call, ofMentor, ofStudent, teacher.slope, mentor, mentorPowers, student, studentPowers, gradient)
            : compare<false>(pair, call, ofMentor, ofStudent, teacher.slope, mentor, mentorPowers, student, studentPowers, gradient);
    }

    float* target = call.gradient + (long long)row * call.classes;
#pragma unroll
    for (int i = 0; call.gradient != 0 && i < ITEMS; i += VECTOR)
        if (inside(0, i, call.classes))
            writeVector(target + place(i), gradient + i);

    part = ofWarp<Sum>(part);
    if (lane() == 0 && count > 0)
        parts[group][count - 1][warp] = part;
    groupBarrier();
    if (warp > 0)
        return;
    float loss = 0;
    for (int k = lane(); k < count; k += 32)
    {
        float share = 0;
#pragma unroll
        for (int w = 0; w < WARPS; w++)
            share += parts[group][k][w];
        share *= teachers[group][k].worth;
        loss += share;
        call.perMentor[(long long)places[group][k] * call.rows + row] = share;
    }
    loss = ofWarp<Sum>(loss);
    if (loss * 0 != 0)
    {
        warpBarrier();
        loss = withoutMasked(call, row);
    }
    if (lane() == 0)
        call.loss[row] = loss;
}
