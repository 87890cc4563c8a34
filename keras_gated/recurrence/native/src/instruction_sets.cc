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
      {{"avx512", &avx512::kernels}, __builtin_cpu_supports("avx512f") != 0},
      {{"avx2", &avx2::kernels},
       __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
      {{"sse2", &sse2::kernels}, true},
  };
#else
  const struct {
    InstructionSet set;
    bool present;
  } choices[] = {{{"baseline", &baseline::kernels}, true}};
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
