// In device.cu's place when the tests compile the kernels for the CPU: every thread of a block is a fiber that runs until it has to wait
// for its warp or its block. Who runs next is drawn at random, so that a barrier that is missing shows.
#include <cmath>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <ucontext.h>

#define DEVICE static inline
#define SHARED static
#define KERNEL(name, Call) \
    static void name##_body(const Call& call); \
    extern "C" void name(const void* call) { name##_body(*(const Call*)call); } \
    static void name##_body(const Call& call)

namespace emulation
{
    const int MOST_THREADS = 1024, STACK = 64 * 1024;

    struct Gate
    {
        int arrived;
        unsigned generation;
    };

    struct Warp
    {
        Gate gate;
        unsigned slots[2][32];
    };

    struct Fiber
    {
        ucontext_t start;
        jmp_buf at;
        bool begun, done;
        int parity;
        char* stack;
    };

    static Fiber fibers[MOST_THREADS];
    static Warp warps[MOST_THREADS / 32];
    static Gate block;
    static jmp_buf scheduler;
    static ucontext_t home;
    static int me, threads, x, y;
    static unsigned chance = 1;
    static void (*kernel)(const void*);
    static const void* parameter;

    static void await(Gate& gate, int count)
    {
        const unsigned generation = gate.generation;
        if (++gate.arrived == count)
        {
            gate.arrived = 0;
            gate.generation++;
            return;
        }

        while (gate.generation == generation)
            if (_setjmp(fibers[me].at) == 0)
                _longjmp(scheduler, 1);
    }

    static void body()
    {
        kernel(parameter);
        fibers[me].done = true;
        _longjmp(scheduler, 1);
    }

    static void resume(int thread)
    {
        me = thread;
        if (_setjmp(scheduler) != 0)
            return;
        if (fibers[me].begun)
            _longjmp(fibers[me].at, 1);
        fibers[me].begun = true;
        setcontext(&fibers[me].start);
    }

    static void run_block()
    {
        memset(warps, 0, sizeof warps);
        block = Gate();
        for (int t = 0; t < threads; t++)
        {
            Fiber& fiber = fibers[t];
            if (!fiber.stack)
                fiber.stack = (char*)malloc(STACK);
            getcontext(&fiber.start);
            fiber.start.uc_stack.ss_sp = fiber.stack;
            fiber.start.uc_stack.ss_size = STACK;
            fiber.start.uc_link = &home;
            makecontext(&fiber.start, body, 0);
            fiber.begun = fiber.done = false;
            fiber.parity = 0;
        }

        for (bool busy = true; busy;)
        {
            busy = false;
            for (int t = 0; t < threads; t++)
            {
                if (fibers[t].done)
                    continue;
                busy = true;
                // A warp in four waits this time.
                if (t % 32 == 0)
                    chance = chance * 1664525u + 1013904223u;
                if (chance >> 30 != 0)
                    resume(t);
            }
        }
    }

    template <class T>
    static T exchange(T value, int from)
    {
        Warp& warp = warps[me / 32];
        const int lane = me % 32, parity = fibers[me].parity ^= 1;
        memcpy(&warp.slots[parity][lane], &value, sizeof value);
        await(warp.gate, 32);
        memcpy(&value, &warp.slots[parity][from], sizeof value);
        return value;
    }
}

extern "C" void emulate(void (*kernel)(const void*), const void* parameter, int blocks, int answers, int threads)
{
    emulation::kernel = kernel;
    emulation::parameter = parameter;
    emulation::threads = threads;
    for (emulation::y = 0; emulation::y < answers; emulation::y++)
        for (emulation::x = 0; emulation::x < blocks; emulation::x++)
            emulation::run_block();
}

DEVICE int threadInBlock() { return emulation::me; }
DEVICE int threadsInBlock() { return emulation::threads; }
DEVICE int blockRow() { return emulation::x; }
DEVICE int blockAnswer() { return emulation::y; }
DEVICE void barrier() { emulation::await(emulation::block, emulation::threads); }
DEVICE void warpBarrier() { emulation::exchange(0, 0); }
DEVICE float fromLane(float value, int mask) { return emulation::exchange(value, emulation::me % 32 ^ mask); }
DEVICE int fromLane(int value, int mask) { return emulation::exchange(value, emulation::me % 32 ^ mask); }
DEVICE float ofLane(float value, int lane) { return emulation::exchange(value, lane); }
DEVICE int setBits(unsigned word) { return __builtin_popcount(word); }

DEVICE unsigned lanesWhere(bool condition)
{
    int lanes = (unsigned)condition << emulation::me % 32;
    for (int mask = 16; mask > 0; mask /= 2)
        lanes |= fromLane(lanes, mask);
    return lanes;
}

// As far off as a GPU's may be, and flushed to 0 as there.
DEVICE float power2(float x)
{
    const float y = exp2f(x);
    unsigned bits;
    memcpy(&bits, &x, sizeof bits);
    return y < 1.17549435e-38f ? 0 : bits % 2 ? y * (1 + 1.1920929e-7f) : y * (1 - 1.1920929e-7f);
}

DEVICE float reciprocal(float x)
{
    const float y = 1 / x;
    unsigned bits;
    memcpy(&bits, &x, sizeof bits);
    return bits % 2 ? y * (1 + 1.1920929e-7f) : y * (1 - 1.1920929e-7f);
}

DEVICE float naturalLog(float x) { return logf(x); }
DEVICE float fused(float x, float y, float z) { return fmaf(x, y, z); }
DEVICE float larger(float x, float y) { return fmaxf(x, y); }
DEVICE float smaller(float x, float y) { return fminf(x, y); }

DEVICE float largestOfLanes(float value)
{
    for (int mask = 16; mask > 0; mask /= 2)
        value = larger(value, fromLane(value, mask));
    return value;
}

DEVICE float product(float x, float y)
{
    float z = x * y;
    asm("" : "+x"(z));
    return z;
}

DEVICE float asFloat(unsigned bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

DEVICE float fromHalf(unsigned short bits)
{
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const float size = exponent == 31 ? (fraction ? NAN : INFINITY)
        : exponent == 0 ? ldexpf((float)fraction, -24) : ldexpf((float)(1024 + fraction), exponent - 25);
    return bits & 0x8000 ? -size : size;
}

// A GPU's aligned loads fail where the address is not aligned.
static void demand(const void* at, int alignment)
{
    if ((size_t)at % alignment != 0)
        abort();
}

DEVICE void read16(const void* at, unsigned* words) { demand(at, 16); memcpy(words, at, 16); }
DEVICE void read8(const void* at, unsigned* words) { demand(at, 8); memcpy(words, at, 8); }
DEVICE void write16(float* at, const float* values) { demand(at, 16); memcpy(at, values, 16); }
