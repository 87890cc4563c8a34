// The loops for one instruction set and one type of numbers, KERAS_GATED_ISA and
// KERAS_GATED_NUMBER.

#include "kernels.h"

#include "backward.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// Packed weights are handed over as room for float32, whatever the factors are.
Factor* factors(float* packed) { return reinterpret_cast<Factor*>(packed); }
const Factor* factors(const float* packed) {
  return reinterpret_cast<const Factor*>(packed);
}

std::int64_t forward_packed_size(const Loop& loop) {
  return in_numbers(AllStepWeights(loop).packed_factors());
}

void pack_forward(const Loop& loop, float* packed) {
  AllStepWeights(loop).pack_into(factors(packed));
}

std::int64_t backward_packed_size(const Loop& loop, const Backward& backward) {
  return in_numbers(BackwardWeights(loop).packed_factors(loop, backward.d_inputs));
}

void pack_backward(const Loop& loop, const Backward& backward, float* packed) {
  BackwardWeights(loop).pack_into(loop, backward.d_inputs, factors(packed));
}

std::int64_t forward_scratch_size(const Loop& loop, std::int64_t rows) {
  return ForwardScratch(loop, rows, nullptr).size;
}

std::int64_t backward_scratch_size(const Loop& loop, std::int64_t rows) {
  return BackwardScratch(loop, {0, rows}, nullptr).size;
}

void add_up(float* sums, std::int64_t stride, int threads, Range numbers) {
  for (int thread = 1; thread < threads; ++thread) {
    const float* others = sums + thread * stride;
    for (std::int64_t i = numbers.first; i < numbers.last; ++i) sums[i] += others[i];
  }
}

// The directions of a cell with one product a step, or what one with several has.
struct Cell {
  ForwardCell forward = nullptr;
  BackwardCell backward = nullptr;
  ResetCell reset = {};
};

template <class Class>
constexpr Cell cell() {
  return {Class::forward, Class::backward};
}

template <class Variant>
constexpr Cell reset_before() {
  return {nullptr, nullptr, reset_cell<Variant>()};
}

template <class Variant>
Cell lstm(const Loop& loop) {
  return loop.peepholes ? cell<Lstm<Variant, true>>() : cell<Lstm<Variant, false>>();
}

Cell cell_of(const Loop& loop) {
  switch (loop.unit) {
    case Unit::lstm: return lstm<Vanilla>(loop);
    case Unit::lstm_no_input_gate: return lstm<NoInputGate>(loop);
    case Unit::lstm_no_forget_gate: return lstm<NoForgetGate>(loop);
    case Unit::lstm_no_output_gate: return lstm<NoOutputGate>(loop);
    case Unit::lstm_linear_candidate: return lstm<LinearCandidate>(loop);
    case Unit::lstm_linear_output: return lstm<LinearOutput>(loop);
    case Unit::lstm_coupled_gates: return lstm<CoupledGates>(loop);
    case Unit::lstm_full_gate_recurrence: return lstm<FullGateRecurrence>(loop);
    case Unit::gru_reset_after:
      return loop.recurrent_bias ? cell<GruResetAfter<true>>()
                                 : cell<GruResetAfter<false>>();
    case Unit::simple_rnn: return cell<SimpleRnn>();
    case Unit::gru_reset_before: return reset_before<Gru>();
    case Unit::mut1: return reset_before<Mut1>();
    case Unit::mut2: return reset_before<Mut2>();
    case Unit::mut3: return reset_before<Mut3>();
  }
  return {};
}

void forward(const Loop& loop, const Forward& forward, const float* weights,
             Range rows, float* scratch) {
  const Cell cell = cell_of(loop);
  if (cell.forward) {
    forward_rows<OneProduct>(loop, forward, factors(weights), rows, scratch,
                             cell.forward);
  } else {
    forward_rows<SeveralProducts>(loop, forward, factors(weights), rows, scratch,
                                  cell.reset);
  }
}

void backward(const Loop& loop, const Backward& backward, const float* weights,
              Range rows, float* scratch, float* sums) {
  const Cell cell = cell_of(loop);
  backward_rows(loop, backward, factors(weights), rows, scratch, sums,
                {cell.backward, cell.reset});
}

}  // namespace

#define KERAS_GATED_JOINED(first, second) first##second
#define KERAS_GATED_NAMED(number) KERAS_GATED_JOINED(number, _kernels)
const Kernels<Number> KERAS_GATED_NAMED(KERAS_GATED_NUMBER) = {
    forward_packed_size,
    backward_packed_size,
    pack_forward,
    pack_backward,
    forward_scratch_size,
    backward_scratch_size,
    sums_size,
    forward,
    backward,
    add_up,
    write_gradients,
};

}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
