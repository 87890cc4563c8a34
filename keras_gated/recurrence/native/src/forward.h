// The forward loops: all steps of some rows.
#pragma once

#include "gru_reset_after.h"
#include "gru_reset_before.h"
#include "lstm.h"
#include "scratch.h"
#include "simple_rnn.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// The weights of the first product of a step; but of the candidate, all that there are.
inline ForwardWeights first_weights(const Loop& loop) {
  const int gates = loop.unit == Unit::gru_reset_before ? 2 : blocks(loop.unit);
  const std::int64_t stride = blocks(loop.unit) * loop.units;
  return {loop.recurrent_kernel, stride, 0, loop.units, gates};
}

inline ForwardWeights candidate_weights(const Loop& loop) {
  return {loop.recurrent_kernel, 3 * loop.units, 2 * loop.units, loop.units, 1};
}

struct ForwardScratch {
  float *seen, *products, *update, *left;
  std::int64_t size;

  ForwardScratch(const Loop& loop, std::int64_t rows, float* memory) {
    Scratch scratch(memory);
    const bool two_products = loop.unit == Unit::gru_reset_before;
    const std::int64_t numbers = rows * loop.units;
    seen = loop.dropout_mask ? scratch.take(numbers) : nullptr;
    products = scratch.take(product_numbers(first_weights(loop), rows));
    update = scratch.take(two_products ? numbers : 0);
    left = scratch.take(two_products ? numbers : 0);
    size = scratch.taken();
  }
};

inline ForwardStep forward_step(const Loop& loop, const Forward& forward,
                                std::int64_t t) {
  const std::int64_t numbers = loop.batch * loop.units;
  const int kept = kept_blocks(loop.unit);
  const bool lstm = loop.unit == Unit::lstm;
  ForwardStep step = {};
  step.projected = forward.projected + t * blocks(loop.unit) * numbers;
  step.before = t ? forward.outputs + (t - 1) * numbers : loop.first_output;
  step.after = forward.outputs + t * numbers;
  if (lstm) {
    // The carry may stand in one place for all steps.
    float* carries = forward.carries ? forward.carries : forward.last_carry;
    const std::int64_t stride = forward.carries ? numbers : 0;
    step.carry_before = t ? carries + (t - 1) * stride : loop.first_carry;
    step.carry_after = carries + t * stride;
  }
  step.kept = forward.kept && kept ? forward.kept + t * kept * numbers : nullptr;
  step.valid = loop.valid ? loop.valid + t * loop.batch : nullptr;
  return step;
}

inline void copy(const float* from, std::int64_t count, float* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = from[i];
}

// What the weights see of the outputs before a step, of the rows of the range.
inline const float* seen_outputs(const Loop& loop, const float* before, RowRange range,
                                 float* scratch) {
  const std::int64_t first = range.first * loop.units;
  if (!loop.dropout_mask) return before + first;
  for (std::int64_t i = 0; i < range.count() * loop.units; ++i) {
    scratch[i] = before[first + i] * loop.dropout_mask[first + i];
  }
  return scratch;
}

template <class Cell>
void forward_rows(const Loop& loop, const Forward& forward, const float* packed,
                  RowRange range, float* memory) {
  const ForwardScratch scratch(loop, range.count(), memory);
  const ForwardWeights weights = first_weights(loop);
  for (std::int64_t t = 0; t < loop.steps; ++t) {
    const ForwardStep step = forward_step(loop, forward, t);
    const float* seen = seen_outputs(loop, step.before, range, scratch.seen);
    multiply_chunks(weights, packed, seen, range, scratch.products,
                    [&](const Block& block) { Cell::forward(loop, step, block); });
  }
}

template <>
void forward_rows<GruResetBefore>(const Loop& loop, const Forward& forward,
                                  const float* packed, RowRange range, float* memory) {
  const ForwardScratch scratch(loop, range.count(), memory);
  const ForwardWeights first = first_weights(loop), second = candidate_weights(loop);
  for (std::int64_t t = 0; t < loop.steps; ++t) {
    const ForwardStep step = forward_step(loop, forward, t);
    const float* seen = seen_outputs(loop, step.before, range, scratch.seen);
    multiply_chunks(first, packed, seen, range, scratch.products,
                    [&](const Block& block) {
                      GruResetBefore::forward_gates(loop, step, block, seen,
                                                    scratch.update, scratch.left);
                    });
    multiply_chunks(second, packed + first.packed_numbers(), scratch.left, range,
                    scratch.products, [&](const Block& block) {
                      GruResetBefore::forward_candidate(loop, step, block,
                                                        scratch.update);
                    });
  }
}

inline void finish_carry(const Loop& loop, const Forward& forward, RowRange range) {
  const std::int64_t first = range.first * loop.units;
  const std::int64_t numbers = loop.batch * loop.units;
  const float* last = loop.first_carry;
  if (loop.steps && !forward.carries) return;
  if (loop.steps) last = forward.carries + (loop.steps - 1) * numbers;
  copy(last + first, range.count() * loop.units, forward.last_carry + first);
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
