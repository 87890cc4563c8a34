// Products of bfloat16, two terms of a sum at a time, summed in float32.
//
// Terms that are added at once stand side by side. Numbers too small for full precision
// count as zero there, whatever the thread says.
#pragma once

#include "simd.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

using Factor = bfloat16;
constexpr int kTerms = 2;
static_assert(sizeof(Number) == sizeof(Factor), "float32 would lose half of itself");

using Factors = __m512bh;
inline Factors load_factors(const Factor* from) {
  return (Factors)_mm512_loadu_si512(from);
}
inline Factors broadcast_factors(const Factor* from) {
  int pair;
  std::memcpy(&pair, from, sizeof pair);
  return (Factors)_mm512_set1_epi32(pair);
}
inline void multiply_add(Vector& sum, Factors a, Factors b) {
  sum = (Vector)_mm512_dpbf16_ps((__m512)sum, a, b);
}

// Packs two rows of a matrix, or one where `rows` has no more.
template <class Lanes>
inline void pack_terms(const Factor* row, std::int64_t stride, std::int64_t rows,
                       Lanes lanes, Factor* packed) {
  Bits pairs = __builtin_convertvector(load_halves(row, lanes), Bits);
  if (rows > 1) {
    pairs |= __builtin_convertvector(load_halves(row + stride, lanes), Bits) << 16;
  }
  std::memcpy(packed, &pairs, sizeof pairs);
}

inline const Factor* as_factors(const float*) { return nullptr; }

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
