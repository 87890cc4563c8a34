// What kernels.cc offers, once for each instruction set and type of numbers that it is
// compiled for.
#pragma once

#include "loops.h"

namespace keras_gated {

// Rows of a batch that a thread sees to, steps of a chunk, or numbers.
struct Range {
  std::int64_t first, last;
  std::int64_t count() const { return last - first; }
};

// Sizes are in numbers; memory that is handed over starts on a cache line.
template <typename Number>
struct Kernels {
  using Loop = keras_gated::Loop<Number>;
  using Forward = keras_gated::Forward<Number>;
  using Backward = keras_gated::Backward<Number>;

  // The weights, packed once for all threads.
  std::int64_t (*forward_packed_size)(const Loop&);
  std::int64_t (*backward_packed_size)(const Loop&, const Backward&);
  void (*pack_forward)(const Loop&, float* packed);
  void (*pack_backward)(const Loop&, const Backward&, float* packed);

  // All steps of some rows. The backward loop leaves in `sums` what its rows add to the
  // gradients of the weights.
  std::int64_t (*forward_scratch_size)(const Loop&, std::int64_t rows);
  std::int64_t (*backward_scratch_size)(const Loop&, std::int64_t rows);
  std::int64_t (*sums_size)(const Loop&);
  void (*forward)(const Loop&, const Forward&, const float* packed, Range rows,
                  float* scratch);
  void (*backward)(const Loop&, const Backward&, const float* packed, Range rows,
                   float* scratch, float* sums);

  // Adds some of the sums of all threads, which begin `stride` after one another, to
  // those of the first, in the same order every time.
  void (*add_up)(float* sums, std::int64_t stride, int threads, Range numbers);
  // Writes the gradients of the weights from the sums.
  void (*write_gradients)(const Loop&, const Backward&, const float* sums);
};

#define KERAS_GATED_KERNELS(isa)                   \
  namespace isa {                                  \
  extern const Kernels<float32> float32_kernels;   \
  extern const Kernels<bfloat16> bfloat16_kernels; \
  }
#if defined(__x86_64__)
KERAS_GATED_KERNELS(sse2)
KERAS_GATED_KERNELS(avx2)
KERAS_GATED_KERNELS(avx512)
namespace avx512_bf16 {
extern const Kernels<bfloat16> bfloat16_kernels;
}
#else
KERAS_GATED_KERNELS(baseline)
#endif

}  // namespace keras_gated
