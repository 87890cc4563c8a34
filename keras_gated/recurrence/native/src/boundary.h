// What callers that are not C++ hand over: looked at before a loop touches any of it.
#pragma once

#include <cstdint>

#include "loops.h"

namespace keras_gated {

// All fields have 64 bits: both structs may be handed over as so many integers.
struct Sizes {
  std::int64_t unit, steps, batch, features, units;
  std::int64_t threads;  // as in Loop
};

enum class Type : std::int64_t { none, float32, boolean, other };

constexpr int kMostAxes = 3;

struct Array {
  Type type = Type::none;  // where there is no array; nothing else is read then
  std::int64_t address = 0;
  std::int64_t bytes = 0;  // how many there are
  std::int64_t axes = 0;
  std::int64_t shape[kMostAxes] = {};
};

struct ForwardCall {
  Loop loop;
  Forward forward;
};

struct BackwardCall {
  Loop loop;
  Backward backward;
};

// The arrays are the pointers of Loop and those of the other struct, in their order. What
// does not have the shape that loops.h says raises std::invalid_argument.
ForwardCall forward_call(const Sizes* sizes, const Array* arrays, std::int64_t count);
BackwardCall backward_call(const Sizes* sizes, const Array* arrays, std::int64_t count);

}  // namespace keras_gated
