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
    const std::int64_t units = loop.units;
    for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
      const std::int64_t unit = block.unit + column;
      Vector bias[3];
      if constexpr (kBias) {
        for (int gate = 0; gate < 3; ++gate) {
          bias[gate] = load(loop.recurrent_bias + gate * units + unit, lanes);
        }
      }
      for (std::int64_t r = 0; r < block.rows; ++r) {
        const std::int64_t row = block.row + r, at = row * units + unit;
        if (step.skips(row)) {
          skip<4>(step, row, unit, units, lanes);
          continue;
        }
        const float* products = block.products + r * block.stride + column;
        const float* projected = step.projected + row * 3 * units + unit;
        const auto product = [&](int gate) {
          Vector x = load(products + gate * block.units, lanes);
          if constexpr (kBias) x += bias[gate];
          return x;
        };
        const Vector z = sigmoid(load(projected, lanes) + product(0));
        const Vector reset = sigmoid(load(projected + units, lanes) + product(1));
        const Vector product_candidate = product(2);
        const Vector candidate =
            tanh(load(projected + 2 * units, lanes) + reset * product_candidate);
        const Vector before = load(step.before + at, lanes);
        store(step.after + at, z * before + (1.0f - z) * candidate, lanes);
        if (!step.kept) continue;
        float* kept = step.kept + row * 4 * units + unit;
        store(kept, z, lanes);
        store(kept + units, reset, lanes);
        store(kept + 2 * units, candidate, lanes);
        store(kept + 3 * units, product_candidate, lanes);
      }
    });
  }

  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, RowRange range) {
    const std::int64_t units = loop.units;
    for_each_vector(units, [&](std::int64_t unit, auto lanes) {
      Vector sums[4] = {};
      for (std::int64_t row = range.first; row < range.last; ++row) {
        const std::int64_t from = row - range.first, at = row * units + unit;
        float* d_product = state.d_product + from * 3 * units + unit;
        const Vector d_output =
            load(step.d_after + at, lanes) + state.d_output(loop, from, unit, lanes);
        if (step.skips(row)) {
          skip<3>(step, state, d_output, row, from, unit, units, lanes);
          for (int gate = 0; gate < 3; ++gate) {
            store(d_product + gate * units, Vector{}, lanes);
          }
          continue;
        }
        const float* kept = step.kept + row * 4 * units + unit;
        const Vector z = load(kept, lanes), reset = load(kept + units, lanes);
        const Vector candidate = load(kept + 2 * units, lanes);
        const Vector product_candidate = load(kept + 3 * units, lanes);
        const Vector before = load(step.before + at, lanes);

        const Vector d_z = d_output * (before - candidate) * z * (1.0f - z);
        const Vector d_candidate =
            d_output * (1.0f - z) * (1.0f - candidate * candidate);
        const Vector d_reset =
            d_candidate * product_candidate * reset * (1.0f - reset);
        const Vector d_product_candidate = d_candidate * reset;

        store(state.direct + from * state.stride + unit, d_output * z, lanes);
        float* d_projected = step.d_projected + row * 3 * units + unit;
        store(d_projected, d_z, lanes);
        store(d_projected + units, d_reset, lanes);
        store(d_projected + 2 * units, d_candidate, lanes);
        store(d_product, d_z, lanes);
        store(d_product + units, d_reset, lanes);
        store(d_product + 2 * units, d_product_candidate, lanes);
        sums[0] += d_z;
        sums[1] += d_reset;
        sums[2] += d_candidate;
        sums[3] += d_product_candidate;
      }
      for (int k = 0; k < 4; ++k) {
        add(state.sums + k * units + unit, sums[k], lanes);
      }
    });
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
