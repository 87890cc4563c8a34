// Memory that a system hands out in small pages costs a fault for each of them.
#pragma once

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace keras_gated {

// Asks for large pages where a large array is written for the first time. A system that
// has none goes on as it was.
template <typename Number>
void ask_for_large_pages([[maybe_unused]] const Number* array,
                         [[maybe_unused]] std::int64_t count) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t kPage = 1 << 21;
  if (!array) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(array);
  const std::uintptr_t first = (begin + kPage - 1) / kPage * kPage;
  const std::uintptr_t last = (begin + count * sizeof(Number)) / kPage * kPage;
  if (first < last) {
    madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
  }
#endif
}

}  // namespace keras_gated
