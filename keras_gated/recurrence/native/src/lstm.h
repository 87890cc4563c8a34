// The long short-term memory, with peepholes or without. Gates i f c o.
#pragma once

#include "activations.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

template <bool kPeepholes>
struct Lstm {
  static constexpr int kBlocks = 4;
  static constexpr bool kProductIsOfProjected = true;

  static void forward(const Loop& loop, const ForwardStep& step, const Block& block) {
    const std::int64_t units = loop.units;
    for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
      const std::int64_t unit = block.unit + column;
      Vector to_i, to_f, to_o;
      if constexpr (kPeepholes) {
        to_i = load(loop.peepholes + unit, lanes);
        to_f = load(loop.peepholes + units + unit, lanes);
        to_o = load(loop.peepholes + 2 * units + unit, lanes);
      }
      for (std::int64_t r = 0; r < block.rows; ++r) {
        const std::int64_t row = block.row + r, at = row * units + unit;
        Vector carry = load(step.carry_before + at, lanes);
        if (step.skips(row)) {
          skip<4>(step, row, unit, units, lanes);
          store(step.carry_after + at, carry, lanes);
          continue;
        }
        const float* products = block.products + r * block.stride + column;
        const float* projected = step.projected + row * 4 * units + unit;
        const auto total = [&](int gate) {
          return load(projected + gate * units, lanes) +
                 load(products + gate * block.units, lanes);
        };
        Vector i = total(0), f = total(1), o = total(3);
        if constexpr (kPeepholes) {
          i += to_i * carry;
          f += to_f * carry;
        }
        i = sigmoid(i);
        f = sigmoid(f);
        const Vector candidate = tanh(total(2));
        carry = f * carry + i * candidate;
        if constexpr (kPeepholes) o += to_o * carry;
        o = sigmoid(o);
        store(step.carry_after + at, carry, lanes);
        store(step.after + at, o * tanh(carry), lanes);
        if (!step.kept) continue;
        float* kept = step.kept + row * 4 * units + unit;
        store(kept, i, lanes);
        store(kept + units, f, lanes);
        store(kept + 2 * units, candidate, lanes);
        store(kept + 3 * units, o, lanes);
      }
    });
  }

  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, RowRange range) {
    const std::int64_t units = loop.units;
    for_each_vector(units, [&](std::int64_t unit, auto lanes) {
      Vector to_i, to_f, to_o;
      if constexpr (kPeepholes) {
        to_i = load(loop.peepholes + unit, lanes);
        to_f = load(loop.peepholes + units + unit, lanes);
        to_o = load(loop.peepholes + 2 * units + unit, lanes);
      }
      Vector sums[7] = {};
      for (std::int64_t row = range.first; row < range.last; ++row) {
        const std::int64_t from = row - range.first, at = row * units + unit;
        const Vector d_output =
            load(step.d_after + at, lanes) + state.d_output(loop, from, unit, lanes);
        if (step.skips(row)) {
          skip<4>(step, state, d_output, row, from, unit, units, lanes);
          continue;
        }
        const float* kept = step.kept + row * 4 * units + unit;
        const Vector i = load(kept, lanes), f = load(kept + units, lanes);
        const Vector candidate = load(kept + 2 * units, lanes);
        const Vector o = load(kept + 3 * units, lanes);
        const Vector carry_before = load(step.carry_before + at, lanes);
        const Vector carry_after = load(step.carry_after + at, lanes);
        const Vector squashed = tanh(carry_after);

        float* d_carry_at = state.d_carry + from * state.stride + unit;
        const Vector d_o = d_output * squashed * o * (1.0f - o);
        Vector d_carry = load(d_carry_at, lanes);
        d_carry += d_output * o * (1.0f - squashed * squashed);
        if constexpr (kPeepholes) d_carry += d_o * to_o;
        const Vector d_i = d_carry * candidate * i * (1.0f - i);
        const Vector d_f = d_carry * carry_before * f * (1.0f - f);
        const Vector d_candidate = d_carry * i * (1.0f - candidate * candidate);
        d_carry *= f;
        if constexpr (kPeepholes) d_carry += d_i * to_i + d_f * to_f;

        store(d_carry_at, d_carry, lanes);
        store(state.direct + from * state.stride + unit, Vector{}, lanes);
        float* d_projected = step.d_projected + row * 4 * units + unit;
        store(d_projected, d_i, lanes);
        store(d_projected + units, d_f, lanes);
        store(d_projected + 2 * units, d_candidate, lanes);
        store(d_projected + 3 * units, d_o, lanes);
        sums[0] += d_i;
        sums[1] += d_f;
        sums[2] += d_candidate;
        sums[3] += d_o;
        if constexpr (kPeepholes) {
          sums[4] += d_i * carry_before;
          sums[5] += d_f * carry_before;
          sums[6] += d_o * carry_after;
        }
      }
      for (int k = 0; k < (kPeepholes ? 7 : 4); ++k) {
        add(state.sums + k * units + unit, sums[k], lanes);
      }
    });
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
