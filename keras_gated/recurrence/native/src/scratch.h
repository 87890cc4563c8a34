// Room for the arrays of one thread, or of none: then it only counts what is needed.
#pragma once

#include <cstdint>

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

class Scratch {
 public:
  explicit Scratch(float* memory) : memory_(memory) {}

  // Arrays start on cache lines, as `memory` does.
  float* take(std::int64_t count) {
    float* array = memory_ ? memory_ + taken_ : nullptr;
    taken_ += (count + 15) / 16 * 16;
    return array;
  }
  std::int64_t taken() const { return taken_; }

 private:
  float* memory_;
  std::int64_t taken_ = 0;
};

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
