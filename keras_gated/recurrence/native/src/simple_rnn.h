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
    const std::int64_t units = loop.units;
    for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
      for (std::int64_t r = 0; r < block.rows; ++r) {
        const std::int64_t row = block.row + r, unit = block.unit + column;
        const std::int64_t at = row * units + unit;
        if (step.skips(row)) {
          skip<0>(step, row, unit, units, lanes);
          continue;
        }
        const Vector product = load(block.products + r * block.stride + column, lanes);
        store(step.after + at, tanh(load(step.projected + at, lanes) + product), lanes);
      }
    });
  }

  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, RowRange range) {
    const std::int64_t units = loop.units;
    for_each_vector(units, [&](std::int64_t unit, auto lanes) {
      Vector sum = {};
      for (std::int64_t row = range.first; row < range.last; ++row) {
        const std::int64_t from = row - range.first, at = row * units + unit;
        const Vector d_output =
            load(step.d_after + at, lanes) + state.d_output(loop, from, unit, lanes);
        if (step.skips(row)) {
          skip<1>(step, state, d_output, row, from, unit, units, lanes);
          continue;
        }
        const Vector output = load(step.after + at, lanes);
        const Vector d_total = d_output * (1.0f - output * output);
        store(state.direct + from * state.stride + unit, Vector{}, lanes);
        store(step.d_projected + at, d_total, lanes);
        sum += d_total;
      }
      add(state.sums + unit, sum, lanes);
    });
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
