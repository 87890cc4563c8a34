// The gated recurrent unit whose reset gate acts after the product. Gates z r h.
#pragma once

#include "activations.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

template <bool kBias>
struct GruResetAfter {
  static constexpr int kBlocks = 3;
  static constexpr bool kProductIsOfProjected = false;

  static void forward(const Loop& loop, const ForwardStep& step, const Block& block) {
    for (std::int64_t r = 0; r < block.rows; ++r) {
      const std::int64_t row = block.row + r;
      if (step.skips(row)) {
        skip<4>(step, block, row, loop.units);
        continue;
      }
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        forward(loop, step, block, r, column, lanes);
      });
    }
  }

  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, RowRange range) {
    for (std::int64_t row = range.first; row < range.last; ++row) {
      float* d_product = state.d_product + (row - range.first) * 3 * loop.units;
      if (step.skips(row)) {
        skip<3>(step, state, row);
        for (std::int64_t i = 0; i < 3 * loop.units; ++i) d_product[i] = 0.0f;
        continue;
      }
      for_each_vector(loop.units, [&](std::int64_t unit, auto lanes) {
        backward(loop, step, state, row, unit, d_product + unit, lanes);
      });
    }
  }

 private:
  template <class Lanes>
  static void forward(const Loop& loop, const ForwardStep& step, const Block& block,
                      std::int64_t r, std::int64_t column, Lanes lanes) {
    const std::int64_t units = loop.units, unit = block.unit + column;
    const std::int64_t row = block.row + r, at = row * units + unit;
    const float* products = block.products + r * block.stride + column;
    const float* projected = step.projected + row * 3 * units + unit;
    const auto product = [&](int gate) {
      Vector x = load(products + gate * block.units, lanes);
      if constexpr (kBias) x += load(loop.recurrent_bias + gate * units + unit, lanes);
      return x;
    };

    const Vector z = sigmoid(load(projected, lanes) + product(0));
    const Vector reset = sigmoid(load(projected + units, lanes) + product(1));
    const Vector product_candidate = product(2);
    const Vector candidate =
        tanh(load(projected + 2 * units, lanes) + reset * product_candidate);
    const Vector before = load(step.before + at, lanes);
    store(step.after + at, z * before + (1.0f - z) * candidate, lanes);
    if (!step.kept) return;
    float* kept = step.kept + row * 4 * units + unit;
    store(kept, z, lanes);
    store(kept + units, reset, lanes);
    store(kept + 2 * units, candidate, lanes);
    store(kept + 3 * units, product_candidate, lanes);
  }

  template <class Lanes>
  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, std::int64_t row, std::int64_t unit,
                       float* d_product, Lanes lanes) {
    const std::int64_t units = loop.units, at = row * units + unit;
    const std::int64_t own = (row - state.first_row) * state.stride + unit;
    const float* kept = step.kept + row * 4 * units + unit;
    const Vector z = load(kept, lanes), reset = load(kept + units, lanes);
    const Vector candidate = load(kept + 2 * units, lanes);
    const Vector product_candidate = load(kept + 3 * units, lanes);
    const Vector before = load(step.before + at, lanes);

    const Vector d_output = state.d_output(step, row, unit, lanes);
    const Vector d_z = d_output * (before - candidate) * z * (1.0f - z);
    const Vector d_candidate = d_output * (1.0f - z) * (1.0f - candidate * candidate);
    const Vector d_reset = d_candidate * product_candidate * reset * (1.0f - reset);
    const Vector d_product_candidate = d_candidate * reset;

    store(state.direct + own, d_output * z, lanes);
    float* d_projected = step.d_projected + row * 3 * units + unit;
    store(d_projected, d_z, lanes);
    store(d_projected + units, d_reset, lanes);
    store(d_projected + 2 * units, d_candidate, lanes);
    store(d_product, d_z, lanes);
    store(d_product + units, d_reset, lanes);
    store(d_product + 2 * units, d_product_candidate, lanes);

    float* sums = state.sums + unit;
    add(sums, d_z, lanes);
    add(sums + units, d_reset, lanes);
    add(sums + 2 * units, d_candidate, lanes);
    add(sums + 3 * units, d_product_candidate, lanes);
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
