// The forward loops: all steps of some rows.
#pragma once

#include <utility>

#include "chunks.h"
#include "few_inputs.h"
#include "gru_reset_after.h"
#include "lstm.h"
#include "parts.h"
#include "product.h"
#include "reset_before.h"
#include "scratch.h"
#include "simple_rnn.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// Whether the weights see other numbers than the outputs before a step.
inline bool sees_others(const Loop& loop) {
  return loop.dropout_mask || kTerms > 1 || seen_blocks(loop.unit) > 1;
}

struct ForwardScratch {
  Factor* inputs;                                             // of a chunk
  float *projected, *projected_candidate, *projected_update;  // ...
  float *before, *after, *carry, *update;                     // of a step
  Factor *seen, *left, *squashed;  // ... what goes into its products
  float* products;                 // of a chunk of units
  std::int64_t size;

  ForwardScratch(const Loop& loop, std::int64_t rows, float* memory) {
    Scratch scratch(memory);
    const AllStepWeights weights(loop);
    const bool waits = resets_before(loop.unit);
    const bool squashes = Parts(loop.unit).update.recurrent > 0;
    const std::int64_t capacity = chunk_capacity(loop, rows);
    const std::int64_t numbers = rows * loop.units;
    const std::int64_t factors = rows * whole_groups(loop.units);
    const auto take_projected = [&](const StepWeights& part) {
      return scratch.take(capacity * part.inputs.packed_columns());
    };
    inputs = scratch.take_factors(capacity * whole_groups(input_numbers(loop)));
    projected = take_projected(weights.gates);
    projected_candidate = take_projected(weights.candidate);
    projected_update = take_projected(weights.update);
    before = scratch.take(numbers);
    after = scratch.take(numbers);
    carry = scratch.take(numbers * carry_blocks(loop.unit));
    const std::int64_t all = whole_groups(seen_blocks(loop.unit) * loop.units);
    seen = scratch.take_factors(sees_others(loop) ? rows * all : 0);
    update = scratch.take(waits ? numbers : 0);
    left = scratch.take_factors(waits ? factors : 0);
    squashed = scratch.take_factors(squashes ? factors : 0);
    products = scratch.take(rows * greater(weights.gates.product_columns(),
                                           weights.candidate.product_columns()));
    size = scratch.taken();
  }
};

inline ForwardStep forward_step(const Loop& loop, const Forward& forward,
                                std::int64_t t) {
  const std::int64_t numbers = loop.batch * loop.units;
  const std::int64_t carries = carry_blocks(loop.unit) * numbers;
  ForwardStep step = {};
  step.units = loop.units;
  step.carry_stride = carry_blocks(loop.unit) * loop.units;
  step.outputs = forward.outputs + t * loop.units;
  step.outputs_stride = loop.steps * loop.units;
  step.carries = forward.carries ? forward.carries + t * carries : nullptr;
  const int kept = kept_blocks(loop.unit);
  step.kept = forward.kept && kept ? forward.kept + t * kept * numbers : nullptr;
  step.valid = loop.valid ? loop.valid + t : nullptr;
  step.valid_stride = loop.steps;
  return step;
}

// Puts a one, if there is a bias, and the inputs of the rows of a chunk side by side.
// Inputs of skipped steps are not read.
inline void gather_inputs(const Loop& loop, Range rows, Range steps, Factor* to) {
  const std::int64_t count = input_numbers(loop), ones = count - loop.features;
  const std::int64_t stride = whole_groups(count);
  for_each_row(rows, steps, [&](std::int64_t row, std::int64_t r, std::int64_t t) {
    Factor* place = to + r * stride;
    if (ones) put(1.0f, place[0]);
    clear(place + count, stride - count);
    if (is_valid(loop, row, t)) {
      copy(inputs_at(loop, row, t), loop.features, place + ones);
    } else {
      clear(place + ones, loop.features);
    }
  });
}

