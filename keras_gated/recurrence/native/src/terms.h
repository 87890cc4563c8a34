// What the processor sums in products, and how much of it at a time.
#pragma once

#if defined(__AVX512BF16__)
#include "bfloat16_terms.h"
#else
#include "float32_terms.h"
#endif

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// How many instructions sum up `count` terms, and how many terms that is: zeros stand
// behind an odd one. Rows of factors have so many numbers.
inline std::int64_t groups(std::int64_t count) { return (count + kTerms - 1) / kTerms; }
inline std::int64_t whole_groups(std::int64_t count) { return groups(count) * kTerms; }

// The terms of all lanes of a vector.
constexpr int kPanelRow = kLanes * kTerms;

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
