// The long short-term memory and its variants, with peepholes or without.
#pragma once

#include <type_traits>

#include "activations.h"
#include "lstm_variants.h"
#include "steps.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// tanh, or nothing.
template <bool kLinear>
inline Vector squashed(Vector x) {
  if constexpr (kLinear) {
    return x;
  } else {
    return tanh(x);
  }
}

// The gradient inside of it, from its value and the gradient of that.
template <bool kLinear>
inline Vector inside(Vector gradient, Vector value) {
  if constexpr (kLinear) {
    return gradient;
  } else {
    return gradient * (1.0f - value * value);
  }
}

template <class Variant, bool kPeepholes>
struct Lstm {
  using At = Places<Variant>;

  static void forward(const Loop& loop, const ForwardStep& step, const Block& block) {
    for (std::int64_t r = 0; r < block.rows; ++r) {
      if (step.skips(block.row + r)) {
        skip<At::kKept>(step, block, r);
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
        skip<At::kColumns>(step, state, row);
        continue;
      }
      for_each_vector(loop.units, [&](std::int64_t unit, auto lanes) {
        backward(loop, step, state, row, unit, lanes);
      });
    }
  }

 private:
  // The gate with the peepholes of a row, which sees `carry`, from its sum.
  template <class Lanes>
  static Vector opened(const Loop& loop, int peepholes, Vector total, Vector carry,
                       std::int64_t unit, Lanes lanes) {
    if constexpr (kPeepholes) total += to_gate(loop, peepholes, unit, lanes) * carry;
    return sigmoid(total);
  }
  template <class Lanes>
  static Vector to_gate(const Loop& loop, int peepholes, std::int64_t unit,
                        Lanes lanes) {
    return load(loop.peepholes + peepholes * loop.units + unit, lanes);
  }

  // Where the gate with the peepholes of a row stands in a carry that has gates.
  static std::int64_t carried(const Loop& loop, int peepholes, std::int64_t unit) {
    return (1 + peepholes) * loop.units + unit;
  }
  // Hands a gate on to the next step, or keeps it for the derivative.
  template <class Lanes>
  static void put_gate(const Loop& loop, const ForwardStep& step, std::int64_t row,
                       std::int64_t r, int gate, int peepholes, std::int64_t unit,
                       Vector opening, Lanes lanes) {
    if constexpr (Variant::kGatesSeen) {
      step.put_carry(row, r, carried(loop, peepholes, unit), opening, lanes);
    } else if (step.kept) {
      const std::int64_t kept = row * At::kKept + gate;
      store(step.kept + kept * loop.units + unit, opening, lanes);
    }
  }

  // The carry after the step. What needs it is left to `forward_output`: activations that
  // wait for one another keep a processor from overlapping those of the next vector.
  template <class Lanes>
  static void forward_carry(const Loop& loop, const ForwardStep& step, const Block& block,
                            std::int64_t r, std::int64_t column, Lanes lanes) {
    const std::int64_t units = loop.units, unit = block.unit + column;
    const std::int64_t row = block.row + r;
    const auto total = [&](int gate) { return block.total(r, gate, column, lanes); };

    const Vector before = load(step.carry + r * step.carry_stride + unit, lanes);
    const Vector candidate = squashed<Variant::kLinearCandidate>(total(At::kCandidate));
    [[maybe_unused]] Vector i, f;
    Vector entering = candidate, carry = before;
    if constexpr (Variant::kInputGate) {
      i = opened(loop, At::kInputRow, total(At::kInput), before, unit, lanes);
      entering = i * candidate;
    }
    if constexpr (Variant::kForgetGate) {
      f = opened(loop, At::kForgetRow, total(At::kForget), before, unit, lanes);
      carry = f * before;
    }
    if constexpr (Variant::kCoupled) carry = (1.0f - i) * before;
    step.put_carry(row, r, unit, carry + entering, lanes);
    if constexpr (Variant::kInputGate) {
      put_gate(loop, step, row, r, At::kInput, At::kInputRow, unit, i, lanes);
    }
    if constexpr (Variant::kForgetGate) {
      put_gate(loop, step, row, r, At::kForget, At::kForgetRow, unit, f, lanes);
    }
    if (!step.kept) return;
    const std::int64_t kept = row * At::kKept + At::kKeptCandidate;
    store(step.kept + kept * units + unit, candidate, lanes);
  }