// Projects rows of inputs; the result has the columns that the weights are packed in.
inline void project(const ForwardWeights& weights, const Factor* packed,
                    const Factor* inputs, std::int64_t row_count, bool few,
                    float* projected) {
  if (few) return look_up(weights, packed, inputs, row_count, projected);
  const std::int64_t depth = weights.depth(), stride = weights.packed_columns();
  for_each_chunk(weights, [&](std::int64_t, std::int64_t here) {
    const std::int64_t columns = padded(weights.gates * here);
    multiply({inputs, whole_groups(depth)}, row_count, packed, depth, columns,
             projected, stride);
    packed += whole_groups(depth) * columns;
    projected += columns;
  });
}

// Multiplies rows of `seen` with the packed recurrent weights, if there are any, and
// hands them out chunk by chunk.
template <class Finish>
inline void multiply_chunks(const StepWeights& weights, const Factor* packed,
                            const Factor* seen, Range rows, const float* projected,
                            float* products, Finish finish) {
  const std::int64_t depth = weights.recurrent.depth();
  const std::int64_t stride = weights.inputs.packed_columns();
  const std::int64_t factors = whole_groups(depth);
  for_each_chunk(weights.inputs, [&](std::int64_t unit, std::int64_t here) {
    const std::int64_t columns = padded(weights.inputs.gates * here);
    if (weights.recurrent.gates) {
      multiply({seen, factors}, rows.count(), packed, depth, columns, products, columns);
    }
    finish(Block{rows.first, rows.count(), unit, here, projected, stride, products,
                 columns});
    packed += factors * columns;
    projected += columns;
  });
}

// What the weights see of the states before a step: the outputs, and the carries without
// the cell states.
inline const Factor* seen_states(const Loop& loop, Range rows,
                                 const ForwardScratch& scratch) {
  if (!sees_others(loop)) return as_factors(scratch.before);
  const std::int64_t units = loop.units, all = seen_blocks(loop.unit) * units;
  const std::int64_t stride = whole_groups(all);
  const Number* mask =
      loop.dropout_mask ? loop.dropout_mask + rows.first * units : nullptr;
  for (std::int64_t r = 0; r < rows.count(); ++r) {
    for_each_vector(units, [&](std::int64_t unit, auto lanes) {
      Vector output = load(scratch.before + r * units + unit, lanes);
      if (mask) output *= load(mask + r * units + unit, lanes);
      store(scratch.seen + r * stride + unit, output, lanes);
    });
    for_each_vector(all - units, [&](std::int64_t number, auto lanes) {
      const std::int64_t place = units + number;
      const Vector behind = load(scratch.carry + r * all + place, lanes);
      store(scratch.seen + r * stride + place, behind, lanes);
    });
  }
  return scratch.seen;
}

// The packed weights of a product of a step, and the projected inputs of a chunk.
struct Product {
  StepWeights weights;
  const Factor* packed;
  float* projected;

  void project_chunk(const Factor* inputs, std::int64_t row_count, bool few) const {
    project(weights.inputs, packed, inputs, row_count, few, projected);
  }
  // The products of a step that begins at row `r` of the chunk.
  template <class Finish>
  void multiply_step(const Factor* seen, Range rows, std::int64_t r, float* products,
                     Finish finish) const {
    multiply_chunks(weights, packed + weights.inputs.packed_factors(), seen, rows,
                    projected + r * weights.inputs.packed_columns(), products, finish);
  }
};

// What a cell makes of the products of a step. Called by its address, so that the loop
// around it is compiled once for all units.
using ForwardCell = void (*)(const Loop&, const ForwardStep&, const Block&);

struct OneProduct {
  Product all;
  ForwardCell cell;

  OneProduct(const Loop& loop, const ForwardScratch& scratch, const Factor* packed,
             ForwardCell cell)
      : all{AllStepWeights(loop).gates, packed, scratch.projected}, cell(cell) {}

