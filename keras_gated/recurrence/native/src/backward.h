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

// Whether what the recurrent weights make has other gradients than the projected inputs.
inline bool has_d_product(const Loop& loop) {
  return loop.unit == Unit::gru_reset_after || loop.unit == Unit::mut1;
}

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
    const std::int64_t seen = seen_blocks(loop.unit) * loop.units;
    const std::int64_t capacity = chunk_capacity(loop, rows);
    const std::int64_t factors = capacity * gradient_stride(loop);
    const bool carry = has_carry(loop.unit);
    const bool waits = resets_before(loop.unit);
    const bool squashes = Parts(loop.unit).update.recurrent > 0;
    state.first_row = range.first;
    state.units = loop.units;
    state.seen = seen;
    state.stride = stride;
    state.seen_stride = padded(seen);
    state.dropout_mask =
        loop.dropout_mask ? loop.dropout_mask + range.first * loop.units : nullptr;
    state.direct = scratch.take(rows * state.seen_stride);
    state.d_seen = scratch.take(rows * state.seen_stride);
    state.d_carry = scratch.take(carry ? rows * stride : 0);
    state.d_left = scratch.take(waits ? rows * stride : 0);
    state.d_squashed = scratch.take(squashes ? rows * stride : 0);
    state.d_peepholes = scratch.take(peephole_numbers(loop));
    d_projected = scratch.take_factors(factors);
    d_product = has_d_product(loop) ? scratch.take_factors(factors) : nullptr;
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
    const std::int64_t width = carry_blocks(loop.unit) * units;
    const Number* after = backward.carries + t * loop.batch * width;
    step.carry_before = {t ? after - loop.batch * width : loop.first_carry, width};
    step.carry_after = {after, width};
  }
  const int kept = kept_blocks(loop.unit);
  step.kept = kept ? backward.kept + t * kept * numbers : nullptr;
  step.valid = loop.valid ? loop.valid + t : nullptr;
  step.valid_stride = loop.steps;
  return step;
}

// From the gradients of the last states, of which one that nobody has is zero.
inline void start(const Loop& loop, const Backward& backward, Range rows,
                  const BackwardState& state) {
  const std::int64_t units = loop.units, width = carry_blocks(loop.unit) * units;
  clear(state.direct, rows.count() * state.seen_stride);
  clear(state.d_seen, rows.count() * state.seen_stride);
  if (width) clear(state.d_carry, rows.count() * state.stride);
  for (std::int64_t r = 0; r < rows.count(); ++r) {
    const std::int64_t row = rows.first + r;
    float* direct = state.direct + r * state.seen_stride;
    if (backward.d_last_output) {
      copy(backward.d_last_output + row * units, units, direct);
    }
    if (width && backward.d_last_carry) {
      const Number* d_carry = backward.d_last_carry + row * width;
      copy(d_carry, units, state.d_carry + r * state.stride);
      copy(d_carry + units, width - units, direct + units);
    }
  }
  clear(state.d_peepholes, peephole_numbers(loop));
}

inline void finish(const Loop& loop, const Backward& backward, Range rows,
                   const BackwardState& state) {
  const std::int64_t units = loop.units, width = carry_blocks(loop.unit) * units;
  for (std::int64_t r = 0; r < rows.count(); ++r) {
    const std::int64_t row = rows.first + r;
    Number* d_output = backward.d_first_output + row * units;
    for_each_vector(units, [&](std::int64_t unit, auto lanes) {
      store(d_output + unit, state.d_before(r, unit, lanes), lanes);
    });
    if (!width) continue;
    Number* d_carry = backward.d_first_carry + row * width;
    copy(state.d_carry + r * state.stride, units, d_carry);
    for_each_vector(state.seen - units, [&](std::int64_t number, auto lanes) {
      const std::int64_t place = units + number;
      store(d_carry + place, state.d_behind(r, place, lanes), lanes);
    });
  }
}

