// Weights in panels: one vector wide, one row after the other, padded with zeros. Rows
// that are summed at once stand side by side.
//
// Forward, the columns of all gates of a chunk of units stand side by side: a chunk's
// sums are complete at once, and what little padding there is comes once a chunk.
#pragma once

#include "kernels.h"
#include "terms.h"

namespace keras_gated {
namespace KERAS_GATED_ISA {
namespace {

inline std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
inline std::int64_t greater(std::int64_t a, std::int64_t b) { return a > b ? a : b; }

inline std::int64_t padded(std::int64_t columns) {
  return (columns + kLanes - 1) / kLanes * kLanes;
}

// Weights of `gates` blocks of `units` columns, from column `first` of a matrix with
// `matrix_rows` rows of `stride`, below a row of biases if there is one.
struct ForwardWeights {
  const Number* matrix;
  const Number* bias;
  std::int64_t matrix_rows, stride, first, units;
  int gates;

  std::int64_t depth() const { return matrix_rows + (bias ? 1 : 0); }
  // As many units as leave room for others in a cache of level 2, whose gates' columns
  // are packed side by side.
  std::int64_t chunk_units() const {
    constexpr std::int64_t kCacheNumbers = 1 << 16;
    const std::int64_t columns = units * greater(1, gates);
    const std::int64_t fitting = kCacheNumbers / columns / kLanes * kLanes;
    const std::int64_t most = smaller(fitting, 64);
    return most < kLanes ? kLanes : most;
  }
  std::int64_t packed_columns() const {
    const std::int64_t chunk = chunk_units();
    return units / chunk * padded(gates * chunk) + padded(gates * (units % chunk));
  }
  std::int64_t packed_factors() const {
    return whole_groups(depth()) * packed_columns();
  }
};

// Calls `body(unit, units)` for each chunk of units.
template <class Body>
inline void for_each_chunk(const ForwardWeights& weights, Body body) {
  const std::int64_t chunk = weights.chunk_units();
  for (std::int64_t unit = 0; unit < weights.units; unit += chunk) {
    body(unit, smaller(chunk, weights.units - unit));
  }
}

// Packs the `count` columns that `column(lane)` points to the tops of into the rows
// `rows` of a panel.
template <class Column>
inline void pack_panel(Column column, int count, Range rows, std::int64_t stride,
                       Factor* panel) {
  std::int64_t from = 0;
  for (std::int64_t k = rows.first; k < rows.last; ++k, from += stride) {
    Factor* to = panel + k / kTerms * kPanelRow + k % kTerms;
    for (int lane = 0; lane < count; ++lane) {
      put(widened(column(lane)[from]), to[lane * kTerms]);
    }
    for (int lane = count; lane < kLanes; ++lane) put(0.0f, to[lane * kTerms]);
  }
}

inline const Number* nothing(int) { return nullptr; }

// Puts zeros behind the last of `depth` rows of a panel.
inline void finish_panel(std::int64_t depth, Factor* panel) {
  const std::int64_t whole = whole_groups(depth);
  pack_panel(nothing, 0, {depth, whole}, 0, panel);
}

// The same of columns, the first of which begins at `top`, that stand side by side.
template <class Lanes>
inline void pack_side_by_side(const Number* top, Range rows, std::int64_t stride,
                              Lanes lanes, Factor* panel) {
  for (std::int64_t k = rows.first; k < rows.last; ++k, top += stride) {
    store(panel + k * kLanes, load(top, lanes), lanes);
  }
}

// Packs the columns of a panel, in runs of those that stand side by side.
inline void pack_runs(const ForwardWeights& weights, const std::int64_t* tops, int count,
                      Factor* panel) {
  const std::int64_t depth = weights.depth(), ones = weights.bias ? 1 : 0;
  const auto pack_run = [&](std::int64_t top, auto lanes, Factor* to) {
    pack_side_by_side(weights.bias + top, {0, ones}, 0, lanes, to);
    pack_side_by_side(weights.matrix + top, {ones, depth}, weights.stride, lanes, to);
  };
  if (count < kLanes) pack_panel(nothing, 0, {0, depth}, 0, panel);
  for (int lane = 0, run = 1; lane < count; lane += run, run = 1) {
    while (lane + run < count && tops[lane + run] == tops[lane] + run) ++run;
    if (run == kLanes) {
      pack_run(tops[lane], AllLanes(kLanes), panel);
    } else {
      pack_run(tops[lane], FirstLanes(run), panel + lane);
    }
  }
}

inline void pack(const ForwardWeights& weights, Factor* packed) {
  for_each_chunk(weights, [&](std::int64_t unit, std::int64_t here) {
    const std::int64_t columns = here * weights.gates;
    for (std::int64_t first = 0; first < columns; first += kLanes) {
      std::int64_t tops[kLanes];
      const int count = static_cast<int>(smaller(kLanes, columns - first));
      for (int lane = 0; lane < count; ++lane) {
        const std::int64_t gate = (first + lane) / here;
        const std::int64_t within = (first + lane) % here;
        tops[lane] = weights.first + gate * weights.units + unit + within;
      }
      const std::int64_t depth = weights.depth(), ones = weights.bias ? 1 : 0;
      if constexpr (kTerms == 1) {
        pack_runs(weights, tops, count, packed);
      } else {
        pack_panel([&](int lane) { return weights.bias + tops[lane]; }, count,
                   {0, ones}, 0, packed);
        pack_panel([&](int lane) { return weights.matrix + tops[lane]; }, count,
                   {ones, depth}, weights.stride, packed);
        finish_panel(depth, packed);
      }
      packed += groups(depth) * kPanelRow;
    }
  });
}

// The transpose of `depth` columns of a matrix with `rows` rows of `stride`.
inline void pack_transposed(const Number* matrix, std::int64_t stride,
                            std::int64_t rows, std::int64_t depth, Factor* packed) {
  for (std::int64_t row = 0; row < rows; row += kLanes) {
    const Number* tops = matrix + row * stride;
    const int count = static_cast<int>(smaller(kLanes, rows - row));
    pack_panel([&](int lane) { return tops + lane * stride; }, count, {0, depth}, 1,
               packed);
    finish_panel(depth, packed);
    packed += groups(depth) * kPanelRow;
  }
}

// One panel of `count` columns of a matrix with `depth` rows of `stride`.
inline void pack_columns(const Factor* matrix, std::int64_t stride, std::int64_t count,
                         std::int64_t depth, Factor* packed) {
  const auto copy = [&](auto lanes) {
    for (std::int64_t k = 0; k < depth; k += kTerms, packed += kPanelRow) {
      pack_terms(matrix + k * stride, stride, depth - k, lanes, packed);
    }
  };
  if (count >= kLanes) return copy(AllLanes(kLanes));
  copy(FirstLanes(count));
}

}  // namespace
}  // namespace KERAS_GATED_ISA
}  // namespace keras_gated