  void project_chunk(const Factor* inputs, std::int64_t row_count, bool few) const {
    all.project_chunk(inputs, row_count, few);
  }
  void run(const Loop& loop, const ForwardStep& step, const ForwardScratch& scratch,
           const Factor* seen, Range rows, std::int64_t r) const {
    all.multiply_step(seen, rows, r, scratch.products,
                      [&](const Block& block) { cell(loop, step, block); });
  }
};

// Those of the units whose reset gate acts before the product.
struct SeveralProducts {
  Product gates, candidate, update;
  ResetCell cell;

  SeveralProducts(const Loop& loop, const ForwardScratch& scratch, const Factor* packed,
                  const ResetCell& cell)
      : SeveralProducts(AllStepWeights(loop), scratch, packed, cell) {}

  void project_chunk(const Factor* inputs, std::int64_t row_count, bool few) const {
    gates.project_chunk(inputs, row_count, few);
    candidate.project_chunk(inputs, row_count, few);
    update.project_chunk(inputs, row_count, few);
  }
  void run(const Loop& loop, const ForwardStep& step, const ForwardScratch& scratch,
           const Factor* seen, Range rows, std::int64_t r) const {
    if (cell.forward_squashed) {
      cell.forward_squashed(loop, step, rows, scratch.squashed);
    }
    if (cell.forward_update) {
      update.multiply_step(
          scratch.squashed, rows, r, scratch.products,
          [&](const Block& block) { cell.forward_update(step, block, scratch.update); });
    }
    gates.multiply_step(seen, rows, r, scratch.products, [&](const Block& block) {
      cell.forward_gates(step, block, seen, scratch.update, scratch.left);
    });
    candidate.multiply_step(
        scratch.left, rows, r, scratch.products, [&](const Block& block) {
          cell.forward_candidate(loop, step, block, scratch.update);
        });
  }

 private:
  SeveralProducts(const AllStepWeights& weights, const ForwardScratch& scratch,
                  const Factor* packed, const ResetCell& cell)
      : gates{weights.gates, packed, scratch.projected},
        candidate{weights.candidate, packed + weights.candidate_at(),
                  scratch.projected_candidate},
        update{weights.update, packed + weights.update_at(), scratch.projected_update},
        cell(cell) {}
};

template <class Products, class Cell>
void forward_rows(const Loop& loop, const Forward& forward, const Factor* packed,
                  Range rows, float* memory, const Cell& cell) {
  ForwardScratch scratch(loop, rows.count(), memory);
  const Products products(loop, scratch, packed, cell);
  const std::int64_t first = rows.first * loop.units, count = rows.count() * loop.units;
  const std::int64_t steps = chunk_steps(rows.count());
  const std::int64_t carries = carry_blocks(loop.unit);
  copy(loop.first_output + first, count, scratch.before);
  copy(loop.first_carry + carries * first, carries * count, scratch.carry);
  clear_padding(scratch.seen, rows.count(), seen_blocks(loop.unit) * loop.units);
  clear_padding(scratch.left, rows.count(), loop.units);
  clear_padding(scratch.squashed, rows.count(), loop.units);
  for (std::int64_t start = 0; start < loop.steps; start += steps) {
    const Range chunk = {start, smaller(start + steps, loop.steps)};
    gather_inputs(loop, rows, chunk, scratch.inputs);
    products.project_chunk(scratch.inputs, chunk.count() * rows.count(),
                           has_few_inputs(loop, rows, chunk));
    for (std::int64_t t = chunk.first; t < chunk.last; ++t) {
      ForwardStep step = forward_step(loop, forward, t);
      step.before = scratch.before;
      step.after = scratch.after;
      step.carry = scratch.carry;
      const Factor* seen = seen_states(loop, rows, scratch);
      products.run(loop, step, scratch, seen, rows, (t - start) * rows.count());
      std::swap(scratch.before, scratch.after);
    }
  }
  copy(scratch.before, count, forward.last_output + first);
  copy(scratch.carry, carries * count, forward.last_carry + carries * first);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
