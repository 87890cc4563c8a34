// Recurrent layers over time: one call for a whole batch of sequences.
//
// What a call is made of stands in layout.py, from which layout.h is written. All numbers
// are row-major and without padding. The batch is split over threads; each runs all steps
// of its rows, some at a time, whose projected inputs and gradients never leave the cache.
// Numbers of another type than float32 are so in the arrays of a call only: states
// between steps and sums are float32.
#pragma once

#include <cstdint>

#include "layout.h"

namespace keras_gated {

// The types of numbers, by the names that they have outside. The upper half of a float32
// has the functions that need it in simd.h.
using float32 = float;
struct bfloat16 {
  std::uint16_t bits;
};

#define KERAS_GATED_COUNT(...) +1
#define KERAS_GATED_UNIT(name, ...) name,
#define KERAS_GATED_BLOCKS(name, ...) {__VA_ARGS__},
#define KERAS_GATED_POINTER(number, name, axes, given) number* name;

enum class Unit { KERAS_GATED_UNITS(KERAS_GATED_UNIT) };
constexpr int kUnits = KERAS_GATED_UNITS(KERAS_GATED_COUNT);

// Blocks of `units` columns, in the order of layout.py, which says what they are.
struct Blocks {
  int projected, recurrent, kept, peepholes, recurrent_bias, carry;
};
constexpr Blocks kBlocks[] = {KERAS_GATED_UNITS(KERAS_GATED_BLOCKS)};
constexpr const Blocks& all_blocks(Unit unit) { return kBlocks[static_cast<int>(unit)]; }

constexpr int blocks(Unit unit) { return all_blocks(unit).projected; }
constexpr int recurrent_blocks(Unit unit) { return all_blocks(unit).recurrent; }
constexpr int recurrent_bias_blocks(Unit unit) { return all_blocks(unit).recurrent_bias; }

// What is kept of a step for the derivative.
constexpr int kept_blocks(Unit unit) { return all_blocks(unit).kept; }

constexpr int peephole_rows(Unit unit) { return all_blocks(unit).peepholes; }

// The cell state, and behind it what else the recurrent weights see beside the output.
constexpr int carry_blocks(Unit unit) { return all_blocks(unit).carry; }
constexpr bool has_carry(Unit unit) { return carry_blocks(unit) > 0; }
constexpr int seen_blocks(Unit unit) { return has_carry(unit) ? carry_blocks(unit) : 1; }

// What both directions read. A pointer is null where there is no such array.
template <typename Number>
struct Loop {
  Unit unit;
  std::int64_t steps, batch, features, units;
  KERAS_GATED_LOOP(KERAS_GATED_POINTER)
  int threads;  // at most; 1 runs in the calling thread
};
constexpr int kLoopArrays = KERAS_GATED_LOOP(KERAS_GATED_COUNT);

template <typename Number>
struct Forward {
  KERAS_GATED_FORWARD_WRITES(KERAS_GATED_POINTER)
};
constexpr int kForwardWrites = KERAS_GATED_FORWARD_WRITES(KERAS_GATED_COUNT);

template <typename Number>
struct Backward {
  KERAS_GATED_BACKWARD_READS(KERAS_GATED_POINTER)
  KERAS_GATED_BACKWARD_WRITES(KERAS_GATED_POINTER)
};
constexpr int kBackwardReads = KERAS_GATED_BACKWARD_READS(KERAS_GATED_COUNT);
constexpr int kBackwardWrites = KERAS_GATED_BACKWARD_WRITES(KERAS_GATED_COUNT);

}  // namespace keras_gated
