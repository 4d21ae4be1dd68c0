// What the kernels need of a GPU, in one place: the tests compile the other files for the CPU with a replacement of this one.
// NVRTC compiles it without any header of the CUDA toolkit, which a libtorch does not bring.

#define DEVICE static __device__ __forceinline__
#define SHARED __shared__

// The call travels as the kernel's only parameter, in constant memory; __grid_constant__ keeps the compiler from copying it. A thread may
// take so many registers that about 768 threads find room on a processor: fewer hide less of the memory's latency, more have to spill.
#define THREADS (WARPS == 1 ? 128 : 32 * WARPS)
#define KERNEL(name, Call) \
    extern "C" __global__ void __launch_bounds__(THREADS, (768 + THREADS / 2) / THREADS) name(const __grid_constant__ Call call)

DEVICE int threadInBlock() { return threadIdx.x; }
DEVICE int threadsInBlock() { return blockDim.x; }
DEVICE int blockRow() { return blockIdx.x; }
DEVICE int blockAnswer() { return blockIdx.y; }

DEVICE void barrier() { __syncthreads(); }
DEVICE void warpBarrier() { __syncwarp(); }
DEVICE float fromLane(float value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }
DEVICE int fromLane(int value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }
DEVICE float ofLane(float value, int lane) { return __shfl_sync(0xffffffffu, value, lane); }
DEVICE unsigned lanesWhere(bool condition) { return __ballot_sync(0xffffffffu, condition); }
DEVICE int setBits(unsigned word) { return __popc(word); }

// 2^x, off by 2^-22 at most.
DEVICE float power2(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// 1 / x, off by one last place at most.
DEVICE float reciprocal(float x)
{
    float y;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

DEVICE float naturalLog(float x) { return logf(x); }

DEVICE float fused(float x, float y, float z) { return fmaf(x, y, z); }

// Rounded by itself, never fused with an addition: equal logits must give equal products.
DEVICE float product(float x, float y) { return __fmul_rn(x, y); }

DEVICE float larger(float x, float y) { return fmaxf(x, y); }
DEVICE float smaller(float x, float y) { return fminf(x, y); }

// The largest number of a warp's lanes, none of which is NaN.
DEVICE float largestOfLanes(float value)
{
#if __CUDA_ARCH__ >= 800
    // Ordered as integers once the bits of negative ones are turned.
    const int bits = __float_as_int(value), key = bits ^ (bits >> 31 & 0x7fffffff);
    int top;
    asm("redux.sync.max.s32 %0, %1, 0xffffffff;" : "=r"(top) : "r"(key));
    return __int_as_float(top ^ (top >> 31 & 0x7fffffff));
#else
#pragma unroll
    for (int mask = 16; mask > 0; mask /= 2)
        value = larger(value, fromLane(value, mask));
    return value;
#endif
}

DEVICE float asFloat(unsigned bits) { return __uint_as_float(bits); }

DEVICE float fromHalf(unsigned short bits)
{
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}

// Loads past the coherent caches; nothing writes logits while a kernel reads them.
DEVICE void read16(const void* at, unsigned* words)
{
    asm("ld.global.nc.v4.u32 {%0, %1, %2, %3}, [%4];"
        : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3]) : "l"(at));
}

DEVICE void read8(const void* at, unsigned* words)
{
    asm("ld.global.nc.v2.u32 {%0, %1}, [%2];" : "=r"(words[0]), "=r"(words[1]) : "l"(at));
}

DEVICE void write16(float* at, const float* values)
{
    asm volatile("st.global.v4.f32 [%0], {%1, %2, %3, %4};"
        : : "l"(at), "f"(values[0]), "f"(values[1]), "f"(values[2]), "f"(values[3]) : "memory");
}
