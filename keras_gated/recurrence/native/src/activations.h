// The logistic function and tanh, to a few units in the last place.
//
// Both go through exp of what is not positive, so nothing overflows: they saturate at
// exactly 0, 1 and -1, at infinity too, and what is not a number stays so.
#pragma once

#include "simd.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

constexpr std::uint32_t kSign = 0x80000000u;

// exp(x) = scale * (1 + less_one), `less_one` of full relative precision near 0.
struct Exponential {
  Vector scale, less_one;
};

inline Exponential exponential(Vector x) {
  // From here on down `scale` is 0.
  x = at_least(x, -88.0f);
  // Adding it rounds to an integer, which ends up in the low bits, biased by 127.
  constexpr float kRounding = 12582912.0f + 127.0f;
  const Vector rounded = x * 1.44269504f + kRounding;
  const Vector exponent = rounded - kRounding;
  Vector r = x - exponent * 0.693359375f;
  r = r + exponent * 2.12194440e-4f;
  Vector q = broadcast(1.39470166e-3f);
  q = q * r + 8.36691167e-3f;
  q = q * r + 4.16662730e-2f;
  q = q * r + 1.66665405e-1f;
  q = q * r + 0.5f;
  return {from_bits(bits(rounded) << 23), q * (r * r) + r};
}

inline Vector sigmoid(Vector x) {
  const Exponential e = exponential(from_bits(bits(x) | kSign));
  const Vector exp_x = e.scale * e.less_one + e.scale;
  const Vector y = reciprocal(exp_x + 1.0f);
  return x < 0.0f ? exp_x * y : y;
}

inline Vector tanh(Vector x) {
  const Exponential e = exponential(from_bits(bits(x + x) | kSign));
  const Vector less_one = e.scale * e.less_one + (e.scale - 1.0f);
  const Vector y = (0.0f - less_one) * reciprocal(less_one + 2.0f);
  return from_bits(bits(y) | (bits(x) & kSign));
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
