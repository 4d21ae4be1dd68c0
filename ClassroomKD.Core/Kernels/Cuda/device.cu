// What the kernels need of a GPU, in one place: the tests compile the other files for the CPU with a replacement of this one.
// NVRTC compiles it without any header of the CUDA toolkit, which a libtorch does not bring.

#define DEVICE static __device__ __forceinline__
#define SHARED __shared__

// The call travels as the kernel's only parameter, in constant memory; __grid_constant__ keeps the compiler from copying it.
#define KERNEL(name, Call) \
    extern "C" __global__ void __launch_bounds__(WARP ? 128 : 512) name(const __grid_constant__ Call call)

DEVICE int threadInBlock() { return threadIdx.x; }
DEVICE int threadsInBlock() { return blockDim.x; }
DEVICE int blockRow() { return blockIdx.x; }
DEVICE int blockAnswer() { return blockIdx.y; }

DEVICE void barrier() { __syncthreads(); }
DEVICE float fromLane(float value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }
DEVICE int fromLane(int value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }

// 2^x, off by 2^-22 at most.
DEVICE float power2(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

DEVICE float naturalLog(float x) { return logf(x); }

// Rounded by itself, never fused with an addition: equal logits must give equal products.
DEVICE float product(float x, float y) { return __fmul_rn(x, y); }

DEVICE float larger(float x, float y) { return fmaxf(x, y); }

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
