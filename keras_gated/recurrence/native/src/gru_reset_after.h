// The gated recurrent unit whose reset gate acts after the product. Gates z r h.
#pragma once

#include "activations.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

template <bool kBias>
struct GruResetAfter {
  static void forward(const Loop& loop, const ForwardStep& step, const Block& block) {
    for (std::int64_t r = 0; r < block.rows; ++r) {
      if (step.skips(block.row + r)) {
        skip<4>(step, block, r);
        continue;
      }
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        forward(loop, step, block, r, column, lanes);
      });
    }
  }

  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, Range range) {
    for (std::int64_t row = range.first; row < range.last; ++row) {
      if (step.skips(row)) {
        skip<3>(step, state, row);
        continue;
      }
      for_each_vector(loop.units, [&](std::int64_t unit, auto lanes) {
        backward(loop, step, state, row, unit, lanes);
      });
    }
  }

 private:
  template <class Lanes>
  static void forward(const Loop& loop, const ForwardStep& step, const Block& block,
                      std::int64_t r, std::int64_t column, Lanes lanes) {
    const std::int64_t units = loop.units, unit = block.unit + column;
    const std::int64_t row = block.row + r;
    const auto projected = [&](int gate) {
      return block.projected(r, gate, column, lanes);
    };
    const auto product = [&](int gate) {
      Vector x = block.product(r, gate, column, lanes);
      if constexpr (kBias) x += load(loop.recurrent_bias + gate * units + unit, lanes);
      return x;
    };

    const Vector z = sigmoid(projected(0) + product(0));
    const Vector reset = sigmoid(projected(1) + product(1));
    const Vector product_candidate = product(2);
    const Vector candidate = tanh(projected(2) + reset * product_candidate);
    const Vector before = load(step.before + r * units + unit, lanes);
    step.put_output(row, r, unit, z * before + (1.0f - z) * candidate, lanes);
    if (!step.kept) return;
    Number* kept = step.kept + row * 4 * units + unit;
    store(kept, z, lanes);
    store(kept + units, reset, lanes);
    store(kept + 2 * units, candidate, lanes);
    store(kept + 3 * units, product_candidate, lanes);
  }

  template <class Lanes>
  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, std::int64_t row, std::int64_t unit,
                       Lanes lanes) {
    const std::int64_t units = loop.units, r = row - state.first_row;
    const Number* kept = step.kept + row * 4 * units + unit;
    const Vector z = load(kept, lanes), reset = load(kept + units, lanes);
    const Vector candidate = load(kept + 2 * units, lanes);
    const Vector product_candidate = load(kept + 3 * units, lanes);
    const Vector before = load(step.before.row(row) + unit, lanes);

    const Vector d_output = state.d_output(step, row, unit, lanes);
    const Vector d_z = d_output * (before - candidate) * z * (1.0f - z);
    const Vector d_candidate = d_output * (1.0f - z) * (1.0f - candidate * candidate);
    const Vector d_reset = d_candidate * product_candidate * reset * (1.0f - reset);
    const Vector d_product_candidate = d_candidate * reset;

    store(state.direct + r * state.stride + unit, d_output * z, lanes);
    Factor* d_projected = step.d_projected + r * step.d_stride + unit;
    store(d_projected, d_z, lanes);
    store(d_projected + units, d_reset, lanes);
    store(d_projected + 2 * units, d_candidate, lanes);
    Factor* d_product = step.d_product + r * step.d_stride + unit;
    store(d_product, d_z, lanes);
    store(d_product + units, d_reset, lanes);
    store(d_product + 2 * units, d_product_candidate, lanes);
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
