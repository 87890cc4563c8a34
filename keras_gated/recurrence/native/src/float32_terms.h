// Products of float32, one term of a sum at a time.
#pragma once

#include "simd.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// What products are made of, and how many of them one instruction multiplies and adds
// to the sum of a lane.
using Factor = float;
constexpr int kTerms = 1;

using Factors = Vector;
inline Factors load_factors(const Factor* from) {
  return load(from, AllLanes(kLanes));
}
inline Factors broadcast_factors(const Factor* from) { return broadcast(*from); }
inline void multiply_add(Vector& sum, Factors a, Factors b) { sum += a * b; }

// Packs a row of a matrix.
template <class Lanes>
inline void pack_terms(const Factor* row, std::int64_t, std::int64_t, Lanes lanes,
                       Factor* packed) {
  store(packed, load(row, lanes), AllLanes(kLanes));
}

// The same numbers as factors, if they are such.
inline const Factor* as_factors(const float* numbers) { return numbers; }

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
