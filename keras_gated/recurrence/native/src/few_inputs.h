// Inputs of which few numbers are not zero, such as a symbol as a vector with a single 1
// or the notes of a piano roll: rows of the kernel are looked up for them, and rows of its
// gradient added to, where a product would multiply zeros.
#pragma once

#include "chunks.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// A product takes several numbers in the time that one is looked up, and the more so if
// it sums pairs.
constexpr int kMostFew = 16;
inline std::int64_t most_few(std::int64_t count) {
  return kTerms == 1 ? smaller(kMostFew, count / 8) : 0;
}

template <typename Any>
inline bool are_few(const Any* row, std::int64_t count) {
  int found = 0;
  for (std::int64_t i = 0; i < count; ++i) found += widened(row[i]) != 0.0f;
  return found <= most_few(count);
}

// The places of the numbers of a row that are not zero.
struct FewPlaces {
  std::int64_t all[kMostFew + 1];  // and the one of a bias
  int count = 0;

  template <typename Any>
  FewPlaces(const Any* row, std::int64_t numbers) {
    for (std::int64_t i = 0; i < numbers; ++i) {
      if (widened(row[i]) != 0.0f) all[count++] = i;
    }
  }
  const std::int64_t* begin() const { return all; }
  const std::int64_t* end() const { return all + count; }
};

// Whether all inputs of a chunk have few. Those of skipped steps are not read.
inline bool has_few_inputs(const Loop& loop, Range rows, Range steps) {
  if (!most_few(loop.features)) return false;
  for (std::int64_t t = steps.first; t < steps.last; ++t) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      if (!is_valid(loop, row, t)) continue;
      if (!are_few(inputs_at(loop, row, t), loop.features)) return false;
    }
  }
  return true;
}

// What `multiply` makes of rows with few numbers, summed in the same order.
inline void look_up(const ForwardWeights& weights, const Factor* packed,
                    const Factor* inputs, std::int64_t row_count, float* projected) {
  const std::int64_t depth = weights.depth(), stride = weights.packed_columns();
  const std::int64_t panel = groups(depth) * kPanelRow;
  for (std::int64_t r = 0; r < row_count; ++r) {
    const Factor* row = inputs + r * whole_groups(depth);
    const FewPlaces places(row, depth);
    for (std::int64_t column = 0; column < stride; column += kLanes) {
      const Factor* weights_here = packed + column / kLanes * panel;
      Vector sum = {};
      for (const std::int64_t k : places) {
        multiply_add(sum, broadcast_factors(row + k),
                     load_factors(weights_here + k * kPanelRow));
      }
      store(projected + r * stride + column, sum, AllLanes(kLanes));
    }
  }
}

// Adds to rows of `columns` padded numbers, one for each feature, the products of the
// inputs of a chunk with rows of gradients.
inline void add_looked_up(const Loop& loop, Range rows, Range steps,
                          const Factor* gradients, std::int64_t stride,
                          std::int64_t columns, float* to) {
  for_each_row(rows, steps, [&](std::int64_t row, std::int64_t r, std::int64_t t) {
    if (!is_valid(loop, row, t)) return;
    const Number* inputs = inputs_at(loop, row, t);
    for (const std::int64_t k : FewPlaces(inputs, loop.features)) {
      const Vector input = broadcast(widened(inputs[k]));
      for_each_vector(columns, [&](std::int64_t column, auto lanes) {
        float* sum = to + k * padded(columns) + column;
        const Vector gradient = load(gradients + r * stride + column, lanes);
        store(sum, load(sum, lanes) + input * gradient, lanes);
      });
    }
  });
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
