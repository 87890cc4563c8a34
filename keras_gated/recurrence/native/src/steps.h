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

// The products of some rows with the weights of a chunk of units: that of gate `g` and
// unit `unit + u` is `products[row * stride + g * units + u]`.
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

// Calls `body(row, rows)` for tiles of almost the same height.
template <class Body>
inline void for_each_tile(RowRange range, Body body) {
  const std::int64_t tiles = (range.count() + kTileRows - 1) / kTileRows;
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    const std::int64_t row = range.first + range.count() * tile / tiles;
    body(row, range.first + range.count() * (tile + 1) / tiles - row);
  }
}

// The room that `multiply_chunks` needs for products.
inline std::int64_t block_numbers(const ForwardWeights& weights) {
  return kTileRows * padded(weights.gates * smaller(weights.chunk_units(), weights.units));
}

// Multiplies rows of `seen` with packed weights and hands them out by blocks.
template <class Finish>
inline void multiply_chunks(const ForwardWeights& weights, const float* packed,
                            const float* seen, RowRange range, float* products,
                            Finish finish) {
  const std::int64_t units = weights.units, chunk = weights.chunk_units();
  for (std::int64_t unit = 0; unit < units; unit += chunk) {
    const std::int64_t here = smaller(chunk, units - unit);
    const std::int64_t columns = padded(weights.gates * here);
    for_each_tile(range, [&](std::int64_t row, std::int64_t rows) {
      multiply(static_cast<int>(rows), {seen + (row - range.first) * units, units},
               packed, units, columns / kLanes, products, columns);
      finish(Block{row, rows, unit, here, products, columns});
    });
    packed += units * columns;
  }
}

// Multiplies all rows with transposed weights.
inline void multiply_back(Rows rows, const float* packed, std::int64_t depth,
                          std::int64_t columns, RowRange range, float* to) {
  const std::int64_t panels = padded(columns) / kLanes;
  for (std::int64_t panel = 0; panel < panels; panel += 4) {
    for_each_tile(range, [&](std::int64_t row, std::int64_t count) {
      const std::int64_t at = row - range.first;
      multiply(static_cast<int>(count),
               {rows.first + at * rows.stride, rows.stride},
               packed + panel * depth * kLanes, depth, smaller(4, panels - panel),
               to + at * padded(columns) + panel * kLanes, padded(columns));
    });
  }
}

// Keeps the output in a skipped step, and leaves no number that a product of zero
// gradients with it could be spoilt by.
template <int kKept, class Lanes>
inline void skip(const ForwardStep& step, std::int64_t row, std::int64_t unit,
                 std::int64_t units, Lanes lanes) {
  const std::int64_t at = row * units + unit;
  store(step.after + at, load(step.before + at, lanes), lanes);
  if (!step.kept) return;
  for (int k = 0; k < kKept; ++k) {
    store(step.kept + (row * kKept + k) * units + unit, Vector{}, lanes);
  }
}

// What the backward loop carries from a step to the one before, for the rows of a
// thread, and what it adds up. Rows have `stride` numbers, sums `units`.
struct BackwardState {
  std::int64_t stride;
  const float* dropout_mask;  // of the first row
  float* direct;              // gradient of the output, not through the weights
  float* d_seen;              // gradient of what the weights see of the output
  float* d_carry;
  float* d_product;           // of what the weights make, where not `d_projected`
  float* sums;

  template <class Lanes>
  Vector d_output(const Loop& loop, std::int64_t row, std::int64_t unit,
                  Lanes lanes) const {
    Vector d = load(d_seen + row * stride + unit, lanes);
    if (dropout_mask) d *= load(dropout_mask + row * loop.units + unit, lanes);
    return d + load(direct + row * stride + unit, lanes);
  }
};

// Passes the gradient of the output on in a skipped step.
template <int kBlocks, class Lanes>
inline void skip(const BackwardStep& step, const BackwardState& state, Vector d_output,
                 std::int64_t row, std::int64_t from, std::int64_t unit,
                 std::int64_t units, Lanes lanes) {
  store(state.direct + from * state.stride + unit, d_output, lanes);
  for (int k = 0; k < kBlocks; ++k) {
    store(step.d_projected + (row * kBlocks + k) * units + unit, Vector{}, lanes);
  }
}

// Adds `addend` to a sum over steps and rows.
template <class Lanes>
inline void add(float* sum, Vector addend, Lanes lanes) {
  store(sum, load(sum, lanes) + addend, lanes);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
