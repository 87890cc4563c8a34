// Products of a few rows with packed weights, in registers from the first term on.
//
// Every number is one sum from the first term to the last, so it does not depend on
// the tile that it falls in, nor on the thread.
#pragma once

#include "packing.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

struct Rows {
  const float* first;
  std::int64_t stride;
};

// Rows of a tile of two panels that leave registers for the panels and a factor.
constexpr int kTileRows = kRegisters == 32 ? 8 : kLanes == 8 ? 6 : 4;

template <int kRows, int kPanels>
inline void multiply_tile(Rows rows, const float* panels, std::int64_t depth,
                          float* to, std::int64_t to_stride) {
  Vector sums[kRows][kPanels] = {};
  for (std::int64_t k = 0; k < depth; ++k) {
    Vector weights[kPanels];
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      weights[p] = load(panels + (p * depth + k) * kLanes, AllLanes(kLanes));
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vector factor = broadcast(rows.first[r * rows.stride + k]);
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) sums[r][p] += factor * weights[p];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      store(to + r * to_stride + p * kLanes, sums[r][p], AllLanes(kLanes));
    }
  }
}

template <int kRows>
inline void multiply_rows(Rows rows, const float* panels, std::int64_t depth,
                          std::int64_t count, float* to, std::int64_t to_stride) {
  // Few rows have too few sums for the processor to overlap: more panels then.
  constexpr int kPanels = 2 * kRows > kTileRows ? 2 : 4;
  for (; count >= kPanels; count -= kPanels) {
    multiply_tile<kRows, kPanels>(rows, panels, depth, to, to_stride);
    panels += kPanels * depth * kLanes;
    to += kPanels * kLanes;
  }
  if (kPanels == 4 && count >= 2) {
    multiply_tile<kRows, 2>(rows, panels, depth, to, to_stride);
    panels += 2 * depth * kLanes;
    to += 2 * kLanes;
    count -= 2;
  }
  if (count == 1) multiply_tile<kRows, 1>(rows, panels, depth, to, to_stride);
}

// Writes `row_count` <= kRows rows of products with `count` panels.
template <int kRows = kTileRows>
inline void multiply(int row_count, Rows rows, const float* panels, std::int64_t depth,
                     std::int64_t count, float* to, std::int64_t to_stride) {
  if (row_count == kRows) {
    multiply_rows<kRows>(rows, panels, depth, count, to, to_stride);
  } else if constexpr (kRows > 1) {
    multiply<kRows - 1>(row_count, rows, panels, depth, count, to, to_stride);
  }
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
