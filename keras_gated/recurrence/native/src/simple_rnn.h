// The tanh unit.
#pragma once

#include "activations.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

struct SimpleRnn {
  static constexpr int kBlocks = 1;
  static constexpr bool kProductIsOfProjected = true;

  static void forward(const Loop& loop, const ForwardStep& step, const Block& block) {
    for (std::int64_t r = 0; r < block.rows; ++r) {
      const std::int64_t row = block.row + r;
      if (step.skips(row)) {
        skip<0>(step, block, row, loop.units);
        continue;
      }
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        const std::int64_t at = row * loop.units + block.unit + column;
        const Vector product = load(block.products + r * block.stride + column, lanes);
        store(step.after + at, tanh(load(step.projected + at, lanes) + product), lanes);
      });
    }
  }

  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, RowRange range) {
    for (std::int64_t row = range.first; row < range.last; ++row) {
      if (step.skips(row)) {
        skip<1>(step, state, row);
        continue;
      }
      for_each_vector(loop.units, [&](std::int64_t unit, auto lanes) {
        const std::int64_t at = row * loop.units + unit;
        const std::int64_t own = (row - state.first_row) * state.stride + unit;
        const Vector output = load(step.after + at, lanes);
        const Vector d_output = state.d_output(step, row, unit, lanes);
        const Vector d_total = d_output * (1.0f - output * output);
        store(state.direct + own, Vector{}, lanes);
        store(step.d_projected + at, d_total, lanes);
        add(state.sums + unit, d_total, lanes);
      });
    }
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
