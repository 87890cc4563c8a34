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
  std::int64_t size = first_weights(loop).packed_factors();
  if (loop.unit == Unit::gru_reset_before) {
    size += candidate_weights(loop).packed_factors();
  }
  return in_numbers(size);
}

void pack_forward(const Loop& loop, float* packed) {
  const StepWeights first = first_weights(loop);
  first.pack_into(factors(packed));
  if (loop.unit == Unit::gru_reset_before) {
    candidate_weights(loop).pack_into(factors(packed) + first.packed_factors());
  }
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

void forward(const Loop& loop, const Forward& forward, const float* weights,
             Range rows, float* scratch) {
  const Factor* packed = factors(weights);
  switch (loop.unit) {
    case Unit::lstm:
      if (loop.peepholes) {
        return forward_rows<Lstm<true>>(loop, forward, packed, rows, scratch);
      }
      return forward_rows<Lstm<false>>(loop, forward, packed, rows, scratch);
    case Unit::gru_reset_before:
      return forward_rows<GruResetBefore>(loop, forward, packed, rows, scratch);
    case Unit::gru_reset_after:
      if (loop.recurrent_bias) {
        return forward_rows<GruResetAfter<true>>(loop, forward, packed, rows, scratch);
      }
      return forward_rows<GruResetAfter<false>>(loop, forward, packed, rows, scratch);
    case Unit::simple_rnn:
      return forward_rows<SimpleRnn>(loop, forward, packed, rows, scratch);
  }
}

void backward(const Loop& loop, const Backward& backward, const float* weights,
              Range rows, float* scratch, float* sums) {
  const Factor* packed = factors(weights);
  switch (loop.unit) {
    case Unit::lstm:
      if (loop.peepholes) {
        return backward_rows<Lstm<true>>(loop, backward, packed, rows, scratch, sums);
      }
      return backward_rows<Lstm<false>>(loop, backward, packed, rows, scratch, sums);
    case Unit::gru_reset_before:
      return backward_rows<GruResetBefore>(loop, backward, packed, rows, scratch, sums);
    case Unit::gru_reset_after:
      return backward_rows<GruResetAfter<true>>(loop, backward, packed, rows, scratch,
                                                sums);
    case Unit::simple_rnn:
      return backward_rows<SimpleRnn>(loop, backward, packed, rows, scratch, sums);
  }
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
