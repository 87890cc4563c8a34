// What one step of a unit reads and writes.
//
// `row` is one of the batch, `r` the same one counted from the first row of the thread.
#pragma once

#include "kernels.h"
#include "packing.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// The states at a step of an array (batch, steps, units), or of one (batch, units).
struct StatesAt {
  const Number* first;
  std::int64_t stride;

  const Number* row(std::int64_t row) const { return first + row * stride; }
};

// The arrays of `Forward` and `Loop` at one step, and those of the thread.
struct ForwardStep {
  std::int64_t units, carry_stride;
  const float* before;  // outputs of the thread's rows before the step
  float* after;         // ... and after it
  float* carry;         // carries of the thread's rows, before the step and then after it
  Number* outputs;
  std::int64_t outputs_stride;
  Number* carries;  // after the step; null where nobody wants them
  Number* kept;
  const std::uint8_t* valid;
  std::int64_t valid_stride;

  bool skips(std::int64_t row) const { return valid && !valid[row * valid_stride]; }

  template <class Lanes>
  void put_output(std::int64_t row, std::int64_t r, std::int64_t unit, Vector output,
                  Lanes lanes) const {
    store(after + r * units + unit, output, lanes);
    store(outputs + row * outputs_stride + unit, output, lanes);
  }
  // Number `place` of the carry of a row, which has all of its blocks.
  template <class Lanes>
  void put_carry(std::int64_t row, std::int64_t r, std::int64_t place, Vector x,
                 Lanes lanes) const {
    store(carry + r * carry_stride + place, x, lanes);
    if (carries) store(carries + row * carry_stride + place, x, lanes);
  }
};

// The arrays of `Backward` and `Loop` at one step, and those of the thread.
struct BackwardStep {
  StatesAt before;
  StatesAt after;
  StatesAt d_after;
  StatesAt carry_before;
  StatesAt carry_after;
  const Number* kept;
  Factor* d_projected;  // of the thread's rows
  Factor* d_product;    // ... what the weights make, where it is not `d_projected`
  std::int64_t d_stride;
  const std::uint8_t* valid;
  std::int64_t valid_stride;

  bool skips(std::int64_t row) const { return valid && !valid[row * valid_stride]; }
};

// The projected inputs of the rows of a thread and their products with the weights,
// both for a chunk of units, packed in the same way.
struct Block {
  std::int64_t row, rows, unit, units;
  const float* projected_inputs;
  std::int64_t projected_stride;
  const float* products;
  std::int64_t products_stride;

  template <class Lanes>
  Vector projected(std::int64_t r, int gate, std::int64_t column, Lanes lanes) const {
    return load(projected_inputs + r * projected_stride + gate * units + column, lanes);
  }
  template <class Lanes>
  Vector product(std::int64_t r, int gate, std::int64_t column, Lanes lanes) const {
    return load(products + r * products_stride + gate * units + column, lanes);
  }
  template <class Lanes>
  Vector total(std::int64_t r, int gate, std::int64_t column, Lanes lanes) const {
    return projected(r, gate, column, lanes) + product(r, gate, column, lanes);
  }
};

// Calls `body(column, lanes)` for each vector of `count` columns.
template <class Body>
inline void for_each_vector(std::int64_t count, Body body) {
  std::int64_t column = 0;
  for (; column + kLanes <= count; column += kLanes) body(column, AllLanes(kLanes));
  if (column < count) body(column, FirstLanes(count - column));
}

// Keeps the states in a skipped step, and leaves no number that a product of zero
// gradients with it could be spoilt by.
template <int kKept>
inline void skip(const ForwardStep& step, const Block& block, std::int64_t r) {
  const std::int64_t units = step.units, row = block.row + r;
  for_each_vector(block.units, [&](std::int64_t column, auto lanes) {
    const std::int64_t unit = block.unit + column, own = r * units + unit;
    step.put_output(row, r, unit, load(step.before + own, lanes), lanes);
    for (std::int64_t place = unit; place < step.carry_stride; place += units) {
      const float* before = step.carry + r * step.carry_stride + place;
      step.put_carry(row, r, place, load(before, lanes), lanes);
    }
    if (!step.kept) return;
    for (int k = 0; k < kKept; ++k) {
      store(step.kept + (row * kKept + k) * units + unit, Vector{}, lanes);
    }
  });
}

// What the backward loop carries from a step to the one before, for the rows of a
// thread, and what it adds up. Rows have `stride` numbers, those of what the weights see
// `seen_stride`, sums `units`.
struct BackwardState {
  std::int64_t first_row, units, seen, stride, seen_stride;
  const Number* dropout_mask;  // of the first row
  float* direct;              // gradient of what they see, not through the weights
  float* d_seen;              // gradient of it through the weights, under the mask
  float* d_carry;
  float* d_left;              // of what the reset gates leave of `seen`
  float* d_squashed;          // of what an update gate by itself sees
  float* d_peepholes;         // sums

  // The gradient of the output of a step.
  template <class Lanes>
  Vector d_output(const BackwardStep& step, std::int64_t row, std::int64_t unit,
                  Lanes lanes) const {
    return load(step.d_after.row(row) + unit, lanes) +
           d_before(row - first_row, unit, lanes);
  }

  // What it has through later steps.
  template <class Lanes>
  Vector d_before(std::int64_t r, std::int64_t unit, Lanes lanes) const {
    Vector d = load(d_seen + r * seen_stride + unit, lanes);
    if (dropout_mask) d *= load(dropout_mask + r * units + unit, lanes);
    return d + load(direct + r * seen_stride + unit, lanes);
  }

  // The gradient of number `place` of what they see, behind the output.
  template <class Lanes>
  Vector d_behind(std::int64_t r, std::int64_t place, Lanes lanes) const {
    const std::int64_t at = r * seen_stride + place;
    return load(d_seen + at, lanes) + load(direct + at, lanes);
  }
};

template <typename To>
inline void clear(To* numbers, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) put(0.0f, numbers[i]);
}

// Passes the gradients of the output, and of what else the weights see, on in a skipped
// step.
template <int kBlocks>
inline void skip(const BackwardStep& step, const BackwardState& state,
                 std::int64_t row) {
  const std::int64_t r = row - state.first_row, width = kBlocks * state.units;
  const std::int64_t at = r * step.d_stride;
  for_each_vector(state.units, [&](std::int64_t unit, auto lanes) {
    store(state.direct + r * state.seen_stride + unit,
          state.d_output(step, row, unit, lanes), lanes);
  });
  for_each_vector(state.seen - state.units, [&](std::int64_t number, auto lanes) {
    const std::int64_t place = state.units + number;
    store(state.direct + r * state.seen_stride + place, state.d_behind(r, place, lanes),
          lanes);
  });
  clear(step.d_projected + at, width);
  if (step.d_product) clear(step.d_product + at, width);
}

// Adds `addend` to a sum over steps and rows.
template <class Lanes>
inline void add(float* sum, Vector addend, Lanes lanes) {
  store(sum, load(sum, lanes) + addend, lanes);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
