// What one step of a unit reads and writes.
#pragma once

#include "kernels.h"
#include "packing.h"
#include "product.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// The arrays of `Forward` and `Loop` at one step; rows are those of the batch.
struct ForwardStep {
  const float* projected;
  const float* before;
  float* after;
  const float* carry_before;
  float* carry_after;
  float* kept;
  const std::uint8_t* valid;

  bool skips(std::int64_t row) const { return valid && !valid[row]; }
};

// The arrays of `Backward` and `Loop` at one step; rows are those of the batch.
struct BackwardStep {
  const float* before;
  const float* after;
  const float* carry_before;
  const float* carry_after;
  const float* kept;
  const float* d_after;
  float* d_projected;
  const std::uint8_t* valid;

  bool skips(std::int64_t row) const { return valid && !valid[row]; }
};

// The products of the rows of a thread with the weights of a chunk of units: that of
// gate `g` and unit `unit + u` is `products[row * stride + g * units + u]`.
struct Block {
  std::int64_t row, rows, unit, units;
  const float* products;
  std::int64_t stride;
};

// Calls `body(column, lanes)` for each vector of `count` columns.
template <class Body>
inline void for_each_vector(std::int64_t count, Body body) {
  std::int64_t column = 0;
  for (; column + kLanes <= count; column += kLanes) body(column, AllLanes(kLanes));
  if (column < count) body(column, FirstLanes(count - column));
}

// The room that `multiply_chunks` needs for products of so many rows.
inline std::int64_t product_numbers(const ForwardWeights& weights, std::int64_t rows) {
  const std::int64_t units = smaller(weights.chunk_units(), weights.units);
  return rows * padded(weights.gates * units);
}

// Multiplies rows of `seen` with packed weights and hands them out chunk by chunk.
template <class Finish>
inline void multiply_chunks(const ForwardWeights& weights, const float* packed,
                            const float* seen, RowRange range, float* products,
                            Finish finish) {
  const std::int64_t units = weights.units, chunk = weights.chunk_units();
  for (std::int64_t unit = 0; unit < units; unit += chunk) {
    const std::int64_t here = smaller(chunk, units - unit);
    const std::int64_t columns = padded(weights.gates * here);
    multiply({seen, units}, range.count(), packed, units, columns, products);
    finish(Block{range.first, range.count(), unit, here, products, columns});
    packed += units * columns;
  }
}

// Keeps the states in a skipped step, and leaves no number that a product of zero
// gradients with it could be spoilt by.
template <int kKept>
inline void skip(const ForwardStep& step, const Block& block, std::int64_t row,
                 std::int64_t all_units) {
  for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
    const std::int64_t unit = block.unit + column, at = row * all_units + unit;
    store(step.after + at, load(step.before + at, lanes), lanes);
    if (step.carry_after) {
      store(step.carry_after + at, load(step.carry_before + at, lanes), lanes);
    }
    if (!step.kept) return;
    for (int k = 0; k < kKept; ++k) {
      store(step.kept + (row * kKept + k) * all_units + unit, Vector{}, lanes);
    }
  });
}

// What the backward loop carries from a step to the one before, for the rows of a
// thread, and what it adds up. Rows have `stride` numbers, sums `units`.
struct BackwardState {
  std::int64_t first_row, units, stride;
  const float* dropout_mask;  // of the first row
  float* direct;              // gradient of the output, not through the weights
  float* d_seen;              // gradient of what the weights see of the output
  float* d_carry;
  float* d_product;           // of what the weights make, where not `d_projected`
  float* sums;

  // The gradient of the output of a step, `row` being one of the batch.
  template <class Lanes>
  Vector d_output(const BackwardStep& step, std::int64_t row, std::int64_t unit,
                  Lanes lanes) const {
    return load(step.d_after + row * units + unit, lanes) +
           d_before(row - first_row, unit, lanes);
  }

  // What it has through later steps, `row` being one of the thread.
  template <class Lanes>
  Vector d_before(std::int64_t row, std::int64_t unit, Lanes lanes) const {
    Vector d = load(d_seen + row * stride + unit, lanes);
    if (dropout_mask) d *= load(dropout_mask + row * units + unit, lanes);
    return d + load(direct + row * stride + unit, lanes);
  }
};

// Passes the gradient of the output on in a skipped step.
template <int kBlocks>
inline void skip(const BackwardStep& step, const BackwardState& state,
                 std::int64_t row) {
  for_each_vector(state.units, [&](std::int64_t unit, auto lanes) {
    const Vector d_output = state.d_output(step, row, unit, lanes);
    const std::int64_t own = (row - state.first_row) * state.stride + unit;
    store(state.direct + own, d_output, lanes);
    for (int k = 0; k < kBlocks; ++k) {
      float* d_projected = step.d_projected + (row * kBlocks + k) * state.units;
      store(d_projected + unit, Vector{}, lanes);
    }
  });
}

// Adds `addend` to a sum over steps and rows.
template <class Lanes>
inline void add(float* sum, Vector addend, Lanes lanes) {
  store(sum, load(sum, lanes) + addend, lanes);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
