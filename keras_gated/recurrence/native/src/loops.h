// The loops over time: one call for a whole batch of sequences.
//
// All numbers are float32, row-major and without padding, time first. A pointer that
// may be null says so. The batch is split over threads; each runs all steps of its rows.
#pragma once

#include <cstdint>

namespace keras_gated {

enum class Unit { lstm, gru_reset_before, gru_reset_after, simple_rnn };

// Blocks of columns in `projected`: i f c o, z r h, z r h, one.
constexpr int blocks(Unit unit) {
  return unit == Unit::lstm ? 4 : unit == Unit::simple_rnn ? 1 : 3;
}

// What is kept of a step for the derivative, in blocks of `units` columns: the
// activations, as `forward` of the unit in recurrence/units hands them out
// (i f c o; z r h; z r h and the product of the candidate; none).
constexpr int kept_blocks(Unit unit) {
  return unit == Unit::simple_rnn ? 0 : unit == Unit::gru_reset_before ? 3 : 4;
}

// What both directions read.
struct Loop {
  Unit unit;
  std::int64_t steps, batch, units;
  const float* recurrent_kernel;  // (units, blocks * units)
  const float* recurrent_bias;    // (blocks * units), gru_reset_after only, or null
  const float* peepholes;         // (3, units) for i f o, lstm only, or null
  const std::uint8_t* valid;      // (steps, batch), 0 where a step is skipped, or null
  const float* dropout_mask;      // (batch, units), or null
  const float* first_output;      // (batch, units)
  const float* first_carry;       // (batch, units), lstm only
  int threads;                    // at most; 1 runs in the calling thread
};

struct Forward {
  const float* projected;  // (steps, batch, blocks * units)
  float* outputs;          // (steps, batch, units)
  float* carries;          // (steps, batch, units) after each step, lstm only, or null
  float* last_carry;       // (batch, units), lstm only
  float* kept;             // (steps, batch, kept_blocks * units), or null
};

struct Backward {
  const float* outputs;       // as written by Forward
  const float* carries;       // as written by Forward, lstm only
  const float* kept;          // as written by Forward
  const float* d_outputs;     // (steps, batch, units)
  const float* d_last_output; // (batch, units), added to the last of d_outputs, or null
  const float* d_last_carry;  // (batch, units), lstm only, or null
  float* d_projected;         // (steps, batch, blocks * units)
  float* d_first_output;      // (batch, units)
  float* d_first_carry;       // (batch, units), lstm only
  float* d_bias;              // (blocks * units): sums of d_projected
  float* d_recurrent_bias;    // (blocks * units), gru_reset_after only, or null
  float* d_peepholes;         // (3, units), lstm only, or null
};

// The gradient of `recurrent_kernel` is one product after the loop, the caller's.
void run_forward(const Loop& loop, const Forward& forward);
void run_backward(const Loop& loop, const Backward& backward);

}  // namespace keras_gated
