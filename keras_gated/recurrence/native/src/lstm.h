// The long short-term memory, with peepholes or without. Gates i f c o.
#pragma once

#include <type_traits>

#include "activations.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

template <bool kPeepholes>
struct Lstm {
  static constexpr int kBlocks = 4;

  static void forward(const Loop& loop, const ForwardStep& step, const Block& block) {
    for (std::int64_t r = 0; r < block.rows; ++r) {
      if (step.skips(block.row + r)) {
        skip<4>(step, block, r);
        continue;
      }
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        forward_carry(loop, step, block, r, column, lanes);
      });
      for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
        forward_output(loop, step, block, r, column, lanes);
      });
    }
  }

  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, Range range) {
    for (std::int64_t row = range.first; row < range.last; ++row) {
      if (step.skips(row)) {
        skip<4>(step, state, row);
        continue;
      }
      for_each_vector(loop.units, [&](std::int64_t unit, auto lanes) {
        backward(loop, step, state, row, unit, lanes);
      });
    }
  }

 private:
  struct Peepholes {
    Vector to_i, to_f, to_o;

    template <class Lanes>
    Peepholes(const Loop& loop, std::int64_t unit, Lanes lanes) {
      to_i = load(loop.peepholes + unit, lanes);
      to_f = load(loop.peepholes + loop.units + unit, lanes);
      to_o = load(loop.peepholes + 2 * loop.units + unit, lanes);
    }
  };
  struct NoPeepholes {
    template <class Lanes>
    NoPeepholes(const Loop&, std::int64_t, Lanes) {}
  };
  using Weights = std::conditional_t<kPeepholes, Peepholes, NoPeepholes>;

  // The carry after the step. What needs it is left to `forward_output`: activations that
  // wait for one another keep a processor from overlapping those of the next vector.
  template <class Lanes>
  static void forward_carry(const Loop& loop, const ForwardStep& step, const Block& block,
                            std::int64_t r, std::int64_t column, Lanes lanes) {
    const std::int64_t units = loop.units, unit = block.unit + column;
    const std::int64_t row = block.row + r;
    const auto total = [&](int gate) { return block.total(r, gate, column, lanes); };
    [[maybe_unused]] const Weights peepholes(loop, unit, lanes);

    Vector carry = load(step.carry + r * units + unit, lanes);
    Vector i = total(0), f = total(1);
    if constexpr (kPeepholes) {
      i += peepholes.to_i * carry;
      f += peepholes.to_f * carry;
    }
    i = sigmoid(i);
    f = sigmoid(f);
    const Vector candidate = tanh(total(2));
    carry = f * carry + i * candidate;
    step.put_carry(row, r, unit, carry, lanes);
    if (!step.kept) return;
    Number* kept = step.kept + row * 4 * units + unit;
    store(kept, i, lanes);
    store(kept + units, f, lanes);
    store(kept + 2 * units, candidate, lanes);
  }

  template <class Lanes>
  static void forward_output(const Loop& loop, const ForwardStep& step,
                             const Block& block, std::int64_t r, std::int64_t column,
                             Lanes lanes) {
    const std::int64_t units = loop.units, unit = block.unit + column;
    const std::int64_t row = block.row + r;
    [[maybe_unused]] const Weights peepholes(loop, unit, lanes);

    const Vector carry = load(step.carry + r * units + unit, lanes);
    Vector o = block.total(r, 3, column, lanes);
    if constexpr (kPeepholes) o += peepholes.to_o * carry;
    o = sigmoid(o);
    step.put_output(row, r, unit, o * tanh(carry), lanes);
    if (step.kept) store(step.kept + (row * 4 + 3) * units + unit, o, lanes);
  }

  template <class Lanes>
  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, std::int64_t row, std::int64_t unit,
                       Lanes lanes) {
    const std::int64_t units = loop.units, at = row * units + unit;
    const std::int64_t r = row - state.first_row, own = r * state.stride + unit;
    const Number* kept = step.kept + row * 4 * units + unit;
    const Vector i = load(kept, lanes), f = load(kept + units, lanes);
    const Vector candidate = load(kept + 2 * units, lanes);
    const Vector o = load(kept + 3 * units, lanes);
    const Vector carry_before = load(step.carry_before + at, lanes);
    const Vector carry_after = load(step.carry_after + at, lanes);
    const Vector squashed = tanh(carry_after);
    [[maybe_unused]] const Weights peepholes(loop, unit, lanes);

    const Vector d_output = state.d_output(step, row, unit, lanes);
    const Vector d_o = d_output * squashed * o * (1.0f - o);
    Vector d_carry = load(state.d_carry + own, lanes);
    d_carry += d_output * o * (1.0f - squashed * squashed);
    if constexpr (kPeepholes) d_carry += d_o * peepholes.to_o;
    const Vector d_i = d_carry * candidate * i * (1.0f - i);
    const Vector d_f = d_carry * carry_before * f * (1.0f - f);
    const Vector d_candidate = d_carry * i * (1.0f - candidate * candidate);
    d_carry *= f;
    if constexpr (kPeepholes) d_carry += d_i * peepholes.to_i + d_f * peepholes.to_f;

    store(state.d_carry + own, d_carry, lanes);
    store(state.direct + own, Vector{}, lanes);
    Factor* d_projected = step.d_projected + r * step.d_stride + unit;
    store(d_projected, d_i, lanes);
    store(d_projected + units, d_f, lanes);
    store(d_projected + 2 * units, d_candidate, lanes);
    store(d_projected + 3 * units, d_o, lanes);

    if constexpr (kPeepholes) {
      float* sums = state.d_peepholes + unit;
      add(sums, d_i * carry_before, lanes);
      add(sums + units, d_f * carry_before, lanes);
      add(sums + 2 * units, d_o * carry_after, lanes);
    }
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