// The derivative of a cell, called by its address as in forward.h.
using BackwardCell = void (*)(const Loop&, const BackwardStep&, const BackwardState&,
                              Range);

// The products of a step back: of the gradients of columns with recurrent weights.
struct ProductsBack {
  const BackwardWeights weights;
  const Factor* packed;
  std::int64_t row_count, stride;

  ProductsBack(const Loop& loop, const Factor* packed, Range rows, std::int64_t stride)
      : weights(loop), packed(packed), row_count(rows.count()), stride(stride) {}

  void to_gates(const BackwardStep& step, float* to) const {
    multiply_part(step, weights.parts.gates, 0, to);
  }
  void to_candidate(const BackwardStep& step, float* to) const {
    multiply_part(step, weights.parts.candidate, weights.candidate_at, to);
  }
  void to_update(const BackwardStep& step, float* to) const {
    if (!weights.parts.update.recurrent) return;
    multiply_part(step, weights.parts.update, weights.update_at, to);
  }

 private:
  void multiply_part(const BackwardStep& step, Part part, std::int64_t at,
                     float* to) const {
    const Factor* gradients = step.d_product ? step.d_product : step.d_projected;
    multiply({gradients + part.first * weights.units, step.d_stride}, row_count,
             packed + at, part.recurrent * weights.units, weights.seen, to, stride);
  }
};

// A step back, through one product or, without a cell for that, those of a unit whose
// reset gate acts before the product.
struct StepBack {
  BackwardCell cell;
  ResetCell reset_cell;

  void run(const Loop& loop, const BackwardStep& step, const BackwardState& state,
           Range rows, const ProductsBack& products) const {
    if (cell) {
      cell(loop, step, state, rows);
      return products.to_gates(step, state.d_seen);
    }
    reset_cell.backward_outer(loop, step, state, rows);
    products.to_candidate(step, state.d_left);
    reset_cell.backward_reset(loop, step, state, rows);
    products.to_gates(step, state.d_seen);
    products.to_update(step, state.d_squashed);
    reset_cell.backward_seen(loop, step, state, rows);
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
                          const StepBack& step_back) {
  const BackwardScratch scratch(loop, rows, memory);
  const BackwardState& state = scratch.state;
  const std::int64_t width = blocks(loop.unit) * loop.units;
  const std::int64_t stride = gradient_stride(loop);
  const std::int64_t capacity = chunk_capacity(loop, rows.count());
  const std::int64_t peepholes_at = GradientProducts(loop).numbers();
  const std::int64_t steps = chunk_steps(rows.count());
  const ProductsBack products(loop, packed, rows, state.seen_stride);
  clear(sums, sums_size(loop));
  clear_padding(scratch.d_projected, capacity, width);
  clear_padding(scratch.d_product, capacity, width);
  start(loop, backward, rows, state);
  for (std::int64_t end = loop.steps; end > 0; end -= steps) {
    const Range chunk = {greater(0, end - steps), end};
    const bool few = has_few_inputs(loop, rows, chunk);
    gather_factors(loop, backward, rows, chunk, few, scratch.gradients.factors);
    for (std::int64_t t = chunk.last - 1; t >= chunk.first; --t) {
      const std::int64_t at = (t - chunk.first) * rows.count() * stride;
      BackwardStep step = backward_step(loop, backward, t);
      step.d_stride = stride;
      step.d_projected = scratch.d_projected + at;
      if (scratch.d_product) step.d_product = scratch.d_product + at;
      step_back.run(loop, step, state, rows, products);
    }
    add_gradients(loop, scratch.gradients, scratch.d_projected, scratch.d_product, rows,
                  chunk, few, sums);
    move_sums(peephole_numbers(loop), state.d_peepholes, sums + peepholes_at);
    if (backward.d_inputs) {
      write_d_inputs(loop, backward, scratch, rows, chunk,
                     packed + products.weights.inputs_at);
    }
  }
  finish(loop, backward, rows, state);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
