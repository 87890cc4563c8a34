// The backward loops: all steps of some rows, the last one first.
#pragma once

#include "forward.h"
#include "weight_gradients.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// Rows of gradients of the projected inputs have so many numbers.
inline std::int64_t gradient_stride(const Loop& loop) {
  return whole_groups(blocks(loop.unit) * loop.units);
}

// The packed weights, those of the recurrent product in two parts: the gradients of the
// second one, which there is where the reset gate acts before the product, come first.
struct BackwardWeights {
  std::int64_t units, width, split, inputs_at;

  explicit BackwardWeights(const Loop& loop) {
    units = loop.units;
    width = blocks(loop.unit) * units;
    split = loop.unit == Unit::gru_reset_before ? 2 * units : width;
    inputs_at = second_at() + whole_groups(width - split) * padded(units);
  }
  std::int64_t second_at() const { return whole_groups(split) * padded(units); }
  std::int64_t packed_factors(const Loop& loop, bool to_inputs) const {
    return inputs_at + (to_inputs ? whole_groups(width) * padded(loop.features) : 0);
  }
  void pack_into(const Loop& loop, bool to_inputs, Factor* packed) const {
    pack_transposed(loop.recurrent_kernel, width, units, split, packed);
    pack_transposed(loop.recurrent_kernel + split, width, units, width - split,
                    packed + second_at());
    if (!to_inputs) return;
    pack_transposed(loop.kernel, width, loop.features, width, packed + inputs_at);
  }
};

struct BackwardScratch {
  BackwardState state;
  GradientScratch gradients;
  Factor *d_projected, *d_product;  // of a chunk
  float* d_inputs;                  // ...
  std::int64_t size;

  BackwardScratch(const Loop& loop, Range range, float* memory)
      : BackwardScratch(loop, range, Scratch(memory)) {}

 private:
  BackwardScratch(const Loop& loop, Range range, Scratch scratch)
      : gradients(loop, range.count(), scratch) {
    const std::int64_t rows = range.count(), stride = padded(loop.units);
    const std::int64_t capacity = chunk_capacity(loop, rows);
    const std::int64_t factors = capacity * gradient_stride(loop);
    const bool carry = has_carry(loop.unit);
    const bool after = loop.unit == Unit::gru_reset_after;
    const bool before = loop.unit == Unit::gru_reset_before;
    state.first_row = range.first;
    state.units = loop.units;
    state.stride = stride;
    state.dropout_mask =
        loop.dropout_mask ? loop.dropout_mask + range.first * loop.units : nullptr;
    state.direct = scratch.take(rows * stride);
    state.d_seen = scratch.take(rows * stride);
    state.d_carry = scratch.take(carry ? rows * stride : 0);
    state.d_left = scratch.take(before ? rows * stride : 0);
    state.d_peepholes = scratch.take(peephole_numbers(loop));
    d_projected = scratch.take_factors(factors);
    d_product = after ? scratch.take_factors(factors) : nullptr;
    d_inputs = scratch.take(capacity * padded(loop.features));
    size = scratch.taken();
  }
};

inline BackwardStep backward_step(const Loop& loop, const Backward& backward,
                                  std::int64_t t) {
  const std::int64_t units = loop.units, numbers = loop.batch * units;
  const std::int64_t stride = loop.steps * units;
  BackwardStep step = {};
  step.before = {loop.first_output, units};
  if (t) step.before = {backward.outputs + (t - 1) * units, stride};
  step.after = {backward.outputs + t * units, stride};
  step.d_after = {backward.d_outputs + t * units, stride};
  if (has_carry(loop.unit)) {
    step.carry_before = t ? backward.carries + (t - 1) * numbers : loop.first_carry;
    step.carry_after = backward.carries + t * numbers;
  }
  const int kept = kept_blocks(loop.unit);
  step.kept = kept ? backward.kept + t * kept * numbers : nullptr;
  step.valid = loop.valid ? loop.valid + t : nullptr;
  step.valid_stride = loop.steps;
  return step;
}

// Copies rows of gradients, or zeros, to rows of `stride`.
inline void start(const Loop& loop, const Number* from, Range rows, std::int64_t stride,
                  float* to) {
  clear(to, rows.count() * stride);
  if (!from) return;
  for (std::int64_t r = 0; r < rows.count(); ++r) {
    copy(from + (rows.first + r) * loop.units, loop.units, to + r * stride);
  }
}

inline void start(const Loop& loop, const Backward& backward, Range rows,
                  const BackwardState& state) {
  start(loop, backward.d_last_output, rows, state.stride, state.direct);
  start(loop, nullptr, rows, state.stride, state.d_seen);
  if (has_carry(loop.unit)) {
    start(loop, backward.d_last_carry, rows, state.stride, state.d_carry);
  }
  clear(state.d_peepholes, peephole_numbers(loop));
}

