// What callers that are not C++ hand over: looked at before a loop touches any of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "loops.h"
#include "threads.h"

namespace keras_gated {

// All fields have 64 bits: both structs may be handed over as so many integers.
#define KERAS_GATED_SIZE(letter, name) std::int64_t name;
struct Sizes {
  std::int64_t unit;
  KERAS_GATED_AXES(KERAS_GATED_SIZE)
  std::int64_t threads;  // as in Loop
};
constexpr std::size_t kSizes = sizeof(Sizes) / sizeof(std::int64_t);

#define KERAS_GATED_TYPE(name, held) is_##name,
enum Type : std::int64_t { is_missing, KERAS_GATED_TYPES(KERAS_GATED_TYPE) is_other };

constexpr int kMostAxes = KERAS_GATED_MOST_AXES;

// Nothing else is read of one whose type says that it is missing.
#define KERAS_GATED_FIELD(name) std::int64_t name = 0;
struct Array {
  KERAS_GATED_ARRAY(KERAS_GATED_FIELD)
  std::int64_t shape[kMostAxes] = {};
};

template <typename Number>
struct ForwardCall {
  Loop<Number> loop;
  Forward<Number> forward;
};

template <typename Number>
struct BackwardCall {
  Loop<Number> loop;
  Backward<Number> backward;
};

// The arrays are those of layout.py in its order. One that is not as it says there raises
// std::invalid_argument.
template <typename Number>
ForwardCall<Number> forward_call(const Sizes* sizes, const Array* arrays,
                                 std::int64_t count);
template <typename Number>
BackwardCall<Number> backward_call(const Sizes* sizes, const Array* arrays,
                                   std::int64_t count);

// The same, and then the loop, for numbers of the type that the inputs have.
void run_forward(const Sizes* sizes, const Array* arrays, std::int64_t count,
                 Threads whose);
void run_backward(const Sizes* sizes, const Array* arrays, std::int64_t count,
                  Threads whose);

}  // namespace keras_gated
