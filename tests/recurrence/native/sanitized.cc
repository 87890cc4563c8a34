// Runs the loops on arrays of exactly the size that the header promises, for the
// sanitizers to watch: all units, options, odd sizes, instruction sets, threads.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "random_call.h"

namespace {

bool all_finite(const Array& array) {
  const char* memory = reinterpret_cast<const char*>(array.address);
  const std::int64_t bytes = RandomCall::size_of(static_cast<Type>(array.type));
  for (std::int64_t at = 0; at < array.bytes; at += bytes) {
    float value = 0;
    std::memcpy(reinterpret_cast<char*>(&value) + sizeof value - bytes, memory + at,
                bytes);
    if (!std::isfinite(value)) return false;
  }
  return true;
}

// Whether a stream gives the numbers of the call, twice, and refuses what is not float32.
bool streams(RandomCall& call) {
  char message[500];
  keras_gated::Stream* stream = nullptr;
  const int result = keras_gated_open_stream(&call.sizes, call.forward.data(),
                                             call.forward.size(), message,
                                             sizeof message, &stream);
  if (call.number != is_float32) return result == 2 && !stream;
  if (result) return false;
  const Array& outputs = call.forward[keras_gated::kLoopArrays];
  const char* memory = reinterpret_cast<const char*>(outputs.address);
  const std::string expected(memory, outputs.bytes);
  bool same = true;
  for (int i = 0; i < 2; ++i) {
    std::memset(reinterpret_cast<char*>(outputs.address), 0, outputs.bytes);
    keras_gated_run_stream(stream);
    same &= expected == std::string(memory, outputs.bytes);
  }
  keras_gated_close_stream(stream);
  return same;
}

// Whether all went as it should.
bool run(unsigned seed) {
  RandomCall call(seed, 40, 70);
  char message[500];
  if (keras_gated_forward(&call.sizes, call.forward.data(), call.forward.size(),
                          message, sizeof message)) {
    return false;
  }
  if (!all_finite(call.forward[keras_gated::kLoopArrays])) return false;
  if (!streams(call)) return false;
  return !call.has_backward ||
         keras_gated_backward(&call.sizes, call.backward.data(), call.backward.size(),
                              message, sizeof message) == 0;
}

}  // namespace

int main(int count, char** arguments) {
  const unsigned runs = count > 1 ? std::atoi(arguments[1]) : 100;
  bool good = true;
  for (const char* isa : {"avx512_bf16", "avx512", "avx2", "sse2", "baseline"}) {
    setenv("KERAS_GATED_NATIVE_ISA", isa, 1);
    if (keras_gated_isa() != std::string(isa)) continue;
    std::vector<char> results(2);
    // Two callers at a time.
    std::thread other([&] {
      results[0] = 1;
      for (unsigned seed = 0; seed < runs; seed += 2) results[0] &= run(seed);
    });
    results[1] = 1;
    for (unsigned seed = 1; seed < runs; seed += 2) results[1] &= run(seed);
    other.join();
    std::printf("%s: %s\n", isa, results[0] && results[1] ? "good" : "FAILED");
    good = good && results[0] && results[1];
  }
  return good ? 0 : 1;
}
