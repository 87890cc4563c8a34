// Room for the arrays of one thread, or of none: then it only counts what is needed.
#pragma once

#include "terms.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// The room of so many factors, in float32.
inline std::int64_t in_numbers(std::int64_t factors) {
  return (factors * sizeof(Factor) + sizeof(float) - 1) / sizeof(float);
}

class Scratch {
 public:
  explicit Scratch(float* memory) : memory_(memory) {}

  // Arrays start on cache lines, as `memory` does.
  float* take(std::int64_t count) {
    float* array = memory_ ? memory_ + taken_ : nullptr;
    taken_ += (count + 15) / 16 * 16;
    return array;
  }
  Factor* take_factors(std::int64_t count) {
    return reinterpret_cast<Factor*>(take(in_numbers(count)));
  }
  std::int64_t taken() const { return taken_; }

 private:
  float* memory_;
  std::int64_t taken_ = 0;
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
