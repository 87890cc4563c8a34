#include "instruction_sets.h"

#include <cstdlib>
#include <cstring>

namespace keras_gated {

InstructionSet instruction_set() {
#if defined(__x86_64__)
  const struct {
    InstructionSet set;
    bool present;
  } choices[] = {
      {{"avx512", &avx512::float32_kernels, &avx512::bfloat16_kernels},
       __builtin_cpu_supports("avx512f") != 0},
      {{"avx2", &avx2::float32_kernels, &avx2::bfloat16_kernels},
       __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
      {{"sse2", &sse2::float32_kernels, &sse2::bfloat16_kernels}, true},
  };
#else
  const struct {
    InstructionSet set;
    bool present;
  } choices[] = {{{"baseline", &baseline::float32_kernels, &baseline::bfloat16_kernels}, true}};
#endif
  const char* wanted = std::getenv("KERAS_GATED_NATIVE_ISA");
  for (const auto& choice : choices) {
    if (wanted && choice.present && !std::strcmp(wanted, choice.set.name)) {
      return choice.set;
    }
  }
  for (const auto& choice : choices) {
    if (choice.present) return choice.set;
  }
  return {};
}

}  // namespace keras_gated
