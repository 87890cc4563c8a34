// The tanh unit.
#pragma once

#include "activations.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

struct SimpleRnn {
  static void forward(const Loop&, const ForwardStep& step, const Block& block) {
    for (std::int64_t r = 0; r < block.rows; ++r) {
      const std::int64_t row = block.row + r;
      if (step.skips(row)) {
        skip<0>(step, block, r);
        continue;
      }
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        const Vector output = tanh(block.total(r, 0, column, lanes));
        step.put_output(row, r, block.unit + column, output, lanes);
      });
    }
  }

  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, Range range) {
    for (std::int64_t row = range.first; row < range.last; ++row) {
      if (step.skips(row)) {
        skip<1>(step, state, row);
        continue;
      }
      const std::int64_t r = row - state.first_row;
      for_each_vector(loop.units, [&](std::int64_t unit, auto lanes) {
        const Vector output = load(step.after.row(row) + unit, lanes);
        const Vector d_output = state.d_output(step, row, unit, lanes);
        store(state.direct + r * state.stride + unit, Vector{}, lanes);
        store(step.d_projected + r * step.d_stride + unit,
              d_output * (1.0f - output * output), lanes);
      });
    }
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
