// What kernels.cc offers, once for each instruction set that it is compiled for.
#pragma once

#include "loops.h"

namespace keras_gated {

// The rows of a batch that a thread sees to.
struct RowRange {
  std::int64_t first, last;
  std::int64_t count() const { return last - first; }
};

// Sizes are in numbers; memory that is handed over starts on a cache line.
struct Kernels {
  // The recurrent weights, packed once for all threads.
  std::int64_t (*forward_packed_size)(const Loop&);
  std::int64_t (*backward_packed_size)(const Loop&);
  void (*pack_forward)(const Loop&, float* packed);
  void (*pack_backward)(const Loop&, float* packed);

  // All steps of some rows. The backward loop puts the sums of what it adds up over
  // steps and rows into `sums`: `sum_blocks` blocks of `units` numbers.
  std::int64_t (*forward_scratch_size)(const Loop&, std::int64_t rows);
  std::int64_t (*backward_scratch_size)(const Loop&, std::int64_t rows);
  void (*forward)(const Loop&, const Forward&, const float* packed, RowRange rows,
                  float* scratch);
  void (*backward)(const Loop&, const Backward&, const float* packed, RowRange rows,
                   float* scratch, float* sums);
};

// Those of `d_projected`, then those of the peepholes i f o, or that of the recurrent
// bias of the candidate.
constexpr int sum_blocks(Unit unit) {
  return unit == Unit::lstm ? 7 : unit == Unit::gru_reset_after ? 4 : blocks(unit);
}

#if defined(__x86_64__)
namespace sse2 {
extern const Kernels kernels;
}
namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}
#else
namespace baseline {
extern const Kernels kernels;
}
#endif

}  // namespace keras_gated
