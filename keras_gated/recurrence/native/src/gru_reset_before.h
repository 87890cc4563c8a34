// The gated recurrent unit whose reset gate acts before the product. Gates z r h.
//
// The candidate waits for the reset gates of all units, so a step has two halves.
#pragma once

#include "activations.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

struct GruResetBefore {
  static constexpr int kBlocks = 3;

  // Writes the update gates, and what the reset gates leave of `seen`, of the rows of
  // the range.
  static void forward_gates(const Loop& loop, const ForwardStep& step,
                            const Block& block, RowRange range, const float* seen,
                            float* update, float* left) {
    const std::int64_t units = loop.units;
    for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
      const std::int64_t unit = block.unit + column;
      for (std::int64_t r = 0; r < block.rows; ++r) {
        const std::int64_t row = block.row + r;
        const std::int64_t at = (row - range.first) * units + unit;
        const float* products = block.products + r * block.stride + column;
        const float* projected = step.projected + row * 3 * units + unit;
        const Vector z = sigmoid(load(projected, lanes) + load(products, lanes));
        const Vector reset = sigmoid(load(projected + units, lanes) +
                                     load(products + block.units, lanes));
        store(update + at, z, lanes);
        store(left + at, reset * load(seen + at, lanes), lanes);
        if (!step.kept || step.skips(row)) continue;
        float* kept = step.kept + row * 3 * units + unit;
        store(kept, z, lanes);
        store(kept + units, reset, lanes);
      }
    });
  }

  static void forward_candidate(const Loop& loop, const ForwardStep& step,
                                const Block& block, RowRange range,
                                const float* update) {
    const std::int64_t units = loop.units;
    for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
      const std::int64_t unit = block.unit + column;
      for (std::int64_t r = 0; r < block.rows; ++r) {
        const std::int64_t row = block.row + r, at = row * units + unit;
        if (step.skips(row)) {
          skip<3>(step, row, unit, units, lanes);
          continue;
        }
        const Vector product = load(block.products + r * block.stride + column, lanes);
        const float* projected = step.projected + (row * 3 + 2) * units + unit;
        const Vector candidate = tanh(load(projected, lanes) + product);
        const Vector z = load(update + (row - range.first) * units + unit, lanes);
        const Vector before = load(step.before + at, lanes);
        store(step.after + at, z * before + (1.0f - z) * candidate, lanes);
        if (step.kept) store(step.kept + (row * 3 + 2) * units + unit, candidate, lanes);
      }
    });
  }

  // The gradients of z and the candidate.
  static void backward_outer(const Loop& loop, const BackwardStep& step,
                             const BackwardState& state, RowRange range) {
    const std::int64_t units = loop.units;
    for_each_vector(units, [&](std::int64_t unit, auto lanes) {
      Vector sum_z = {}, sum_candidate = {};
      for (std::int64_t row = range.first; row < range.last; ++row) {
        const std::int64_t from = row - range.first, at = row * units + unit;
        const Vector d_output =
            load(step.d_after + at, lanes) + state.d_output(loop, from, unit, lanes);
        if (step.skips(row)) {
          skip<3>(step, state, d_output, row, from, unit, units, lanes);
          continue;
        }
        const float* kept = step.kept + row * 3 * units + unit;
        const Vector z = load(kept, lanes), candidate = load(kept + 2 * units, lanes);
        const Vector before = load(step.before + at, lanes);
        const Vector d_z = d_output * (before - candidate) * z * (1.0f - z);
        const Vector d_candidate =
            d_output * (1.0f - z) * (1.0f - candidate * candidate);
        store(state.direct + from * state.stride + unit, d_output * z, lanes);
        float* d_projected = step.d_projected + row * 3 * units + unit;
        store(d_projected, d_z, lanes);
        store(d_projected + 2 * units, d_candidate, lanes);
        sum_z += d_z;
        sum_candidate += d_candidate;
      }
      add(state.sums + unit, sum_z, lanes);
      add(state.sums + 2 * units + unit, sum_candidate, lanes);
    });
  }

  // The gradient of r, from that of what it leaves of `seen` in `d_product`, which
  // becomes that of `seen` itself.
  static void backward_reset(const Loop& loop, const BackwardStep& step,
                             const BackwardState& state, RowRange range) {
    const std::int64_t units = loop.units;
    for_each_vector(units, [&](std::int64_t unit, auto lanes) {
      Vector sum = {};
      for (std::int64_t row = range.first; row < range.last; ++row) {
        const std::int64_t from = row - range.first;
        if (step.skips(row)) continue;
        Vector seen = load(step.before + row * units + unit, lanes);
        if (state.dropout_mask) {
          seen *= load(state.dropout_mask + from * units + unit, lanes);
        }
        float* d_left_at = state.d_product + from * state.stride + unit;
        const Vector d_left = load(d_left_at, lanes);
        const Vector reset = load(step.kept + (row * 3 + 1) * units + unit, lanes);
        const Vector d_reset = d_left * seen * reset * (1.0f - reset);
        store(d_left_at, d_left * reset, lanes);
        store(step.d_projected + (row * 3 + 1) * units + unit, d_reset, lanes);
        sum += d_reset;
      }
      add(state.sums + units + unit, sum, lanes);
    });
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
