// One call of MultiMentorDivergence; CudaDivergenceCall in C# has the same layout. Tables are [mentors, rows].
struct DivergenceCall
{
    const void* student;
    const float* weights;
    const float* temperatures;
    const float* studentTemperatures;
    float* loss;
    float* perMentor;
    float* gradient; // or null
    int rows;
    int classes;
    int mentorCount;
    float scale;
    float upstream; // what the gradient of each row is multiplied by
    const void* mentors[MENTORS];
};

// What a student's and a mentor's row have in common: a logit z stands for 2^(factor (z - max)) / sum.
struct Pair
{
    float mentorMax, mentorFactor, mentorSum, studentMax, studentFactor, studentSum;
};

DEVICE float exponent(float logit, float max, float factor) { return product(logit - max, factor); }

// A class may be masked with the least float, which scaled is no float any more. What infinite logits give stays.
DEVICE float finite(float power, float logit) { return larger(power, smaller(logit, -3e38f)); }

// x / y, within one last place; exactly 1 where both are equal.
DEVICE float quotient(float x, float y)
{
    const float r = reciprocal(y), q = x * r;
    return fused(fused(-q, y, x), r, q);
}

// Whether logits are subtracted before they are scaled: at one temperature. Where they are close, that is exact, and the small difference
// keeps its digits. Where they are far apart, it would round to units of that distance.
DEVICE bool alike(const Pair& pair)
{
    const float apart = pair.mentorMax - pair.studentMax;
    return pair.mentorFactor == pair.studentFactor && apart > -1024 && apart < 1024;
}

// ln p - ln q of one class.
template <bool same>
DEVICE float logRatio(const Pair& pair, float mentor, float student, float logOfSums)
{
    if (same)
        return finite(fused(mentor - student - (pair.mentorMax - pair.studentMax), LN2 * pair.mentorFactor, -logOfSums), mentor);
    const float powers = finite(exponent(mentor, pair.mentorMax, pair.mentorFactor), mentor)
        - finite(exponent(student, pair.studentMax, pair.studentFactor), student);
    return LN2 * powers - logOfSums;
}

// What one class adds to KL(p || q), d being ln p - ln q: p (d + e^-d - 1), which equals p d + q - p. Its terms are never negative, so
// nothing large cancels; and as p and q each sum to 1, an error common to all d shows only in its square. Near 0 the series keeps
// every digit that d has. `more` is q - p.
DEVICE float divergenceOf(float p, float more, float d)
{
    const float square = d * d;
    float series = -1.0f / 5040;
    series = series * d + 1.0f / 720;
    series = series * d - 1.0f / 120;
    series = series * d + 1.0f / 24;
    series = series * d - 1.0f / 6;
    series = series * d + 0.5f;
    return square < 0.25f ? p * square * series : p * d + more;
}

// A logit that masks its class; NaN and infinity are none.
DEVICE bool masks(float logit) { return logit == -INFINITE; }

// A row again, by one warp, where what was found is no number: classes that student or mentor masks count for nothing between the two.
// Returns the row's loss, which is no number still if that was not the reason.
DEVICE float withoutMasked(const DivergenceCall& call, int row)
{
    float* gradient = call.gradient == 0 ? 0 : call.gradient + (long long)row * call.classes;
    const char* student = (const char*)call.student + (long long)row * call.classes * STUDENT::Size;
    for (int at = lane(); gradient != 0 && at < call.classes; at += 32)
        gradient[at] = 0;
    float loss = 0;
    for (int m = 0; m < call.mentorCount; m++)
    {
        const long long cell = (long long)m * call.rows + row;
        const float weight = call.weights[cell];
        if (weight == 0)
            continue;
        const char* mentor = (const char*)call.mentors[m] + (long long)row * call.classes * MENTOR::Size;
        const float temperature = call.temperatures[cell], studentTemperature = call.studentTemperatures[cell];
        Pair pair = {-INFINITE, LOG2E * call.scale / temperature, 0, -INFINITE, LOG2E * call.scale / studentTemperature, 0};
        for (int at = lane(); at < call.classes; at += 32)
        {
            const float z = STUDENT::one(student + at * STUDENT::Size), other = MENTOR::one(mentor + at * MENTOR::Size);
            if (masks(z) || masks(other))
                continue;
            pair.studentMax = larger(pair.studentMax, z);
            pair.mentorMax = larger(pair.mentorMax, other);
        }

        pair.studentMax = ofWarp<Largest>(pair.studentMax);
        pair.mentorMax = ofWarp<Largest>(pair.mentorMax);
        for (int at = lane(); at < call.classes; at += 32)
        {
            const float z = STUDENT::one(student + at * STUDENT::Size), other = MENTOR::one(mentor + at * MENTOR::Size);
            if (masks(z) || masks(other))
                continue;
            pair.studentSum += power2(exponent(z, pair.studentMax, pair.studentFactor));
            pair.mentorSum += power2(exponent(other, pair.mentorMax, pair.mentorFactor));
        }

        pair.studentSum = ofWarp<Sum>(pair.studentSum);
        pair.mentorSum = ofWarp<Sum>(pair.mentorSum);
        const float logOfSums = naturalLog(quotient(pair.mentorSum, pair.studentSum));
        const bool same = alike(pair);
        float part = 0;
        for (int at = lane(); at < call.classes; at += 32)
        {
            const float z = STUDENT::one(student + at * STUDENT::Size), other = MENTOR::one(mentor + at * MENTOR::Size);
            if (masks(z) || masks(other))
                continue;
            const float p = quotient(power2(exponent(other, pair.mentorMax, pair.mentorFactor)), pair.mentorSum);
            const float more = quotient(power2(exponent(z, pair.studentMax, pair.studentFactor)), pair.studentSum) - p;
            part += divergenceOf(
                p, more, same ? logRatio<true>(pair, other, z, logOfSums) : logRatio<false>(pair, other, z, logOfSums));
            if (gradient != 0)
                gradient[at] += call.upstream * call.scale * weight * temperature * more;
        }

        const float share = weight * temperature * studentTemperature * ofWarp<Sum>(part);
        loss += share;
        if (lane() == 0)
            call.perMentor[cell] = share;
    }

    return loss;
}
