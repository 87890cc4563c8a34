// Recurrent layers over time: one call for a whole batch of sequences.
//
// All numbers are float32, row-major and without padding. A pointer that may be null
// says so. The batch is split over threads; each runs all steps of its rows, some at a
// time, whose projected inputs and gradients never leave the cache.
#pragma once

#include <cstdint>

namespace keras_gated {

enum class Unit { lstm, gru_reset_before, gru_reset_after, simple_rnn };

// Blocks of columns in the kernels: i f c o, z r h, z r h, one.
constexpr int blocks(Unit unit) {
  return unit == Unit::lstm ? 4 : unit == Unit::simple_rnn ? 1 : 3;
}

// What is kept of a step for the derivative, in blocks of `units` columns: the
// activations, as `forward` of the unit in recurrence/units hands them out
// (i f c o; z r h; z r h and the product of the candidate; none).
constexpr int kept_blocks(Unit unit) {
  return unit == Unit::simple_rnn ? 0 : unit == Unit::gru_reset_before ? 3 : 4;
}

// The gates that have peepholes: i f o.
constexpr int kPeepholes = 3;

// What both directions read. How many pointers there are is said behind each struct.
struct Loop {
  Unit unit;
  std::int64_t steps, batch, features, units;
  const float* inputs;            // (batch, steps, features)
  const float* kernel;            // (features, blocks * units)
  const float* bias;              // (blocks * units), or null
  const float* recurrent_kernel;  // (units, blocks * units)
  const float* recurrent_bias;    // (blocks * units), gru_reset_after only, or null
  const float* peepholes;         // (3, units) for i f o, lstm only, or null
  const std::uint8_t* valid;      // (batch, steps), 0 where a step is skipped, or null
  const float* dropout_mask;      // (batch, units), or null
  const float* first_output;      // (batch, units)
  const float* first_carry;       // (batch, units), lstm only
  int threads;                    // at most; 1 runs in the calling thread
};
constexpr int kLoopArrays = 10;

struct Forward {
  float* outputs;      // (batch, steps, units)
  float* last_output;  // (batch, units)
  float* carries;      // (steps, batch, units) after each step, lstm only, or null
  float* last_carry;   // (batch, units), lstm only
  float* kept;         // (steps, batch, kept_blocks * units), or null
};
constexpr int kForwardArrays = 5;

struct Backward {
  const float* outputs;        // as written by Forward
  const float* carries;        // as written by Forward, lstm only
  const float* kept;           // as written by Forward; or null where none is kept
  const float* d_outputs;      // (batch, steps, units)
  const float* d_last_output;  // (batch, units), or null
  const float* d_last_carry;   // (batch, units), lstm only, or null
  float* d_inputs;             // (batch, steps, features), or null
  float* d_first_output;       // (batch, units)
  float* d_first_carry;        // (batch, units), lstm only
  float* d_kernel;             // (features, blocks * units)
  float* d_bias;               // (blocks * units), or null without one
  float* d_recurrent_kernel;   // (units, blocks * units)
  float* d_recurrent_bias;     // (blocks * units), gru_reset_after only, or null without one
  float* d_peepholes;          // (3, units), lstm only, or null without any
};
constexpr int kBackwardReads = 6, kBackwardArrays = 14;

void run_forward(const Loop& loop, const Forward& forward);
void run_backward(const Loop& loop, const Backward& backward);

}  // namespace keras_gated
