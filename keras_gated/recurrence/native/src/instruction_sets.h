// Which of the kernels this machine runs.
#pragma once

#include "kernels.h"

namespace keras_gated {

struct InstructionSet {
  const char* name;
  const Kernels* kernels;
};

// The best one that the processor has, or the one that the environment variable
// KERAS_GATED_NATIVE_ISA names, if the processor has it.
InstructionSet instruction_set();

}  // namespace keras_gated
