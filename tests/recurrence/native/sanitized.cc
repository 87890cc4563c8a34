// Runs the loops on arrays of exactly the size that the header promises, for the
// sanitizers to watch: all units, options, odd sizes, instruction sets, threads.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "c_api.h"

namespace {

using keras_gated::Backward;
using keras_gated::Forward;
using keras_gated::Loop;
using keras_gated::Unit;

// Memory that the sanitizers know both ends of.
class Arrays {
 public:
  explicit Arrays(unsigned seed) : random_(seed) {}

  float* take(std::int64_t count, bool present = true) {
    if (!present) return nullptr;
    std::normal_distribution<float> normal;
    arrays_.emplace_back(new float[count]);
    for (std::int64_t i = 0; i < count; ++i) arrays_.back()[i] = normal(random_);
    return arrays_.back().get();
  }
  std::uint8_t* mask(std::int64_t count) {
    masks_.emplace_back(new std::uint8_t[count]);
    for (std::int64_t i = 0; i < count; ++i) masks_.back()[i] = random_() % 3 > 0;
    return masks_.back().get();
  }
  std::int64_t number(std::int64_t most) { return 1 + random_() % most; }
  bool coin() { return random_() % 2; }

 private:
  std::mt19937 random_;
  std::vector<std::unique_ptr<float[]>> arrays_;
  std::vector<std::unique_ptr<std::uint8_t[]>> masks_;
};

bool all_finite(const float* numbers, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(numbers[i])) return false;
  }
  return true;
}

// Whether all went as it should.
bool run(unsigned seed) {
  Arrays arrays(seed);
  Loop loop = {};
  loop.unit = static_cast<Unit>(seed % 4);
  loop.steps = arrays.number(40);
  loop.batch = arrays.number(40);
  loop.features = arrays.number(70);
  loop.units = arrays.number(70);
  loop.threads = static_cast<int>(arrays.number(5));
  const bool lstm = loop.unit == Unit::lstm, save = seed % 5 > 0;
  const bool bias = arrays.coin(), to_inputs = arrays.coin();
  const bool recurrent_bias = loop.unit == Unit::gru_reset_after && arrays.coin();
  const bool peepholes = lstm && arrays.coin();
  const std::int64_t state = loop.batch * loop.units, all = loop.steps * state;
  const std::int64_t inputs = loop.steps * loop.batch * loop.features;
  const std::int64_t width = blocks(loop.unit) * loop.units;
  const std::int64_t kept = kept_blocks(loop.unit);
  loop.inputs = arrays.take(inputs);
  loop.kernel = arrays.take(loop.features * width);
  loop.bias = arrays.take(width, bias);
  loop.recurrent_kernel = arrays.take(loop.units * width);
  loop.recurrent_bias = arrays.take(width, recurrent_bias);
  loop.peepholes = arrays.take(3 * loop.units, peepholes);
  loop.valid = arrays.coin() ? arrays.mask(loop.steps * loop.batch) : nullptr;
  loop.dropout_mask = arrays.take(state, arrays.coin());
  loop.first_output = arrays.take(state);
  loop.first_carry = arrays.take(state, lstm);

  Forward forward = {};
  forward.outputs = arrays.take(all);
  forward.last_output = arrays.take(state);
  forward.carries = arrays.take(all, lstm && save);
  forward.last_carry = arrays.take(state, lstm);
  forward.kept = arrays.take(kept * all, save);
  if (keras_gated_forward(&loop, &forward)) return false;
  if (!all_finite(forward.outputs, all)) return false;
  if (!save) return true;

  Backward backward = {};
  backward.outputs = forward.outputs;
  backward.carries = forward.carries;
  backward.kept = forward.kept;
  backward.d_outputs = arrays.take(all);
  backward.d_last_output = arrays.take(state, arrays.coin());
  backward.d_last_carry = arrays.take(state, lstm && arrays.coin());
  backward.d_inputs = arrays.take(inputs, to_inputs);
  backward.d_first_output = arrays.take(state);
  backward.d_first_carry = arrays.take(state, lstm);
  backward.d_kernel = arrays.take(loop.features * width);
  backward.d_bias = arrays.take(width, bias);
  backward.d_recurrent_kernel = arrays.take(loop.units * width);
  backward.d_recurrent_bias = arrays.take(width, recurrent_bias);
  backward.d_peepholes = arrays.take(3 * loop.units, peepholes);
  return keras_gated_backward(&loop, &backward) == 0;
}

}  // namespace

int main(int count, char** arguments) {
  const unsigned runs = count > 1 ? std::atoi(arguments[1]) : 100;
  bool good = true;
  for (const char* isa : {"avx512", "avx2", "sse2", "baseline"}) {
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
