// Random calls that are wrong in one to three ways: sizes, shapes, types, addresses,
// arrays that are missing or too many. Each is refused before memory is touched, which
// the sanitizers watch. `fuzzed COUNT SEED` repeats a run.

#include <cstdio>
#include <cstdlib>
#include <limits>

#include "random_call.h"

namespace {

// Whether a call has to be run, has to be refused, or may be either.
enum class Verdict { right, either, wrong };

const std::int64_t kOddSizes[] = {0,
                                  -1,
                                  1,
                                  7,
                                  std::int64_t{1} << 31,
                                  std::int64_t{1} << 32,
                                  std::int64_t{1} << 48,
                                  (std::int64_t{1} << 48) + 1,
                                  std::int64_t{1} << 62,
                                  std::numeric_limits<std::int64_t>::max(),
                                  std::numeric_limits<std::int64_t>::min()};

struct Fuzzed {
  RandomCall call;
  bool backward;
  Sizes sizes;
  std::vector<Array> arrays;
  std::vector<std::string> axes;
  std::int64_t count;
  bool has_sizes = true, has_arrays = true;

  explicit Fuzzed(std::uint64_t seed) : call(seed, 4, 5) {
    backward = call.has_backward && call.coin();
    sizes = call.sizes;
    arrays = backward ? call.backward : call.forward;
    axes = backward ? call.backward_axes : call.forward_axes;
    count = static_cast<std::int64_t>(arrays.size());
  }

  int run(char* message, std::int64_t room) {
    const auto function = backward ? keras_gated_backward : keras_gated_forward;
    return function(has_sizes ? &sizes : nullptr, has_arrays ? arrays.data() : nullptr,
                    count, message, room);
  }

  std::int64_t odd_size() {
    return kOddSizes[call.below(sizeof kOddSizes / sizeof *kOddSizes)];
  }

  Array& any() { return arrays[call.below(static_cast<std::int64_t>(arrays.size()))]; }

  // One that is there.
  Array& some() {
    for (;;) {
      Array& array = any();
      if (array.type != is_missing) return array;
    }
  }

  Verdict spoil() {
    switch (call.below(13)) {
      case 0: return spoil_sizes();
      case 1: return spoil_shape();
      case 2: return spoil_memory();
      case 3: return spoil_axes_everywhere();
      case 4:
        some().type = 4 + call.below(1 << 20);
        return Verdict::wrong;
      case 5: {
        Array& array = some();
        array.type = 1 + (array.type + call.below(2)) % 3;
        return Verdict::wrong;
      }
      case 6: {
        Array& array = some();
        array.address = 0;
        return array.bytes ? Verdict::wrong : Verdict::either;
      }
      case 7: {
        Array& array = some();
        if (array.type == is_bool) return Verdict::either;
        array.address |= 1;
        return Verdict::wrong;
      }
      case 8:
        any() = Array{};
        return Verdict::either;
      case 9:
        std::swap(any(), any());
        return Verdict::either;
      case 10:
        any() = call.make({1 + call.below(3)}, call.number);
        return Verdict::either;
      case 11:
        sizes.unit = call.coin() ? call.below(keras_gated::kUnits) : odd_size();
        return Verdict::either;
      default:
        switch (call.below(3)) {
          case 0: has_sizes = false; break;
          case 1: has_arrays = false; break;
          default: count += call.coin() ? 1 : -1 - call.below(3);
        }
        return Verdict::wrong;
    }
  }

  Verdict spoil_sizes() {
    std::int64_t* const all[] = {&sizes.steps, &sizes.batch, &sizes.features,
                                 &sizes.units};
    std::int64_t& size = *all[call.below(4)];
    const std::int64_t before = size;
    size = call.coin() ? odd_size() : call.below(7);
    return size == before ? Verdict::right : Verdict::wrong;
  }

  // Another shape than the memory has.
  Verdict spoil_shape() {
    Array& array = some();
    if (call.below(4) == 0) {
      array.axes = call.coin() ? odd_size() : call.below(5);
      return Verdict::either;
    }
    if (array.axes < 1 || array.axes > keras_gated::kMostAxes) return Verdict::either;
    std::int64_t& length = array.shape[call.below(array.axes)];
    const std::int64_t before = length;
    length = call.coin() ? odd_size() : call.below(7);
    return length == before ? Verdict::right : Verdict::wrong;
  }

  // Memory of another shape than the call has.
  Verdict spoil_memory() {
    Array& array = some();
    if (array.axes < 1 || array.axes > keras_gated::kMostAxes) return Verdict::either;
    std::vector<std::int64_t> shape(array.axes);
    for (std::int64_t& length : shape) length = call.below(7);
    array = call.make(shape, array.type == is_bool ? is_bool : call.number);
    return Verdict::either;
  }

  // Sizes and shapes that agree, with less memory than that: often so large that the
  // number of bytes is no number of 64 bits.
  Verdict spoil_axes_everywhere() {
    std::int64_t* const all[] = {&sizes.steps, &sizes.batch, &sizes.features,
                                 &sizes.units};
    const std::string letters = "tbdh";
    for (std::int64_t times = 1 + call.below(2); times > 0; --times) {
      const std::int64_t which = call.below(4);
      const std::int64_t size = std::int64_t{1} << (16 + call.below(33));
      *all[which] = size;
      for (std::size_t i = 0; i < arrays.size(); ++i) {
        for (std::size_t axis = 0; axis < axes[i].size(); ++axis) {
          const char letter = axes[i][axis];
          if (letter == letters[which]) arrays[i].shape[axis] = size;
          const bool of_units = std::string("pqrskw").find(letter) != std::string::npos;
          if (letters[which] != 'h' || !of_units) continue;
          arrays[i].shape[axis] = size * call.size(letter) / call.sizes.units;
        }
      }
    }
    return Verdict::wrong;
  }
};

}  // namespace

int main(int count, char** arguments) {
  const long calls = count > 1 ? std::atol(arguments[1]) : 1000;
  const std::uint64_t first =
      count > 2 ? std::strtoull(arguments[2], nullptr, 10) : std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(first));
  std::fflush(stdout);
  long refused = 0, run = 0;
  for (long index = 0; index < calls; ++index) {
    Fuzzed fuzzed(first + static_cast<std::uint64_t>(index));
    const std::int64_t times = fuzzed.call.below(4);
    Verdict verdict = times ? fuzzed.spoil() : Verdict::right;
    // What is wrong twice may be right again.
    if (times > 1) verdict = Verdict::either;
    for (std::int64_t more = 1; more < times; ++more) fuzzed.spoil();
    char message[500] = "";
    const int result = fuzzed.run(message, sizeof message);
    const bool expected = verdict == Verdict::either ||
                          result == (verdict == Verdict::wrong ? 2 : 0);
    if (!expected || (result == 2 && !*message)) {
      std::printf("call %ld: %s, %d %s\n", index,
                  verdict == Verdict::wrong ? "wrong" : "right", result, message);
      return 1;
    }
    ++(result ? refused : run);
  }
  std::printf("%ld calls refused, %ld run\n", refused, run);
  return refused && run ? 0 : 1;
}
