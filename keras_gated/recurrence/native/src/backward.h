// The backward loops: all steps of some rows, the last one first.
#pragma once

#include "forward.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// Sums over very many addends lose digits: every so many steps they are put aside.
constexpr std::int64_t kStepsOfSums = 32;

struct BackwardScratch {
  BackwardState state;
  std::int64_t size;

  BackwardScratch(const Loop& loop, RowRange range, float* memory) {
    Scratch scratch(memory);
    const std::int64_t rows = range.count(), stride = padded(loop.units);
    const bool lstm = loop.unit == Unit::lstm;
    const bool after = loop.unit == Unit::gru_reset_after;
    const bool before = loop.unit == Unit::gru_reset_before;
    state.first_row = range.first;
    state.units = loop.units;
    state.stride = stride;
    state.dropout_mask =
        loop.dropout_mask ? loop.dropout_mask + range.first * loop.units : nullptr;
    state.direct = scratch.take(rows * stride);
    state.d_seen = scratch.take(rows * stride);
    state.d_carry = scratch.take(lstm ? rows * stride : 0);
    state.d_product =
        scratch.take(after ? rows * 3 * loop.units : before ? rows * stride : 0);
    state.sums = scratch.take(sum_blocks(loop.unit) * loop.units);
    size = scratch.taken();
  }
};

inline BackwardStep backward_step(const Loop& loop, const Backward& backward,
                                  std::int64_t t) {
  const std::int64_t numbers = loop.batch * loop.units;
  BackwardStep step = {};
  step.before = t ? backward.outputs + (t - 1) * numbers : loop.first_output;
  step.after = backward.outputs + t * numbers;
  if (loop.unit == Unit::lstm) {
    step.carry_before = t ? backward.carries + (t - 1) * numbers : loop.first_carry;
    step.carry_after = backward.carries + t * numbers;
  }
  const int kept = kept_blocks(loop.unit);
  step.kept = kept ? backward.kept + t * kept * numbers : nullptr;
  step.d_after = backward.d_outputs + t * numbers;
  step.d_projected = backward.d_projected + t * blocks(loop.unit) * numbers;
  step.valid = loop.valid ? loop.valid + t * loop.batch : nullptr;
  return step;
}

// Copies rows of gradients, or zeros, to rows of `stride`.
inline void start(const Loop& loop, const float* from, RowRange range,
                  std::int64_t stride, float* to) {
  for (std::int64_t row = 0; row < range.count(); ++row) {
    for (std::int64_t unit = 0; unit < stride; ++unit) {
      const bool given = from && unit < loop.units;
      to[row * stride + unit] =
          given ? from[(range.first + row) * loop.units + unit] : 0.0f;
    }
  }
}

inline void start(const Loop& loop, const Backward& backward, RowRange range,
                  const BackwardState& state) {
  start(loop, backward.d_last_output, range, state.stride, state.direct);
  start(loop, nullptr, range, state.stride, state.d_seen);
  if (loop.unit == Unit::lstm) {
    start(loop, backward.d_last_carry, range, state.stride, state.d_carry);
  }
}

inline void finish(const Loop& loop, const Backward& backward, RowRange range,
                   const BackwardState& state) {
  for (std::int64_t row = 0; row < range.count(); ++row) {
    const std::int64_t to = (range.first + row) * loop.units;
    for_each_vector(loop.units, [&](std::int64_t unit, auto lanes) {
      store(backward.d_first_output + to + unit, state.d_before(row, unit, lanes),
            lanes);
    });
    if (loop.unit == Unit::lstm) {
      copy(state.d_carry + row * state.stride, loop.units, backward.d_first_carry + to);
    }
  }
}

inline void move_sums(std::int64_t count, float* from, float* to) {
  for (std::int64_t i = 0; i < count; ++i) {
    to[i] += from[i];
    from[i] = 0.0f;
  }
}

template <class Cell>
inline void step_back(const Loop& loop, const BackwardStep& step,
                      const BackwardState& state, RowRange range, const float* packed) {
  Cell::backward(loop, step, state, range);
  const std::int64_t depth = Cell::kBlocks * loop.units;
  const float* gradients = Cell::kProductIsOfProjected
                               ? step.d_projected + range.first * depth
                               : state.d_product;
  multiply({gradients, depth}, range.count(), packed, depth, loop.units, state.d_seen);
}

template <>
inline void step_back<GruResetBefore>(const Loop& loop, const BackwardStep& step,
                                      const BackwardState& state, RowRange range,
                                      const float* packed) {
  const std::int64_t units = loop.units;
  const float* d_projected = step.d_projected + range.first * 3 * units;
  const float* packed_candidate = packed + 2 * units * padded(units);
  GruResetBefore::backward_outer(loop, step, state, range);
  multiply({d_projected + 2 * units, 3 * units}, range.count(), packed_candidate, units,
           units, state.d_product);
  GruResetBefore::backward_reset(loop, step, state, range);
  multiply({d_projected, 3 * units}, range.count(), packed, 2 * units, units,
           state.d_seen);
  for (std::int64_t i = 0; i < range.count() * state.stride; ++i) {
    state.d_seen[i] += state.d_product[i];
  }
}

template <class Cell>
void backward_rows(const Loop& loop, const Backward& backward, const float* packed,
                   RowRange range, float* memory, float* sums) {
  const BackwardState state = BackwardScratch(loop, range, memory).state;
  const std::int64_t sum_count = sum_blocks(loop.unit) * loop.units;
  for (std::int64_t i = 0; i < sum_count; ++i) sums[i] = state.sums[i] = 0.0f;
  start(loop, backward, range, state);
  for (std::int64_t t = loop.steps - 1; t >= 0; --t) {
    step_back<Cell>(loop, backward_step(loop, backward, t), state, range, packed);
    if (t % kStepsOfSums == 0) move_sums(sum_count, state.sums, sums);
  }
  finish(loop, backward, range, state);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
