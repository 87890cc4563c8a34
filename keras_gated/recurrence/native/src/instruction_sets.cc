#include "instruction_sets.h"

#include <cstdlib>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace keras_gated {

#if defined(__x86_64__)
namespace {

// Compilers learnt to ask for it later than to use it. Asking the processor takes ten
// microseconds in a virtual machine.
bool has_avx512_bf16() {
  static const bool has = [] {
    unsigned int a = 0, b = 0, c = 0, d = 0;
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 5 & 1u);
  }();
  return has;
}

}  // namespace
#endif

InstructionSet instruction_set() {
#if defined(__x86_64__)
  const struct {
    InstructionSet set;
    bool present;
  } choices[] = {
      {{"avx512_bf16", &avx512::float32_kernels, &avx512_bf16::bfloat16_kernels},
       has_avx512_bf16()},
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
  } choices[] = {
      {{"baseline", &baseline::float32_kernels, &baseline::bfloat16_kernels}, true}};
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
