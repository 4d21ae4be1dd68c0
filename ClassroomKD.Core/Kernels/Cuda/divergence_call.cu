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
