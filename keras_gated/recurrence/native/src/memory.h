// Memory for numbers, on cache lines.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace keras_gated {

struct Free {
  void operator()(float* memory) const { std::free(memory); }
};
using Numbers = std::unique_ptr<float[], Free>;

inline Numbers allocate(std::int64_t count) {
  constexpr std::int64_t kCacheLine = 64;
  const std::int64_t bytes = std::max<std::int64_t>(1, count) * sizeof(float);
  const std::int64_t lines = (bytes + kCacheLine - 1) / kCacheLine;
  void* memory = std::aligned_alloc(kCacheLine, lines * kCacheLine);
  if (!memory) throw std::bad_alloc();
  return Numbers(static_cast<float*>(memory));
}

inline std::int64_t whole_lines(std::int64_t count) { return (count + 15) / 16 * 16; }

}  // namespace keras_gated
