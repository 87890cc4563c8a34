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
  // Writes the update gates, and what the reset gates leave of `seen`; all three have
  // the rows of the block, and the latter two those of factors.
  static void forward_gates(const ForwardStep& step, const Block& block,
                            const Factor* seen, float* update, Factor* left) {
    const std::int64_t units = step.units, stride = whole_groups(units);
    for (std::int64_t r = 0; r < block.rows; ++r) {
      const std::int64_t row = block.row + r;
      const bool keep = step.kept && !step.skips(row);
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        const std::int64_t unit = block.unit + column, own = r * units + unit;
        const Vector z = sigmoid(block.total(r, 0, column, lanes));
        const Vector reset = sigmoid(block.total(r, 1, column, lanes));
        store(update + own, z, lanes);
        const std::int64_t factor = r * stride + unit;
        store(left + factor, reset * load(seen + factor, lanes), lanes);
        if (!keep) return;
        Number* kept = step.kept + row * 3 * units + unit;
        store(kept, z, lanes);
        store(kept + units, reset, lanes);
      });
    }
  }

  static void forward_candidate(const ForwardStep& step, const Block& block,
                                const float* update) {
    const std::int64_t units = step.units;
    for (std::int64_t r = 0; r < block.rows; ++r) {
      const std::int64_t row = block.row + r;
      if (step.skips(row)) {
        skip<3>(step, block, r);
        continue;
      }
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        const std::int64_t unit = block.unit + column, own = r * units + unit;
        const Vector candidate = tanh(block.total(r, 0, column, lanes));
        const Vector z = load(update + own, lanes);
        const Vector before = load(step.before + own, lanes);
        step.put_output(row, r, unit, z * before + (1.0f - z) * candidate, lanes);
        if (!step.kept) return;
        store(step.kept + (row * 3 + 2) * units + unit, candidate, lanes);
      });
    }
  }

  // The gradients of z and the candidate.
  static void backward_outer(const Loop& loop, const BackwardStep& step,
                             const BackwardState& state, Range range) {
    const std::int64_t units = loop.units;
    for (std::int64_t row = range.first; row < range.last; ++row) {
      if (step.skips(row)) {
        skip<3>(step, state, row);
        continue;
      }
      const std::int64_t r = row - state.first_row;
      for_each_vector(units, [&](std::int64_t unit, auto lanes) {
        const Number* kept = step.kept + row * 3 * units + unit;
        const Vector z = load(kept, lanes), candidate = load(kept + 2 * units, lanes);
        const Vector before = load(step.before.row(row) + unit, lanes);
        const Vector d_output = state.d_output(step, row, unit, lanes);
        store(state.direct + r * state.stride + unit, d_output * z, lanes);
        Factor* d_projected = step.d_projected + r * step.d_stride + unit;
        store(d_projected, d_output * (before - candidate) * z * (1.0f - z), lanes);
        store(d_projected + 2 * units,
              d_output * (1.0f - z) * (1.0f - candidate * candidate), lanes);
      });
    }
  }

  // The gradient of r, from that of what it leaves of `seen` in `d_left`, which becomes
  // that of `seen` itself.
  static void backward_reset(const Loop& loop, const BackwardStep& step,
                             const BackwardState& state, Range range) {
    const std::int64_t units = loop.units;
    for (std::int64_t row = range.first; row < range.last; ++row) {
      if (step.skips(row)) continue;
      const std::int64_t r = row - range.first;
      for_each_vector(units, [&](std::int64_t unit, auto lanes) {
        float* d_left_at = state.d_left + r * state.stride + unit;
        Vector seen = load(step.before.row(row) + unit, lanes);
        if (state.dropout_mask) {
          seen *= load(state.dropout_mask + r * units + unit, lanes);
        }
        const Vector d_left = load(d_left_at, lanes);
        const Vector reset = load(step.kept + (row * 3 + 1) * units + unit, lanes);
        store(d_left_at, d_left * reset, lanes);
        store(step.d_projected + r * step.d_stride + units + unit,
              d_left * seen * reset * (1.0f - reset), lanes);
      });
    }
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
