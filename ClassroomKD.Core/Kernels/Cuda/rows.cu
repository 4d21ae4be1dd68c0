// How a group of threads shares one row of logits. Set from outside, when the kernel is compiled:
//   STUDENT, MENTOR  Float32, Float16 or BFloat16: the types of the logits
//   ITEMS            logits of a row that a thread holds at a time
//   VECTOR           how many of them lie side by side and are read at once; 1 where rows are not aligned
//   WARPS            how many warps are a group; where that is 1 a block has several groups, else one

#define LOWEST -3.402823466e38f
#define LOG2E 1.44269504f
#define LN2 0.693147182f
#define NOWHERE 0x7fffffff
#define MENTORS 128
#define INFINITE asFloat(0x7f800000u)
#define UNKNOWN asFloat(0x7fc00000u)

struct Float32
{
    enum { Size = 4 };
    DEVICE float one(const char* at) { return *(const float*)at; }
    DEVICE float pick(const unsigned* words, int i) { return asFloat(words[i]); }
};

struct Float16
{
    enum { Size = 2 };
    DEVICE float one(const char* at) { return fromHalf(*(const unsigned short*)at); }
    DEVICE float pick(const unsigned* words, int i) { return fromHalf((unsigned short)(words[i / 2] >> (16 * (i % 2)))); }
};

struct BFloat16
{
    enum { Size = 2 };
    DEVICE float one(const char* at) { return asFloat((unsigned)*(const unsigned short*)at << 16); }
    DEVICE float pick(const unsigned* words, int i) { return asFloat(i % 2 ? words[i / 2] & 0xffff0000u : words[i / 2] << 16); }
};

DEVICE int lane() { return threadInBlock() % 32; }
DEVICE int warpInBlock() { return threadInBlock() / 32; }
DEVICE int groupInBlock() { return WARPS == 1 ? warpInBlock() : 0; }
DEVICE int warpInGroup() { return WARPS == 1 ? 0 : warpInBlock(); }
DEVICE int groupThread() { return WARPS == 1 ? lane() : threadInBlock(); }
DEVICE int groupThreads() { return 32 * WARPS; }
DEVICE int groupRow() { return WARPS == 1 ? blockRow() * (threadsInBlock() / 32) + warpInBlock() : blockRow(); }

DEVICE void groupBarrier()
{
    if (WARPS == 1)
        warpBarrier();
    else
        barrier();
}

// Logits that a group holds at a time, and where in them a thread's item i lies.
DEVICE int tile() { return groupThreads() * ITEMS; }
DEVICE int place(int i) { return (i / VECTOR * groupThreads() + groupThread()) * VECTOR + i % VECTOR; }

// A row's length is a multiple of VECTOR, so that what lies side by side is inside or beyond it together.
DEVICE bool inside(int first, int i, int classes) { return first + place(i / VECTOR * VECTOR) < classes; }

template <class T>
DEVICE void readVector(const char* at, float* values)
{
    if (VECTOR == 1)
    {
        values[0] = T::one(at);
        return;
    }

    const int count = VECTOR * T::Size / 4;
    unsigned words[count < 4 ? 4 : count];
#pragma unroll
    for (int w = 0; w + 4 <= count; w += 4)
        read16(at + 4 * w, words + w);
    if (count % 4)
        read8(at, words);
#pragma unroll
    for (int i = 0; i < VECTOR; i++)
        values[i] = T::pick(words, i);
}

// A thread's items of the tile that begins at class `first`; LOWEST beyond the row's end.
template <class T>
DEVICE void readTile(const void* logits, long long row, int first, int classes, float* values)
{
    const char* start = (const char*)logits + row * classes * T::Size;
#pragma unroll
    for (int i = 0; i < ITEMS; i += VECTOR)
    {
        if (inside(first, i, classes))
        {
            readVector<T>(start + (long long)(first + place(i)) * T::Size, values + i);
            continue;
        }
#pragma unroll
        for (int j = 0; j < VECTOR; j++)
            values[i + j] = LOWEST;
    }
}

DEVICE void writeVector(float* at, const float* values)
{
    if (VECTOR == 1)
        *at = values[0];
#pragma unroll
    for (int i = 0; i + 4 <= VECTOR; i += 4)
        write16(at + i, values + i);
}

DEVICE float largest(const float* values)
{
    float max = LOWEST;
#pragma unroll
    for (int i = 0; i < ITEMS; i++)
        max = larger(max, values[i]);
    return max;
}

struct Sum
{
    template <class T> DEVICE T of(T x, T y) { return x + y; }
};

struct Largest
{
    template <class T> DEVICE T of(T x, T y) { return larger(x, y); }
};

struct Least
{
    template <class T> DEVICE T of(T x, T y) { return x < y ? x : y; }
};

// One figure of a whole warp, the same bits in all its lanes and in every run.
template <class Operation, class T>
DEVICE T ofWarp(T value)
{
#pragma unroll
    for (int mask = 16; mask > 0; mask /= 2)
        value = Operation::of(value, fromLane(value, mask));
    return value;
}

// One figure of the whole group, likewise. A block passes one barrier; `slot` is not to be that of the call before, whose figures another
// warp may still be reading.
template <class Operation, int slot, class T>
DEVICE T together(T value)
{
    value = ofWarp<Operation>(value);
    if (WARPS == 1)
        return value;
    SHARED T parts[WARPS];
    if (lane() == 0)
        parts[warpInBlock()] = value;
    barrier();
    value = parts[0];
#pragma unroll
    for (int warp = 1; warp < WARPS; warp++)
        value = Operation::of(value, parts[warp]);
    return value;
}
