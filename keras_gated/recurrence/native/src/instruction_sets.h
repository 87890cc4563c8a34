// Which of the kernels this machine runs.
#pragma once

#include <type_traits>

#include "kernels.h"

namespace keras_gated {

struct InstructionSet {
  const char* name;
  const Kernels<float32>* float32_kernels;
  const Kernels<bfloat16>* bfloat16_kernels;

  template <typename Number>
  const Kernels<Number>& kernels() const {
    if constexpr (std::is_same_v<Number, float32>) return *float32_kernels;
    else return *bfloat16_kernels;
  }
};

// The best one that the processor has, or the one that the environment variable
// KERAS_GATED_NATIVE_ISA names, if the processor has it.
InstructionSet instruction_set();

}  // namespace keras_gated