inline void finish(const Loop& loop, const Backward& backward, Range rows,
                   const BackwardState& state) {
  for (std::int64_t r = 0; r < rows.count(); ++r) {
    const std::int64_t to = (rows.first + r) * loop.units;
    for_each_vector(loop.units, [&](std::int64_t unit, auto lanes) {
      store(backward.d_first_output + to + unit, state.d_before(r, unit, lanes), lanes);
    });
    if (has_carry(loop.unit)) {
      copy(state.d_carry + r * state.stride, loop.units, backward.d_first_carry + to);
    }
  }
}

// The derivative of a cell, called by its address as in forward.h.
using BackwardCell = void (*)(const Loop&, const BackwardStep&, const BackwardState&,
                              Range);

// A step back, through one product or, without a cell, the two of the unit whose reset
// gate acts before the product.
struct StepBack {
  BackwardCell cell;

  void run(const Loop& loop, const BackwardStep& step, const BackwardState& state,
           Range rows, const Factor* packed) const {
    if (!cell) return run_two(loop, step, state, rows, packed);
    cell(loop, step, state, rows);
    const std::int64_t depth = blocks(loop.unit) * loop.units;
    const Factor* gradients = step.d_product ? step.d_product : step.d_projected;
    multiply({gradients, step.d_stride}, rows.count(), packed, depth, loop.units,
             state.d_seen, state.stride);
  }

 private:
  static void run_two(const Loop& loop, const BackwardStep& step,
                      const BackwardState& state, Range rows, const Factor* packed) {
    const std::int64_t units = loop.units;
    const Factor* packed_candidate = packed + BackwardWeights(loop).second_at();
    GruResetBefore::backward_outer(loop, step, state, rows);
    multiply({step.d_projected + 2 * units, step.d_stride}, rows.count(),
             packed_candidate, units, units, state.d_left, state.stride);
    GruResetBefore::backward_reset(loop, step, state, rows);
    multiply({step.d_projected, step.d_stride}, rows.count(), packed, 2 * units, units,
             state.d_seen, state.stride);
    for (std::int64_t i = 0; i < rows.count() * state.stride; ++i) {
      state.d_seen[i] += state.d_left[i];
    }
  }
};

// The gradients of the inputs of a chunk.
inline void write_d_inputs(const Loop& loop, const Backward& backward,
                           const BackwardScratch& scratch, Range rows, Range steps,
                           const Factor* packed) {
  const std::int64_t depth = blocks(loop.unit) * loop.units;
  const std::int64_t stride = padded(loop.features);
  multiply({scratch.d_projected, gradient_stride(loop)}, rows.count() * steps.count(),
           packed, depth, loop.features, scratch.d_inputs, stride);
  for_each_row(rows, steps, [&](std::int64_t row, std::int64_t r, std::int64_t t) {
    Number* place = backward.d_inputs + (row * loop.steps + t) * loop.features;
    copy(scratch.d_inputs + r * stride, loop.features, place);
  });
}

inline void move_sums(std::int64_t count, float* from, float* to) {
  for (std::int64_t i = 0; i < count; ++i) {
    to[i] += from[i];
    from[i] = 0.0f;
  }
}

inline void backward_rows(const Loop& loop, const Backward& backward,
                          const Factor* packed, Range rows, float* memory, float* sums,
                          StepBack step_back) {
  const BackwardScratch scratch(loop, rows, memory);
  const BackwardState& state = scratch.state;
  const std::int64_t width = blocks(loop.unit) * loop.units;
  const std::int64_t stride = gradient_stride(loop);
  const std::int64_t capacity = chunk_capacity(loop, rows.count());
  const std::int64_t peepholes_at = GradientProducts(loop).numbers();
  const std::int64_t steps = chunk_steps(rows.count());
  clear(sums, sums_size(loop));
  clear_padding(scratch.d_projected, capacity, width);
  clear_padding(scratch.d_product, capacity, width);
  start(loop, backward, rows, state);
  for (std::int64_t end = loop.steps; end > 0; end -= steps) {
    const Range chunk = {greater(0, end - steps), end};
    gather_factors(loop, backward, rows, chunk, scratch.gradients.factors);
    for (std::int64_t t = chunk.last - 1; t >= chunk.first; --t) {
      const std::int64_t at = (t - chunk.first) * rows.count() * stride;
      BackwardStep step = backward_step(loop, backward, t);
      step.d_stride = stride;
      step.d_projected = scratch.d_projected + at;
      if (scratch.d_product) step.d_product = scratch.d_product + at;
      step_back.run(loop, step, state, rows, packed);
    }
    add_gradients(loop, scratch.gradients, scratch.d_projected, scratch.d_product,
                  chunk.count() * rows.count(), sums);
    move_sums(peephole_numbers(loop), state.d_peepholes, sums + peepholes_at);
    if (backward.d_inputs) {
      write_d_inputs(loop, backward, scratch, rows, chunk,
                     packed + BackwardWeights(loop).inputs_at);
    }
  }
  finish(loop, backward, rows, state);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
