// Steps are done some at a time, whose inputs are projected by one product beforehand,
// and whose gradients go into one product for each kernel afterwards.
#pragma once

#include "packing.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// Rows of all steps of a chunk: many enough to be worth a product, few enough to stay
// in a cache of level 2.
constexpr std::int64_t kChunkRows = 256;

inline std::int64_t chunk_steps(std::int64_t rows) {
  return greater(1, kChunkRows / greater(1, rows));
}

// The most rows that a chunk of a thread with at most so many rows may have.
inline std::int64_t chunk_capacity(const Loop& loop, std::int64_t rows) {
  return smaller(loop.steps * rows, greater(kChunkRows, rows));
}

// The weights that project inputs with a one before them, if there is a bias.
inline std::int64_t input_numbers(const Loop& loop) {
  return loop.features + (loop.bias ? 1 : 0);
}

// Calls `body(row, r, t)` for the rows of all steps, `r` counting them in the chunk.
template <class Body>
inline void for_each_row(Range rows, Range steps, Body body) {
  std::int64_t r = 0;
  for (std::int64_t t = steps.first; t < steps.last; ++t) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) body(row, r++, t);
  }
}

inline bool is_valid(const Loop& loop, std::int64_t row, std::int64_t t) {
  return !loop.valid || loop.valid[row * loop.steps + t];
}

inline const Number* inputs_at(const Loop& loop, std::int64_t row, std::int64_t t) {
  return loop.inputs + (row * loop.steps + t) * loop.features;
}

// Puts zeros behind `count` factors of each row, if anything stands there.
inline void clear_padding(Factor* factors, std::int64_t rows, std::int64_t count) {
  const std::int64_t stride = whole_groups(count);
  if (!factors || stride == count) return;
  for (std::int64_t r = 0; r < rows; ++r) {
    clear(factors + r * stride + count, stride - count);
  }
}

template <typename From, typename To>
inline void copy(const From* from, std::int64_t count, To* to) {
  for (std::int64_t i = 0; i < count; ++i) put(widened(from[i]), to[i]);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
