// Vectors of float32 as wide as the instruction set that this is compiled for has them,
// and what becomes of numbers of other types on their way in and out.
//
// Everything that is included into kernels.cc is in an unnamed namespace: a function
// that the linker could share between instruction sets would run on the wrong machine.
#pragma once

#include <cstdint>
#include <cstring>

#include "loops.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// What a call has its numbers in, and what it is made of.
using Number = KERAS_GATED_NUMBER;
using Loop = keras_gated::Loop<Number>;
using Forward = keras_gated::Forward<Number>;
using Backward = keras_gated::Backward<Number>;

#if defined(__AVX512F__)
constexpr int kLanes = 16;
constexpr int kRegisters = 32;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
constexpr int kRegisters = 16;
#else
constexpr int kLanes = 4;
#if defined(__aarch64__)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif
#endif

constexpr int kVectorBytes = kLanes * 4;
typedef float Vector __attribute__((vector_size(kVectorBytes)));
typedef float Unaligned __attribute__((vector_size(kVectorBytes), aligned(4)));
typedef std::uint32_t Bits __attribute__((vector_size(kVectorBytes)));
typedef std::uint16_t Halves __attribute__((vector_size(kVectorBytes / 2)));

// Less zero, not plus zero, which would change a negative zero and cost an addition.
inline Vector broadcast(float value) { return value - Vector{}; }
inline Bits bits(Vector x) { return (Bits)x; }
inline Vector from_bits(Bits x) { return (Vector)x; }

// Bits of float32 whose upper half is rounded to the nearest one, of two to the even one.
// What is not a number stays so: it came in bfloat16 or from the processor, both of which
// leave the lower half zero, and nothing carries.
template <typename AnyBits>
inline AnyBits rounded(AnyBits bits) {
  return bits + 0x7fffu + (bits >> 16 & 1u);
}

// Single numbers, of any type, from and to float32.
inline float widened(float x) { return x; }
inline float widened(bfloat16 x) {
  const std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
  float wide;
  std::memcpy(&wide, &bits, sizeof wide);
  return wide;
}
inline void put(float x, float& to) { to = x; }
inline void put(float x, bfloat16& to) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  to.bits = static_cast<std::uint16_t>(rounded(bits) >> 16);
}

inline Vector widened(Halves x) {
  return from_bits(__builtin_convertvector(x, Bits) << 16);
}
inline Halves narrowed(Vector x) {
#if defined(__AVX512BF16__)
  return (Halves)_mm512_cvtneps_pbh((__m512)x);
#else
  return __builtin_convertvector(rounded(bits(x)) >> 16, Halves);
#endif
}

// All lanes of a vector.
struct AllLanes {
  explicit AllLanes(std::int64_t) {}
};

inline Vector load(const float* from, AllLanes) {
  return *reinterpret_cast<const Unaligned*>(from);
}
inline void store(float* to, Vector x, AllLanes) {
  *reinterpret_cast<Unaligned*>(to) = x;
}
// The first lanes of a vector; memory behind them is neither read nor written.
#if defined(__AVX512F__)
struct FirstLanes {
  int count;
  __mmask16 mask;
  explicit FirstLanes(std::int64_t count)
      : count(static_cast<int>(count)), mask((1u << count) - 1) {}
};
inline Vector load(const float* from, FirstLanes lanes) {
  return (Vector)_mm512_maskz_loadu_ps(lanes.mask, from);
}
inline void store(float* to, Vector x, FirstLanes lanes) {
  _mm512_mask_storeu_ps(to, lanes.mask, (__m512)x);
}
#elif defined(__AVX2__)
struct FirstLanes {
  int count;
  __m256i mask;
  explicit FirstLanes(std::int64_t count) : count(static_cast<int>(count)) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lanes);
  }
};
inline Vector load(const float* from, FirstLanes lanes) {
  return (Vector)_mm256_maskload_ps(from, lanes.mask);
}
inline void store(float* to, Vector x, FirstLanes lanes) {
  _mm256_maskstore_ps(to, lanes.mask, (__m256)x);
}
#else
struct FirstLanes {
  int count;
  explicit FirstLanes(std::int64_t count) : count(static_cast<int>(count)) {}
};
inline Vector load(const float* from, FirstLanes lanes) {
  Vector x = {};
  for (int lane = 0; lane < lanes.count; ++lane) x[lane] = from[lane];
  return x;
}
inline void store(float* to, Vector x, FirstLanes lanes) {
  for (int lane = 0; lane < lanes.count; ++lane) to[lane] = x[lane];
}
#endif

inline Halves load_halves(const bfloat16* from, AllLanes) {
  Halves x;
  std::memcpy(&x, from, sizeof x);
  return x;
}
inline void store_halves(bfloat16* to, Halves x, AllLanes) {
  std::memcpy(to, &x, sizeof x);
}
#if defined(__AVX512BW__) && defined(__AVX512VL__)
inline Halves load_halves(const bfloat16* from, FirstLanes lanes) {
  return (Halves)_mm256_maskz_loadu_epi16(lanes.mask, from);
}
inline void store_halves(bfloat16* to, Halves x, FirstLanes lanes) {
  _mm256_mask_storeu_epi16(to, lanes.mask, (__m256i)x);
}
#else
inline Halves load_halves(const bfloat16* from, FirstLanes lanes) {
  Halves x = {};
  std::memcpy(&x, from, lanes.count * sizeof *from);
  return x;
}
inline void store_halves(bfloat16* to, Halves x, FirstLanes lanes) {
  std::memcpy(to, &x, lanes.count * sizeof *to);
}
#endif

template <class Lanes>
inline Vector load(const bfloat16* from, Lanes lanes) {
  return widened(load_halves(from, lanes));
}
template <class Lanes>
inline void store(bfloat16* to, Vector x, Lanes lanes) {
  store_halves(to, narrowed(x), lanes);
}

// The greater one; `x` where `x` is not a number.
inline Vector at_least(Vector x, float least) {
#if defined(__AVX512F__)
  return (Vector)_mm512_max_ps((__m512)broadcast(least), (__m512)x);
#else
  const Vector bound = broadcast(least);
  return bound > x ? bound : x;
#endif
}

// 1 / x for x in [1, 2], to one unit in the last place.
inline Vector reciprocal(Vector x) {
#if defined(__AVX512F__)
  const Vector guess = (Vector)_mm512_rcp14_ps((__m512)x);
  return guess + guess * (1.0f - x * guess);
#else
  return 1.0f / x;
#endif
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
