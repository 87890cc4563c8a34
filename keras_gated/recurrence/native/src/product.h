// Products of a few rows with packed weights, summed in registers.
//
// Every number is summed in the same order whatever the tile that it falls in, and the
// thread.
#pragma once

#include "packing.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

// Rows of a tile of two panels that leave registers for the panels and a factor.
constexpr int kTileRows = kRegisters == 32 ? 8 : kLanes == 8 ? 6 : 4;

// Panels are this long at a time, so that two stay in a cache of level 1 for all rows.
constexpr std::int64_t kMostDepth = 4096 / kLanes;

// Factors as rows of `stride`.
struct Rows {
  const Factor* first;
  std::int64_t stride;

  // Those of a row that are multiplied at once.
  const Factor* at(int row, std::int64_t group) const {
    return first + row * stride + group * kTerms;
  }
  Rows from(std::int64_t row) const { return {first + row * stride, stride}; }
};

// Factors of a tile side by side, one term after the other.
struct Tile {
  const Factor* first;

  const Factor* at(int row, std::int64_t group) const {
    return first + (group * kTileRows + row) * kTerms;
  }
};

// Some groups of terms of sums, of packed weights of which a panel has `depth`; `more`
// if they are added to what is there.
struct Terms {
  std::int64_t first, last, depth;
  bool more;
};

template <int kRows, int kPanels, class From>
inline void multiply_tile(From factors, const Factor* panels, Terms terms, float* to,
                          std::int64_t to_stride) {
  Vector sums[kRows][kPanels] = {};
  for (std::int64_t k = terms.first; k < terms.last; ++k) {
    Factors weights[kPanels];
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      weights[p] = load_factors(panels + (p * terms.depth + k) * kPanelRow);
    }
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Factors factor = broadcast_factors(factors.at(r, k));
#pragma GCC unroll 8
      for (int p = 0; p < kPanels; ++p) multiply_add(sums[r][p], factor, weights[p]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int p = 0; p < kPanels; ++p) {
      float* place = to + r * to_stride + p * kLanes;
      if (terms.more) sums[r][p] += load(place, AllLanes(kLanes));
      store(place, sums[r][p], AllLanes(kLanes));
    }
  }
}

// Few rows have too few sums for the processor to overlap: more panels then.
constexpr int panels_for(int rows) { return 2 * rows > kTileRows ? 2 : 4; }

// Multiplies `row_count` <= kRows rows with `panel_count` <= panels_for(rows) panels.
template <int kRows = kTileRows, class From>
inline void multiply_tile(int row_count, int panel_count, From factors,
                          const Factor* panels, Terms terms, float* to,
                          std::int64_t to_stride) {
  if constexpr (kRows > 1) {
    if (row_count < kRows) {
      return multiply_tile<kRows - 1>(row_count, panel_count, factors, panels, terms,
                                      to, to_stride);
    }
  }
  if constexpr (panels_for(kRows) == 4) {
    if (panel_count == 4) {
      return multiply_tile<kRows, 4>(factors, panels, terms, to, to_stride);
    }
    if (panel_count == 3) {
      return multiply_tile<kRows, 3>(factors, panels, terms, to, to_stride);
    }
  }
  if (panel_count == 2) {
    return multiply_tile<kRows, 2>(factors, panels, terms, to, to_stride);
  }
  multiply_tile<kRows, 1>(factors, panels, terms, to, to_stride);
}

// The products of `row_count` rows of `depth` numbers with packed weights.
inline void multiply(Rows rows, std::int64_t row_count, const Factor* packed,
                     std::int64_t depth, std::int64_t columns, float* to,
                     std::int64_t to_stride) {
  const std::int64_t tiles = (row_count + kTileRows - 1) / kTileRows;
  const std::int64_t panels = padded(columns) / kLanes;
  // Tiles of almost the same height, the first ones being the higher ones.
  const std::int64_t height = row_count / tiles, higher = row_count % tiles;
  const int group = panels_for(static_cast<int>(height + (higher > 0)));
  const std::int64_t all = groups(depth);
  for (std::int64_t k = 0; k < all; k += kMostDepth) {
    const Terms terms = {k, smaller(k + kMostDepth, all), all, k > 0};
    for (std::int64_t panel = 0; panel < panels; panel += group) {
      const int panel_count = static_cast<int>(smaller(group, panels - panel));
      for (std::int64_t tile = 0, row = 0; tile < tiles; ++tile) {
        const std::int64_t here = height + (tile < higher);
        multiply_tile(static_cast<int>(here), panel_count, rows.from(row),
                      packed + panel * all * kPanelRow, terms,
                      to + row * to_stride + panel * kLanes, to_stride);
        row += here;
      }
    }
  }
}

// Adds to `to` the products of `factor_count` columns, packed in tiles, with `columns`
// columns of a matrix, summed over the `depth` rows that both have. `panels` is room
// for two panels.
inline void add_products(const Factor* tiles, std::int64_t factor_count,
                         const Factor* matrix, std::int64_t stride, std::int64_t depth,
                         std::int64_t columns, Factor* panels, float* to) {
  const std::int64_t all = groups(depth);
  const Terms terms = {0, all, all, true};
  const std::int64_t to_stride = padded(columns);
  for (std::int64_t column = 0; column < columns; column += 2 * kLanes) {
    const std::int64_t left = columns - column;
    const int panel_count = left > kLanes ? 2 : 1;
    for (int p = 0; p < panel_count; ++p) {
      pack_columns(matrix + column + p * kLanes, stride, left - p * kLanes, depth,
                   panels + p * all * kPanelRow);
    }
    for (std::int64_t row = 0; row < factor_count; row += kTileRows) {
      const int row_count = static_cast<int>(smaller(kTileRows, factor_count - row));
      multiply_tile(row_count, panel_count, Tile{tiles + row * all * kTerms}, panels, terms,
                    to + row * to_stride + column, to_stride);
    }
  }
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
