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
    const void* mentors[MENTORS];
};

// What one class adds to KL(p || q), d being ln p - ln q: p (d + e^-d - 1), which equals p d + q - p. Its terms are never negative, so
// nothing large cancels; and as p and q each sum to 1, an error common to all d shows only in its square. Near 0 the series keeps
// every digit that d has.
DEVICE float divergenceOf(float p, float q, float d)
{
    float series = -1.0f / 5040;
    series = series * d + 1.0f / 720;
    series = series * d - 1.0f / 120;
    series = series * d + 1.0f / 24;
    series = series * d - 1.0f / 6;
    series = series * d + 0.5f;
    return d > -0.5f && d < 0.5f ? p * d * d * series : p * d + (q - p);
}