  template <class Lanes>
  static void forward_output(const Loop& loop, const ForwardStep& step,
                             const Block& block, std::int64_t r, std::int64_t column,
                             Lanes lanes) {
    const std::int64_t unit = block.unit + column, row = block.row + r;

    const Vector carry = load(step.carry + r * step.carry_stride + unit, lanes);
    Vector output = squashed<Variant::kLinearOutput>(carry);
    if constexpr (Variant::kOutputGate) {
      const Vector total = block.total(r, At::kOutput, column, lanes);
      const Vector o = opened(loop, At::kOutputRow, total, carry, unit, lanes);
      output = o * output;
      put_gate(loop, step, row, r, At::kOutput, At::kOutputRow, unit, o, lanes);
    }
    step.put_output(row, r, unit, output, lanes);
  }

  template <class Lanes>
  static void backward(const Loop& loop, const BackwardStep& step,
                       const BackwardState& state, std::int64_t row, std::int64_t unit,
                       Lanes lanes) {
    const std::int64_t units = loop.units;
    const std::int64_t r = row - state.first_row, own = r * state.stride + unit;
    const auto kept = [&](int block) {
      return load(step.kept + (row * At::kKept + block) * units + unit, lanes);
    };
    [[maybe_unused]] const auto gate_after = [&](int gate, int peepholes) {
      if constexpr (Variant::kGatesSeen) {
        const Number* carry = step.carry_after.row(row);
        return load(carry + carried(loop, peepholes, unit), lanes);
      } else {
        return kept(gate);
      }
    };
    // The gradient inside of a gate, from that of what it opens for and, if the next step
    // sees it, from there.
    [[maybe_unused]] const auto inside_gate = [&](Vector d, Vector gate, int peepholes) {
      if constexpr (Variant::kGatesSeen) {
        const std::int64_t place = carried(loop, peepholes, unit);
        d += state.d_behind(r, place, lanes);
        store(state.direct + r * state.seen_stride + place, Vector{}, lanes);
      }
      return d * gate * (1.0f - gate);
    };
    const auto put = [&](int gate, Vector d) {
      store(step.d_projected + r * step.d_stride + gate * units + unit, d, lanes);
    };
    // What the peepholes of a row add to the gradient of the carry that they see.
    [[maybe_unused]] const auto through = [&](int peepholes, Vector d, Vector seen) {
      add(state.d_peepholes + peepholes * units + unit, d * seen, lanes);
      return d * to_gate(loop, peepholes, unit, lanes);
    };
    const Vector before = load(step.carry_before.row(row) + unit, lanes);
    const Vector after = load(step.carry_after.row(row) + unit, lanes);
    const Vector output = squashed<Variant::kLinearOutput>(after);
    const Vector candidate = kept(At::kKeptCandidate);

    Vector d_output = state.d_output(step, row, unit, lanes);
    Vector d_carry = load(state.d_carry + own, lanes);
    if constexpr (Variant::kOutputGate) {
      const Vector o = gate_after(At::kOutput, At::kOutputRow);
      const Vector d_o = inside_gate(d_output * output, o, At::kOutputRow);
      d_output *= o;
      put(At::kOutput, d_o);
      if constexpr (kPeepholes) d_carry += through(At::kOutputRow, d_o, after);
    }
    d_carry += inside<Variant::kLinearOutput>(d_output, output);

    Vector d_entering = d_carry, d_before = d_carry;
    if constexpr (Variant::kForgetGate) {
      const Vector f = gate_after(At::kForget, At::kForgetRow);
      const Vector d_f = inside_gate(d_carry * before, f, At::kForgetRow);
      d_before = d_carry * f;
      put(At::kForget, d_f);
      if constexpr (kPeepholes) d_before += through(At::kForgetRow, d_f, before);
    }
    if constexpr (Variant::kInputGate) {
      const Vector i = gate_after(At::kInput, At::kInputRow);
      const Vector opening = Variant::kCoupled ? candidate - before : candidate;
      const Vector d_i = inside_gate(d_carry * opening, i, At::kInputRow);
      d_entering = d_carry * i;
      if constexpr (Variant::kCoupled) d_before = d_carry * (1.0f - i);
      put(At::kInput, d_i);
      if constexpr (kPeepholes) d_before += through(At::kInputRow, d_i, before);
    }
    put(At::kCandidate, inside<Variant::kLinearCandidate>(d_entering, candidate));

    store(state.d_carry + own, d_before, lanes);
    store(state.direct + r * state.seen_stride + unit, Vector{}, lanes);
  }
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
