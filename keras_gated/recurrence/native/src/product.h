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

// Panels are this long at a time, so that two stay in a cache of level 1 for all rows.
constexpr std::int64_t kMostDepth = 4096 / kLanes;

// Some terms of the sums in `to`, of packed weights of which a panel has `depth` rows.
struct Terms {
  std::int64_t first, last, depth;
};

template <int kRows, int kPanels>
inline void multiply_tile(Rows rows, const float* panels, Terms terms, float* to,
                          std::int64_t to_stride) {
  Vector sums[kRows][kPanels] = {};
  if (terms.first) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) {
        sums[r][p] = load(to + r * to_stride + p * kLanes, AllLanes(kLanes));
      }
    }
  }
  for (std::int64_t k = terms.first; k < terms.last; ++k) {
    Vector weights[kPanels];
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      weights[p] = load(panels + (p * terms.depth + k) * kLanes, AllLanes(kLanes));
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

// Few rows have too few sums for the processor to overlap: more panels then.
constexpr int panels_for(int rows) { return 2 * rows > kTileRows ? 2 : 4; }

// Multiplies `row_count` <= kRows rows with `panel_count` <= panels_for(rows) panels.
template <int kRows = kTileRows>
inline void multiply_tile(int row_count, int panel_count, Rows rows,
                          const float* panels, Terms terms, float* to,
                          std::int64_t to_stride) {
  if constexpr (kRows > 1) {
    if (row_count < kRows) {
      return multiply_tile<kRows - 1>(row_count, panel_count, rows, panels, terms, to,
                                      to_stride);
    }
  }
  if constexpr (panels_for(kRows) == 4) {
    if (panel_count == 4) {
      return multiply_tile<kRows, 4>(rows, panels, terms, to, to_stride);
    }
    if (panel_count == 3) {
      return multiply_tile<kRows, 3>(rows, panels, terms, to, to_stride);
    }
  }
  if (panel_count == 2) {
    return multiply_tile<kRows, 2>(rows, panels, terms, to, to_stride);
  }
  multiply_tile<kRows, 1>(rows, panels, terms, to, to_stride);
}

// The products of `row_count` rows of `depth` numbers with packed weights.
inline void multiply(Rows rows, std::int64_t row_count, const float* packed,
                     std::int64_t depth, std::int64_t columns, float* to) {
  const std::int64_t tiles = (row_count + kTileRows - 1) / kTileRows;
  const std::int64_t panels = padded(columns) / kLanes, to_stride = padded(columns);
  // Tiles of almost the same height, the first ones being the higher ones.
  const std::int64_t height = row_count / tiles, higher = row_count % tiles;
  const int group = panels_for(static_cast<int>(height + (higher > 0)));
  for (std::int64_t k = 0; k < depth; k += kMostDepth) {
    const Terms terms = {k, smaller(k + kMostDepth, depth), depth};
    for (std::int64_t panel = 0; panel < panels; panel += group) {
      const int panel_count = static_cast<int>(smaller(group, panels - panel));
      for (std::int64_t tile = 0, row = 0; tile < tiles; ++tile) {
        const std::int64_t here = height + (tile < higher);
        multiply_tile(static_cast<int>(here), panel_count,
                      {rows.first + row * rows.stride, rows.stride},
                      packed + panel * depth * kLanes, terms,
                      to + row * to_stride + panel * kLanes, to_stride);
        row += here;
      }
    }
  }
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
