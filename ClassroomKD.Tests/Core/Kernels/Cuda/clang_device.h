// What NVRTC knows by itself and clang without a CUDA toolkit does not; only to compile the kernels to PTX where there is no toolkit.
#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
#define __shared__ __attribute__((shared))
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(threads, blocks) __attribute__((launch_bounds(threads, blocks)))
#define __grid_constant__

struct Builtin { int x, y; };
#define threadIdx (Builtin{__nvvm_read_ptx_sreg_tid_x(), 0})
#define blockDim (Builtin{__nvvm_read_ptx_sreg_ntid_x(), 0})
#define blockIdx (Builtin{__nvvm_read_ptx_sreg_ctaid_x(), __nvvm_read_ptx_sreg_ctaid_y()})

static __device__ __forceinline__ float __shfl_xor_sync(unsigned lanes, float value, int mask)
{
    return __nvvm_shfl_sync_bfly_f32(lanes, value, mask, 31);
}

static __device__ __forceinline__ int __shfl_xor_sync(unsigned lanes, int value, int mask)
{
    return __nvvm_shfl_sync_bfly_i32(lanes, value, mask, 31);
}

static __device__ __forceinline__ float __shfl_sync(unsigned lanes, float value, int lane)
{
    return __nvvm_shfl_sync_idx_f32(lanes, value, lane, 31);
}

static __device__ __forceinline__ unsigned __ballot_sync(unsigned lanes, bool of) { return __nvvm_vote_ballot_sync(lanes, of); }
static __device__ __forceinline__ void __syncwarp() { __nvvm_bar_warp_sync(0xffffffffu); }
static __device__ __forceinline__ int __popc(unsigned word) { return __builtin_popcount(word); }
static __device__ __forceinline__ float __fmul_rn(float x, float y) { return __nvvm_mul_rn_f(x, y); }
static __device__ __forceinline__ float fmaxf(float x, float y) { return __builtin_fmaxf(x, y); }
static __device__ __forceinline__ float fminf(float x, float y) { return __builtin_fminf(x, y); }
static __device__ __forceinline__ float fmaf(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
static __device__ __forceinline__ int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
static __device__ __forceinline__ float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
static __device__ __forceinline__ float __uint_as_float(unsigned bits) { return __builtin_bit_cast(float, bits); }

// Good enough to compile with; NVRTC's own is exact to the last place.
static __device__ __forceinline__ float logf(float x) { return __nvvm_lg2_approx_f(x) * 0.693147182f; }
